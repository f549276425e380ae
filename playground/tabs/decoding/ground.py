"""What a run stands on: its models, the prompt as each of them reads it, and how far its rows may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.runtime.errors import ModelUnavailable
from playground.tabs.decoding.batch import Batch
from playground.tabs.decoding.places import Inspect
from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.texts import LONGEST_PROMPT, encode_prompt

NO_TOKENIZER = "{model} has no tokenizer.json, so it cannot read a prompt: choose another model."


class Ground:
    """A request with its models in memory; makes the batches that its rows run in.

    prompts hold the ids that each model reads and dropped how many the first one leaves out; window
    is the shortest of the models', 0 for none; limit is the most new tokens of a row.

    Raises:
        ModelUnavailable: a model has no tokenizer, or none that can read this prompt.
    """

    def __init__(self, request: DecodingRequest, loaded: Mapping[str, Any]) -> None:
        for model, each in loaded.items():
            if each.tokenizer is None:
                raise ModelUnavailable(NO_TOKENIZER, model=model)
        self.request, self.loaded = request, loaded
        self._row_models, self._strategies = request.row_models(), request.strategies()
        self.first = request.models()[0]
        self.window = min(_window(each.model) for each in loaded.values())
        encoder = bool(getattr(loaded[self.first].model.config, "is_encoder_decoder", False))
        room = self.window if encoder else self.window // 2  # an encoder has a window of its own
        longest = min(LONGEST_PROMPT, room) if self.window else LONGEST_PROMPT
        read = {
            id: encode_prompt(each.tokenizer, request.prompt, longest, encoder=encoder) for id, each in loaded.items()
        }
        self.prompts = {id: ids for id, (ids, _) in read.items()}
        self.dropped = read[self.first][1]
        taken = 1 if encoder else len(self.prompts[self.first])  # of the window that new tokens share
        self.limit = min(request.length, self.window - taken) if self.window else request.length

    def rows_of(self, model: str) -> list[int]:
        """The rows that run on a model."""
        return [row for row, on in enumerate(self._row_models) if on == model]

    def searches(self, row: int) -> bool:
        """Whether a row keeps several texts and answers with the best of them in the end."""
        return self._strategies[row].searches

    def size(self, row: int) -> int:
        """Tokens that the row's model knows."""
        return int(self.loaded[self._row_models[row]].model.get_input_embeddings().num_embeddings)

    def batch(self, rows: Sequence[int], forced: Sequence[int] = (), inspect: Inspect | None = None) -> Batch:
        """Rows of one model, which have read the prompt and the forced tokens."""
        model = self._row_models[rows[0]]
        batch = Batch(
            self.loaded[model],
            [(row, self._strategies[row]) for row in rows],
            self.limit,
            self.request.seed,
            self.request.loop_stop,
            forced,
            (inspect.row, inspect.step) if inspect else None,
        )
        batch.read_prompt(self.prompts[model])
        return batch


def _window(model: Any) -> int:
    """The longest text that the model can read, in tokens; 0 for no limit."""
    return int(getattr(model.config, "max_position_embeddings", 0) or 0)
