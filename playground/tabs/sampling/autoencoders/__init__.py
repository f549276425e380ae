"""What does it take for an autoencoder's decoder to turn noise into pictures?

Asked and answered: request, engine, frames. A training: training (all treatments, step by step), measuring (what is
told of one), measures (numbers of codes). Drawn: view (what is recorded), names, cards, figures, presets, snippet, tab.
"""
