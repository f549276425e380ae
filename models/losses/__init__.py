"""Losses and estimators that a recipe and a tab both need, one a file, in pure torch."""
