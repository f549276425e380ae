"""Whybox: a playground of deep-learning questions."""

__version__ = "0.1.0"
