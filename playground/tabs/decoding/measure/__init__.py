"""The panel that measures: how often each decoder never stops, and what its texts are like, over many prefixes."""
