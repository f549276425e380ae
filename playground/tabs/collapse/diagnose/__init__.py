"""Diagnose my run: the measures and the verdict of the tab for outputs of your own."""
