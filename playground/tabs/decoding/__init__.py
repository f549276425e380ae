"""Why does the decoder not stop, and what makes it stop?

Asked and answered: request, places (where it branches, what it looks into), strategies (the names of
decoders); engine, ground (models and prompts), branches, inspection, frames.
A run: batch, groups (ordinary rows, searching rows), rows, stepper, key_values and projection (the models),
readings (what a step reports), streams (random numbers), texts.
Decoders: selection and chains (parts in order), filters, entropy, mirostat, penalties, dry; searches,
hypotheses, beams, contrastive; processors, stopping, lineage (the same for anybody's ``generate``).
Loops: loops, certificate, repeats.
Drawn: trace, cards, details, figures, inspector, tree, trees; acts (clicks), presets, snippet, tab.
Panels: measure (many prefixes), why (probe, bigrams, bounds).
"""
