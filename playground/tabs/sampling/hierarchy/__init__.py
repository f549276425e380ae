"""The panel that trains tiny NVAEs side by side and watches which groups of latents collapse."""
