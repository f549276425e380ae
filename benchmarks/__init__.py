"""Timings against what one would use instead; each runs as ``python -m benchmarks.<name>``.

The process is prepared here, since OpenMP and gradio read its environment when they are first imported.
"""

from playground.runtime.settings import prepare_process

prepare_process()
