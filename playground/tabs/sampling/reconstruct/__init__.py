"""The panel that shows what each model makes of a picture that somebody brings."""
