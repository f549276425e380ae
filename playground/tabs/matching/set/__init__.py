"""Labelled pairs: how well each method tells them apart, and the threshold that does it best.

Asked and answered: request, given (bundled or own pairs), uploaded (what people bring), judged (one method's scores),
engine, frames. Drawn: view, histogram, figures, cards, tab; presets, snippet.
"""
