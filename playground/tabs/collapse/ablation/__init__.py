"""The panel that puts the published ablations of SimSiam beside the same changes to the small training here."""
