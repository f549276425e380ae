"""The panel that follows the flows behind collapse: two numbers, and the eigenvalues of a linear predictor."""
