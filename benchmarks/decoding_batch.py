"""Eight decoders of one prompt: one mixed batch against ``generate`` eight times, on the same model.

    python -m benchmarks.decoding_batch [--shape rnn] [--rounds 5] [--tokens 128]

One thread, both ways in turn in the same run, medians of processor time and of wall time; then
sixteen decoders against eight. The batch also reports entropy, ranks and alternatives at every
token, which ``generate`` does not. Shapes: rnn (the embedded model, or one of its shape with random
weights), gpt2-14m and gpt2-124m (random weights, as peaked as a trained model's).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from transformers import GPT2Config, GPT2LMHeadModel, LogitsProcessorList

from models.nets.rnn_lm import RecurrentConfig, RecurrentLM
from playground.runtime.settings import settings
from playground.tabs.decoding import engine
from playground.tabs.decoding.frames import DecodingEnd
from playground.tabs.decoding.processors import ConsistentNucleus, ConsistentTopK, NMSTFloor
from playground.tabs.decoding.request import DecodingRequest

BARS = {"rnn": 3.5, "gpt2-14m": 4.0, "gpt2-124m": 3.8}
MOST_FOR_SIXTEEN = 1.7
EOS = 2
PROMPT = [1, *range(300, 310)]
FLOOR = 1e-4  # too low to end a row within the benchmark


class PromptTokens:
    """Stands in for a tokenizer, so that both ways start from the same ids and neither pays for text."""

    bos_token_id, eos_token_id = 1, EOS

    def __call__(self, text: str, **_: Any) -> Any:
        """The prompt's ids, whatever the text."""
        return type("Encoding", (), {"input_ids": PROMPT})

    def convert_ids_to_tokens(self, token: int) -> str:
        """A name for a token."""
        return str(token)

    def decode(self, tokens: list[int], **_: Any) -> str:
        """Names for several tokens."""
        return " ".join(map(str, tokens))


@dataclass(frozen=True)
class Loaded:
    """A model as the engine gets it."""

    model: Any
    tokenizer: Any
    device: str = "cpu"


class OneModel:
    """A context that knows one model."""

    cancelled = False

    def __init__(self, model: Any) -> None:
        self._loaded = Loaded(model, PromptTokens())

    @contextmanager
    def lease(self, model: str) -> Iterator[Loaded]:
        """The model, whatever its name."""
        yield self._loaded


def endless_model(shape: str) -> Any:
    """A model of a shape, made never to end, so that all rows run equally long."""
    if shape == "rnn":
        return endless_rnn()
    small = {"n_layer": 6, "n_head": 6, "n_embd": 384, "vocab_size": 8000}
    return endless_gpt2(GPT2Config(**(small if shape == "gpt2-14m" else {}), bos_token_id=1, eos_token_id=EOS))


def endless_gpt2(config: GPT2Config) -> GPT2LMHeadModel:
    """A random GPT-2 whose logits spread like a trained model's, but for <eos>, which has none."""
    torch.manual_seed(0)
    model = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        model.transformer.wte.weight.normal_(std=3 / config.n_embd**0.5)
        model.transformer.ln_f.bias[0] = 10.0  # one direction always high, and <eos> looks away from it
        model.transformer.wte.weight[EOS] = 0.0
        model.transformer.wte.weight[EOS, 0] = -60.0
    return model


def endless_rnn() -> RecurrentLM:
    """The embedded tanh-RNN or one of its shape, made never to end."""
    folder = settings().zoo_dir / "rnn-tanh-vanilla"
    if (folder / "model.safetensors").exists():
        model = RecurrentLM.from_pretrained(folder, dtype=torch.float32)
    else:
        torch.manual_seed(0)
        model = RecurrentLM(RecurrentConfig(vocab_size=8000, hidden_size=256, num_hidden_layers=2))
        torch.nn.init.normal_(model.embedding.weight, std=0.4)  # as peaked as a trained model
    with torch.no_grad():
        model.decoder.bias[EOS] = -30.0
    return model.eval()


def decoders() -> dict[str, dict[str, Any]]:
    """The eight decoders with the arguments that make ``generate`` do the same."""
    sample = {"do_sample": True, "top_k": 0}

    def processed(processor: Any, **arguments: Any) -> dict[str, Any]:
        return arguments | {"logits_processor": LogitsProcessorList([processor])}

    return {
        "greedy": {"do_sample": False},
        "ancestral": sample,
        "temperature-0.7": sample | {"temperature": 0.7},
        "top-k-4": sample | {"top_k": 4},
        "nucleus-0.2": sample | {"top_p": 0.2},
        "consistent-top-k-4": processed(ConsistentTopK(4, EOS), **sample),
        "consistent-nucleus-0.2": processed(ConsistentNucleus(0.2, EOS), **sample),
        f"floor-{FLOOR:.4f}": processed(NMSTFloor(FLOOR, EOS, len(PROMPT)), do_sample=False),
    }


# Eight more, for the cost of sixteen rows; each does other work.
MORE = (
    "temperature-1.3",
    "top-k-50",
    "nucleus-0.9",
    "consistent-top-k-2",
    "consistent-nucleus-0.4",
    "min-p-0.05",
    "eta-0.001",
    "top-k-10+temperature-0.7",
)


def in_one_batch(model: Any, names: tuple[str, ...], tokens: int) -> None:
    """All of them by the engine of the decoding tab."""
    request = DecodingRequest(decoders=names, length=tokens)
    *_, end = engine.run(request, OneModel(model))
    assert isinstance(end, DecodingEnd)
    assert (end.length == tokens).all()


def one_after_another(model: Any, tokens: int) -> None:
    """The eight by transformers."""
    ids = torch.tensor([PROMPT])
    for arguments in decoders().values():
        output = model.generate(ids, max_new_tokens=tokens, pad_token_id=0, **arguments)
        assert output.shape[1] == len(PROMPT) + tokens


def seconds(run: Callable[[], None]) -> tuple[float, float]:
    """Processor and wall time of one call."""
    processor, wall = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - processor, time.perf_counter() - wall


def main() -> None:
    """Time the three ways and print their ratios."""
    parser = argparse.ArgumentParser(description="Eight decoders in one batch against generate eight times.")
    parser.add_argument("--shape", choices=BARS, default="rnn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=128)
    arguments, _ = parser.parse_known_args()
    torch.set_num_threads(1)
    model, tokens, eight = endless_model(arguments.shape), arguments.tokens, tuple(decoders())
    ways: dict[str, Callable[[], None]] = {
        "batch of 8": lambda: in_one_batch(model, eight, tokens),
        "batch of 16": lambda: in_one_batch(model, (*eight, *MORE), tokens),
        "generate": lambda: one_after_another(model, tokens),
    }
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(arguments.rounds + 1):
        for way, run in ways.items():
            times[way].append(seconds(run))
    for kind, which in (("processor", 0), ("wall", 1)):
        found = {way: median(each[which] for each in rounds[1:]) for way, rounds in times.items()}
        eight_rows = found["batch of 8"]
        print(
            f"{arguments.shape}, {kind} time: 8 x {tokens} tokens {eight_rows:.2f} s, "
            f"generate {found['generate']:.2f} s, ratio {found['generate'] / eight_rows:.2f} "
            f"(bar {BARS[arguments.shape]}); 16 rows cost {found['batch of 16'] / eight_rows:.2f} of 8 "
            f"(at most {MOST_FOR_SIXTEEN})"
        )


if __name__ == "__main__":
    main()
