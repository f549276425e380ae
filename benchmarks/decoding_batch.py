"""Eight decoders of one prompt: one mixed batch against ``generate`` eight times, on the same model.

    python -m benchmarks.decoding_batch [--rounds 5] [--tokens 128]

One thread, both ways in turn in the same run, medians of processor time and of wall time. The
batch also reports entropy, ranks and alternatives at every token, which ``generate`` does not.
The model is the embedded one where there is one, else one of its shape with random weights.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from playground.runtime.settings import prepare_process, settings

prepare_process()

import torch  # noqa: E402
from transformers import LogitsProcessorList  # noqa: E402

from models.nets.rnn_lm import RecurrentConfig, RecurrentLM  # noqa: E402
from playground.tabs.decoding import engine  # noqa: E402
from playground.tabs.decoding.frames import DecodingEnd  # noqa: E402
from playground.tabs.decoding.processors import ConsistentNucleus, ConsistentTopK, NMSTFloor  # noqa: E402
from playground.tabs.decoding.request import DecodingRequest  # noqa: E402

BAR = 3.5
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

    def __init__(self, model: RecurrentLM) -> None:
        self._loaded = Loaded(model, PromptTokens())

    @contextmanager
    def lease(self, model: str) -> Iterator[Loaded]:
        """The model, whatever its name."""
        yield self._loaded


def endless_model() -> RecurrentLM:
    """The embedded tanh-RNN or one of its shape, made never to end, so that all rows run equally long."""
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


def decoders(tokens: int) -> dict[str, dict[str, Any]]:
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


def in_one_batch(model: RecurrentLM, tokens: int) -> None:
    """All eight by the engine of the decoding tab."""
    request = DecodingRequest(decoders=tuple(decoders(tokens)), length=tokens)
    *_, end = engine.run(request, OneModel(model))
    assert isinstance(end, DecodingEnd)
    assert (end.length == tokens).all()


def one_after_another(model: RecurrentLM, tokens: int) -> None:
    """All eight by transformers."""
    ids = torch.tensor([PROMPT])
    for arguments in decoders(tokens).values():
        output = model.generate(ids, max_new_tokens=tokens, pad_token_id=0, **arguments)
        assert output.shape[1] == len(PROMPT) + tokens


def seconds(run: Callable[[], None]) -> tuple[float, float]:
    """Processor and wall time of one call."""
    processor, wall = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - processor, time.perf_counter() - wall


def main() -> None:
    """Time both ways and print their ratio."""
    parser = argparse.ArgumentParser(description="Eight decoders in one batch against generate eight times.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=128)
    arguments, _ = parser.parse_known_args()
    torch.set_num_threads(1)
    model, tokens = endless_model(), arguments.tokens
    batch, sequence = [], []
    for _ in range(arguments.rounds + 1):
        batch.append(seconds(lambda: in_one_batch(model, tokens)))
        sequence.append(seconds(lambda: one_after_another(model, tokens)))
    for kind, which in (("processor", 0), ("wall", 1)):
        ours, theirs = (median(times[which] for times in both[1:]) for both in (batch, sequence))
        print(
            f"decoding batch, {kind} time: 8 x {tokens} tokens {ours:.2f} s, "
            f"generate {theirs:.2f} s, ratio {theirs / ours:.2f} (bar {BAR})"
        )


if __name__ == "__main__":
    main()
