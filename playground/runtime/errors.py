"""Everything that can go wrong in words that say what to do.

PlaygroundError
├── InvalidRequest       something asked for is out of bounds
├── LinkTooLong          the view does not fit a link
├── ModelUnavailable     the model cannot be had here, and why
│   ├── ModelCorrupt     its file is not the one that was pinned
│   ├── ModelTooLarge    it does not fit the memory budget
│   └── OutOfMemory      the memory of the device is full
├── Busy                 waited as long as was allowed
└── Cancelled            the person, or a newer run, stopped it

The English sentence is a template and the key of its translation: `message` stays unformatted,
`values` fill it in, `str(error)` is the English sentence.
"""

from __future__ import annotations


class PlaygroundError(Exception):
    """An error whose sentence may be shown to the person who caused it."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values


class InvalidRequest(PlaygroundError):
    """Something asked for is out of bounds."""


class LinkTooLong(PlaygroundError):
    """The view does not fit a link."""


class ModelUnavailable(PlaygroundError):
    """The model cannot be had here."""


class ModelCorrupt(ModelUnavailable):
    """A file of the model is not the one that was pinned."""


class ModelTooLarge(ModelUnavailable):
    """The model does not fit the memory budget."""


class OutOfMemory(ModelUnavailable):
    """The memory of the device is full."""


class Busy(PlaygroundError):
    """The wait was as long as was allowed."""


class Cancelled(PlaygroundError):
    """The person, or a newer run of the same session, stopped the run."""
