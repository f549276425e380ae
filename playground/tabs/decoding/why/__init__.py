"""The panel that shows why decoders repeat themselves and do not stop: three exhibits."""
