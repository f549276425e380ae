"""Many texts at once: how alike each two are, where they lie, and which ones answer a query."""
