"""How each shipped checkpoint was trained: ``python -m models.recipes.<name> --help``."""
