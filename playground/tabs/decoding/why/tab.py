"""Where the panel's parts are placed on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from playground.runtime.contracts import Engine, Tab
from playground.tabs.decoding.why.cards import cards_html
from playground.tabs.decoding.why.figures import figures
from playground.tabs.decoding.why.request import WhyRequest
from playground.tabs.decoding.why.trace import Trace, fold
from playground.ui.frame import Preset, TabView
from playground.ui.live_plot import LivePlot
from playground.ui.tab_view import Measure

PROBE = """\
{imports}
from playground.tabs.decoding.why.probe import Probe, sentence_ids

tokenizer = AutoTokenizer.from_pretrained({source!r})
model = {model}.from_pretrained({source!r}, dtype="float32").eval()
probe = Probe(model, tokenizer, sentence_ids(tokenizer, {sentence!r}))
for number in range(1, {repeats} + 1):
    copy = probe.read()
    print(number, float(copy.log_p.mean().exp()), copy.p_eos)
"""
RECURRENT = "from transformers import AutoTokenizer\n\nfrom models.nets.rnn_lm import RecurrentLM"
CAUSAL = "from transformers import AutoModelForCausalLM, AutoTokenizer\n"
BIGRAM = """\
from playground.tabs.decoding.why.bigrams import distributions, {cut}, storybooks
from playground.tabs.decoding.why.repetition import certain_cycles, repetition

counts = storybooks()
for eos in ("plain", "kept", "dropped"):
    p = {cut}(distributions(counts.counts, {temperature}), {level}, eos)[:, :-1]
    print(eos, repetition(p), [[counts.texts[token] for token in cycle] for cycle in certain_cycles(p)])
"""
BOUND = """\
from playground.tabs.decoding.why.bounds import latest_greedy_stop, lower_bound

print(latest_greedy_stop({epsilon}), lower_bound({epsilon}, {limit}))
"""


def _engine() -> Engine:
    from playground.tabs.decoding.why import engine

    return engine


def _outputs() -> list[gr.components.Component]:
    return [gr.HTML(apply_default_css=False), LivePlot(elem_classes="card"), LivePlot(elem_classes="card")]


def _draw(trace: Trace | None, request: WhyRequest, language: str) -> list[Any]:
    trace = trace or Trace()
    return [cards_html(trace, request, language), *figures(trace, request, language)]


def _download(trace: Trace, request: WhyRequest) -> dict[str, bytes]:
    return {f"{request.exhibit}.json": trace.to_json(), f"{request.exhibit}.csv": trace.to_csv()}


def _snippet(request: WhyRequest) -> str:
    """The exhibit's numbers from our own functions."""
    if request.exhibit == "bound":
        return BOUND.format(epsilon=request.epsilon, limit=request.limit)
    if request.exhibit == "bigram":
        top_k = request.truncation == "top-k"
        level = request.k if top_k else request.mass
        return BIGRAM.format(cut="top_k" if top_k else "nucleus", level=level, temperature=request.temperature)
    model = request.probed[0]
    embedded = model.startswith("zoo/rnn-")
    return PROBE.format(
        imports=RECURRENT if embedded else CAUSAL,
        source=f"models/{model}" if model.startswith("zoo/") else model.partition("/")[2],
        model="RecurrentLM" if embedded else "AutoModelForCausalLM",
        sentence=request.sentence,
        repeats=request.repeats,
    )


FAMILY = tuple(f"zoo/rnn-lstm-{variant}" for variant in ("vanilla", "st", "nmst"))
PRESETS = (
    Preset("A sentence said again and again", WhyRequest()),
    Preset("Vanilla, ST and NMST", WhyRequest(probed=FAMILY, repeats=64)),
    Preset("Cut the bigrams", WhyRequest(exhibit="bigram")),
    Preset("What ε promises", WhyRequest(exhibit="bound", epsilon=0.0001)),
)


def _growth(trace: Trace) -> str:
    """How much more probable the sentence is in its last copy than in its first, for every model."""
    if trace.start is None or not trace.steps:
        return ""
    first, last = trace.steps[0].mean_probability, trace.steps[-1].mean_probability
    models = (model.partition("/")[2] for model in trace.start.models)
    growth = zip(models, (last / first).tolist(), trace.start.controls.tolist(), strict=True)
    return "; ".join(f"{model}: × {times:.3g}" for model, times, is_control in growth if not is_control)


def _greedy(trace: Trace) -> str:
    """R of the greedy bigram decoder and of the next cuts."""
    plain = [(cut.level, float(cut.repetition[0])) for cut in trace.cuts[:3]]
    return "; ".join(f"k = {level:g}: {value:.3g}" for level, value in plain).replace("inf", "∞")


def _latest(trace: Trace) -> str:
    """The step bound of the epsilon asked for."""
    return "" if trace.bound is None else f"{int(trace.bound.latest[-1]):,}"


MEASURES = {
    "sentence-reinforces-itself": Measure(PRESETS[0].request, _growth),
    "greedy-repeats-most": Measure(PRESETS[2].request, _greedy),
    "small-epsilon-bites-late": Measure(PRESETS[3].request, _latest),
}

VIEW = TabView(
    tab=Tab("decoding-why", WhyRequest, _engine),
    question="Why does a decoder repeat itself, and why does it not stop?",
    lead=(
        "Say a sentence again and again and watch its probability rise; cut a bigram decoder until it closes a "
        "cycle; see what a lower bound on p(<eos>) promises, and when."
    ),
    presets=PRESETS,
    api_name="decode_why",
    outputs=_outputs,
    fold=fold,
    draw=_draw,
    download=_download,
    answer=Trace.to_dict,
    snippet=_snippet,
    measures=MEASURES,
    folder=Path(__file__).parent,
    panel_of="decoding",
    title="Why",
)
