"""The engine of the sampling tab: pictures from noise, sixteen at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.nets.nvae import NVAE
from playground.runtime.contracts import Context, Frame
from playground.tabs.sampling.attributes import attributes_of, require_known
from playground.tabs.sampling.drawing import BATCH, Drawing
from playground.tabs.sampling.frames import GroupMap, Images, Pictures, SamplingStart
from playground.tabs.sampling.groups import group_map
from playground.tabs.sampling.origins import Picture
from playground.tabs.sampling.request import SamplingRequest
from playground.tabs.sampling.sections import Variant, sections, variants
from playground.tabs.sampling.steering import Steering

VERSION = "1"
FRAMES: tuple[type[Frame], ...] = (Frame, SamplingStart, Pictures, GroupMap)

FAIR = Variant(temperature=1.0, readjusted=True, pixels="likeliest")  # for the average over the model's own pictures


def run(request: SamplingRequest, context: Context) -> Iterator[Frame]:
    """A and B, then all pictures of every variant, then what each group of latents tells."""
    with context.lease(request.model) as loaded:
        yield from _Run(request, loaded.model).frames(context)


class _Run:
    """One request to one model."""

    def __init__(self, request: SamplingRequest, model: NVAE) -> None:
        self._request, self._model = request, model
        self._directions = attributes_of(model)
        if request.mode == "attributes":
            require_known(request.moves, self._directions)
        self._scales = model.config.scale_of_groups()
        self._sections = sections(request, len(self._scales), tuple(self._directions))
        self._steering = Steering(request, model, self._directions)
        self._drawings: dict[Variant, Drawing] = {}  # for this run: a folded copy of the decoder each

    def frames(self, context: Context) -> Iterator[Frame]:
        """All frames, until somebody wants no more."""
        start = self._start()
        yield start
        for frame in self._pictures():
            if context.cancelled:
                return
            yield frame
        fair = Drawing(self._model, FAIR, [FAIR.temperature] * (self._scales[-1] + 1), self._request.seed)
        own = fair([self._steering.picture(Picture.drawn(0, place)) for place in range(BATCH)])
        yield Frame(0.93)
        yield group_map(self._model, own, start.picked[:1])

    def _start(self) -> SamplingStart:
        shown = variants(self._request)
        picked = (self._request.subject, self._request.second)
        return SamplingStart(
            0.0,
            scales=np.array(self._scales, np.int64),
            sides=np.array([side for _, side, _ in self._model.config.latent_shapes()], np.int64),
            channels=self._model.config.latent_channels,
            attributes=tuple(self._directions),
            picked=self._drawing(shown[0])([self._steering.picture(picture) for picture in picked]),
            variants=tuple(map(str, shown)),
            sections={section.name: section.count for section in self._sections},
        )

    def _pictures(self) -> Iterator[Pictures]:
        shown = variants(self._request)
        total, made = len(shown) * sum(section.count for section in self._sections), 0
        for number, variant in enumerate(shown):
            for place, images in self._sections_of(variant):
                made += len(images)
                yield Pictures(0.9 * made / total, number, place, images)

    def _sections_of(self, variant: Variant) -> Iterator[tuple[int, Images]]:
        """The number of a section and some of its pictures, sixteen at most, in order."""
        drawing = self._drawing(variant)
        for number, section in enumerate(self._sections):
            for first in range(0, section.count, BATCH):
                places = range(first, min(first + BATCH, section.count))
                yield number, drawing([self._steering.noise(section, place, drawing.by_group) for place in places])

    def _drawing(self, variant: Variant) -> Drawing:
        if variant not in self._drawings:
            temperatures = self._request.temperatures(self._scales[-1] + 1, variant.temperature)
            self._drawings[variant] = Drawing(self._model, variant, temperatures, self._request.seed)
        return self._drawings[variant]
