"""The shared look: theme, tab frame, live plots, controls made from request fields."""
