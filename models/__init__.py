"""A miniature model hub: networks, recipes that train them, and the checkpoints that ship."""
