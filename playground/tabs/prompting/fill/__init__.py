"""The panel that fills in masks: likeliest tokens, and words of one or several tokens."""
