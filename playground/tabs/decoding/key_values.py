"""A key-value cache that grows in place.

transformers' DynamicCache copies all keys and values at every step to add one token to them; this
one keeps room for more, writes the new token there, and gives out views. It holds the same numbers.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor
from transformers.cache_utils import DynamicCache, DynamicLayer, EncoderDecoderCache

SPARE = 64  # tokens; a full layer doubles if that is more


class GrowingLayer(DynamicLayer):
    """Keys and values (B, heads, T, D) of one layer, kept at the front of buffers with room to grow."""

    keys: Tensor
    values: Tensor

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Make empty buffers of the states' shape and type."""
        super().lazy_initialization(key_states, value_states)  # type: ignore[no-untyped-call]
        self._length = 0
        self._buffers = (key_states[:, :, :0], value_states[:, :, :0])

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Add the states (B, heads, t, D) of t tokens; returns those of all tokens."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start, self._length = self._length, self._length + key_states.shape[-2]
        if self._length > self._buffers[0].shape[-2]:
            room = self._length + max(SPARE, self._length)
            self._buffers = _with_room(self._buffers[0], start, room), _with_room(self._buffers[1], start, room)
        for buffer, states in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[:, :, start : self._length] = states
        self._show()
        return self.keys, self.values

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Let row i go on from row beam_idx[i]; there may be more or fewer rows than before."""
        if self.is_initialized:
            self._buffers = tuple(buffer.index_select(0, beam_idx) for buffer in self._buffers)  # type: ignore[assignment]
            self._show()

    def _show(self) -> None:
        self.keys, self.values = (buffer[:, :, : self._length] for buffer in self._buffers)


def _with_room(buffer: Tensor, length: int, room: int) -> Tensor:
    """A copy of the first `length` tokens of a buffer that has room for `room` of them."""
    larger = buffer.new_empty(*buffer.shape[:2], room, buffer.shape[3])
    larger[:, :, :length] = buffer[:, :, :length]
    return larger


class SharedCrossAttention(DynamicCache):
    """Keys and values of the encoder's states, read by one row and shared by all without copies."""

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Show the one row's states to as many rows as there are indices."""
        layers: list[Any] = self.layers
        for layer in layers:
            if layer.is_initialized:  # a decoder may have fewer layers than the configuration's encoder
                layer.keys, layer.values = (
                    states[:1].expand(len(beam_idx), -1, -1, -1) for states in (layer.keys, layer.values)
                )


def growing_cache(config: Any) -> DynamicCache:
    """An empty cache for a model; layers of other kinds, such as sliding windows, stay transformers' own."""
    cache = DynamicCache(config=config)
    layers: list[Any] = cache.layers
    kinds: Any = GrowingLayer
    cache.layers = [kinds() if type(layer) is DynamicLayer else layer for layer in layers]
    return cache


def growing_encoder_decoder_cache(config: Any) -> EncoderDecoderCache:
    """An empty cache for an encoder-decoder model, whose rows all read the same encoder states."""
    return EncoderDecoderCache(growing_cache(config), SharedCrossAttention(config=config))
