"""The panel of hard pairs: which method falls for a negation, swapped roles, a number."""
