"""The panel of T-TA: every token scored given all others, in one pass instead of one for each."""
