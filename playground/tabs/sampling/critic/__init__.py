"""The panel that sets a critic's estimate of the Wasserstein distance beside the distance itself."""
