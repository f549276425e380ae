"""Few labels: PET and its kin beside rivals without prompts, on the same splits."""
