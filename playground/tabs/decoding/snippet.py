"""A run's first decoder of ours as code: the class in anybody's ``model.generate``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playground.runtime.errors import PlaygroundError
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.strategies import Part, Strategy, parse

SNIPPET = """\
{imports}
from playground.tabs.decoding.processors import {processor}

tokenizer = AutoTokenizer.from_pretrained({source!r})
model = {model}.from_pretrained({source!r}, dtype="float32")
prompt = tokenizer({prompt!r}, return_tensors="pt")
processor = {processor}({arguments})
output = model.generate(
    **prompt, max_new_tokens={length}, do_sample={samples}, top_k=0, logits_processor=[processor]
)
print(tokenizer.decode(output[0]))
"""
RECURRENT = "from transformers import AutoTokenizer\n\nfrom models.nets.rnn_lm import RecurrentLM"
TRANSFORMER = "from transformers import {model}, AutoTokenizer\n"
CLASSES = {"causal-lm": "AutoModelForCausalLM", "seq2seq-lm": "AutoModelForSeq2SeqLM"}


@dataclass(frozen=True)
class _Processor:
    """A class of processors.py and its arguments beside the part's numbers."""

    name: str
    whole: bool = False
    eos: bool = True
    prompt_length: bool = False


PROCESSORS = {
    "consistent-top-k": _Processor("ConsistentTopK", whole=True),
    "consistent-nucleus": _Processor("ConsistentNucleus"),
    "floor": _Processor("NMSTFloor", prompt_length=True),
    "fixed-entropy": _Processor("FixedEntropy", eos=False),
}


def snippet(request: DecodingRequest) -> str:
    """Code that runs the first part of the request that is ours, or else consistent nucleus sampling."""
    strategy, part = next(_ours(request), (parse("consistent-nucleus-0.2"), parse("consistent-nucleus-0.2").chain[0]))
    model, source, task = _model(request.model)
    return SNIPPET.format(
        imports=RECURRENT if model == "RecurrentLM" else TRANSFORMER.format(model=model),
        processor=PROCESSORS[part.form].name,
        source=source,
        model=model,
        prompt=request.prompt,
        arguments=_arguments(part, "1" if task == "seq2seq-lm" else "prompt.input_ids.shape[1]"),
        length=request.length,
        samples=strategy.samples,
    )


def _ours(request: DecodingRequest) -> Iterator[tuple[Strategy, Part]]:
    for strategy in request.strategies():
        for part in strategy.chain:
            if part.form in PROCESSORS:
                yield strategy, part


def _arguments(part: Part, prompt_length: str) -> str:
    processor = PROCESSORS[part.form]
    numbers = [f"{number:g}" if processor.whole else repr(number) for number in part.numbers]
    eos = ["eos_token_id=tokenizer.eos_token_id"] if processor.eos else []
    return ", ".join(numbers + eos + ([f"prompt_length={prompt_length}"] if processor.prompt_length else []))


def _model(id: str) -> tuple[str, str, str]:
    """The class that loads a model, where from, and the model's task."""
    from playground.runtime.registry import registry

    source, _, name = id.partition("/")
    try:
        entry = registry().entry(id)
        task, repo = entry.task, entry.repo
    except PlaygroundError:
        task, repo = "causal-lm", name
    if source == "zoo":
        return "RecurrentLM" if name.startswith("rnn-") else CLASSES[task], f"models/{id}", task
    return CLASSES[task], repo or name, task
