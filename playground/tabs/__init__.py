"""One folder a tab. A tab never imports another tab."""
