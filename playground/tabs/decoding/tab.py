"""Where the decoding tab's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.decoding.figures import eos_figure, rows_html, thumbnail
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.trace import Trace, fold
from playground.ui.frame import Preset, TabView
from playground.ui.live_plot import LivePlot

SNIPPET = """\
from transformers import PreTrainedTokenizerFast

from models.nets.rnn_lm import RecurrentLM
from playground.tabs.decoding.processors import ConsistentNucleus

folder = "models/{model}"
tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
model = RecurrentLM.from_pretrained(folder)
prompt = tokenizer({prompt!r}, return_tensors="pt")
keep_eos = ConsistentNucleus(0.2, eos_token_id=tokenizer.eos_token_id)
output = model.generate(
    **prompt, max_new_tokens={length}, do_sample=True, top_k=0, logits_processor=[keep_eos]
)
print(tokenizer.decode(output[0]))
"""


def _engine() -> Engine:
    from playground.tabs.decoding import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [gr.HTML(elem_classes="rows"), LivePlot(elem_classes="card")]


def _draw(trace: Trace | None, request: DecodingRequest, language: str) -> list[Any]:
    trace = trace or Trace()
    return [rows_html(trace, language), eos_figure(trace, language)]


def _download(trace: Trace, request: DecodingRequest) -> dict[str, bytes]:
    return {"decoding.json": trace.to_json(), "decoding.csv": trace.to_csv()}


def _snippet(request: DecodingRequest) -> str:
    model = request.model.removesuffix("-st").removesuffix("-nmst")
    return SNIPPET.format(model=model, prompt=request.prompt, length=request.length)


PRESETS = (
    Preset("Same prompt, eight decoders", DecodingRequest()),
    Preset("The loop", DecodingRequest(decoders=("greedy", "nucleus-0.2"), length=400)),
    Preset(
        "The fix that costs nothing",
        DecodingRequest(decoders=("greedy", "floor-0.001", "floor-0.01"), length=800),
    ),
    Preset(
        "Keep eos in the set",
        DecodingRequest(decoders=("top-k-2", "consistent-top-k-2", "nucleus-0.4", "consistent-nucleus-0.4")),
    ),
    Preset("Trained to stop", DecodingRequest(decoders=("greedy", "st", "nmst"), length=800)),
)

VIEW = TabView(
    tab=Tab("decoding", DecodingRequest, _engine),
    question="Why does the decoder not stop, and what makes it stop?",
    lead=(
        "One model, one prompt, many decoders at once. Watch the curve of p(<eos>): "
        "a decoder that never lets <eos> into its kept set cannot stop."
    ),
    presets=PRESETS,
    api_name="decode",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=Trace.to_dict,
    snippet=_snippet,
    thumbnail=thumbnail,
    folder=Path(__file__).parent,
)
