"""What does a loss teach: the score itself, a classifier, or the order of pairs?

Asked and answered: request, engine, frames. A training: training (all losses, step by step), data (the pairs), losses,
what is trained (linear_map, lora), measuring (what is told of one), measures (numbers of vectors). Drawn: view (what is
recorded), names, cards, figures, presets, snippet, tab.
"""
