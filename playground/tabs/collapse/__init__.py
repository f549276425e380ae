"""Why does SimSiam not collapse, and what makes it collapse?

Asked and answered: request, engine, frames.
Data: data, dataset; nuisance, rings, pictures (shipped ones, uploads), archive (zips), augmentation.
A training: training, group (variants of equal shapes), stack, dense, parameters, modes (the settings of each),
objective (the loss), rates, direct (DirectPred).
Told: diagnosis, pairs (distances), verdict.
Drawn: view (what is recorded), verdicts, names (of variants), cards, figures, animation, transport; acts (clicks),
presets, snippet, tab.
Panels: dynamics (two numbers, eigenvalues), ablation (the published rows), diagnose (outputs that visitors bring).
"""
