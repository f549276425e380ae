"""What a request shows: variants beside each other, and the sections of pictures in each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.tabs.sampling.origins import Origin, Picture, mixed
from playground.tabs.sampling.request import TEMPERATURES, Mode, PixelValue, SamplingRequest

SWEEP = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)  # amounts of an attribute


@dataclass(frozen=True)
class Variant:
    """One way to draw the same noise."""

    temperature: float
    readjusted: bool
    pixels: PixelValue

    def __str__(self) -> str:
        norm = "re-adjusted" if self.readjusted else "as trained"
        return f"temperature {self.temperature:g}, BatchNorm {norm}, {self.pixels} pixels"


@dataclass(frozen=True)
class Section:
    """So many pictures that belong together: drawn, kept, resampled, mixed, crossed, walked, moved or swept."""

    name: str
    count: int


def variants(request: SamplingRequest) -> tuple[Variant, ...]:
    """Those that stand beside each other."""
    own = Variant(request.temperature, request.readjusted, request.pixels)
    if request.beside == "temperature":
        return tuple(replace(own, temperature=temperature) for temperature in TEMPERATURES)
    if request.beside == "BatchNorm":
        return (replace(own, readjusted=False), replace(own, readjusted=True))
    if request.beside == "pixels":
        return (replace(own, pixels="mean"), replace(own, pixels="likeliest"), replace(own, pixels="sampled"))
    return (own,)


def sections(request: SamplingRequest, groups: int, attributes: tuple[str, ...]) -> tuple[Section, ...]:
    """The pictures of every variant, in order, of a model with so many groups."""
    many = request.pictures
    shown: dict[Mode, tuple[Section, ...]] = {
        "sample": (Section("drawn", many),),
        "keep": (Section("kept", many),),
        "resample": (Section("resampled", many),),
        "mix": (Section("mixed", 3), Section("crossed", groups + 1)),
        "walk": (Section("walked", many),),
        "attributes": (Section("moved", 2), *((Section("swept", len(SWEEP)),) if attributes else ())),
    }
    return shown[request.mode]


def picture_at(request: SamplingRequest, section: str, place: int, groups: int) -> Picture | None:
    """Where the noise of a picture comes from; None for one that no group of drawn noise gives."""
    subject, second = request.subject, request.second
    if section == "drawn":
        return Picture.drawn(request.seed, place)
    fresh = Picture(origins=(Origin(seed=request.seed, place=place, fresh=True),))
    if section == "kept":
        return mixed(subject, fresh, range(request.keep, groups), groups)
    if section == "resampled":
        return mixed(subject, fresh, (group_of(request, groups),), groups)
    if section == "mixed":
        return (subject, mixed(subject, second, request.from_second, groups), second)[place]
    if section == "moved" and place == 0:
        return subject
    if section == "crossed":
        return mixed(subject, second, range(place, groups), groups)
    return None


def group_of(request: SamplingRequest, groups: int) -> int:
    """The group that is drawn anew, from 0; the last one where the model has fewer."""
    return min(request.group, groups) - 1


def swept(request: SamplingRequest, attributes: tuple[str, ...]) -> str:
    """The attribute that is shown at seven amounts: the one moved last, or the first."""
    known = [move.name for move in request.moves if move.name in attributes]
    return known[-1] if known else attributes[0]
