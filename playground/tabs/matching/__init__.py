"""Two texts: one vector each, or read together."""
