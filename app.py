"""Entry point: `python app.py` here, and what a Hugging Face Space runs."""

import os

from playground.runtime.settings import prepare_process

prepare_process()  # before torch and gradio are imported

if "SPACES_ZERO_GPU" in os.environ:
    import spaces  # noqa: F401  (has to come before torch)

from playground.serve import build, serve  # noqa: E402

demo, launch_settings, begin = build()

if __name__ == "__main__":
    raise SystemExit(serve(demo, launch_settings, begin))
