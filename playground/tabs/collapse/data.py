"""The data sets by name, as a request asks for them."""

from __future__ import annotations

from collections.abc import Callable

from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse.archive import unpack
from playground.tabs.collapse.dataset import Dataset
from playground.tabs.collapse.nuisance import nuisance
from playground.tabs.collapse.pictures import shipped
from playground.tabs.collapse.request import CollapseRequest
from playground.tabs.collapse.rings import drawn, rings

NO_FILE = "Upload a zip with one folder of images for each class first, or choose other data."
TOO_FEW = "There are only {count} inputs to train on: choose a batch of at most {count}."


def load(request: CollapseRequest, attachment: Callable[[], bytes]) -> Dataset:
    """The data set of a request; `attachment` gives the bytes of the uploaded zip, and is called only for those.

    Raises InvalidRequest when the points or the zip make no data set, or when a batch is larger than the data.
    """
    dataset = _dataset(request, attachment)
    count = len(dataset.inputs)
    if request.batch > count:
        raise InvalidRequest(TOO_FEW, count=count)
    return dataset


def _dataset(request: CollapseRequest, attachment: Callable[[], bytes]) -> Dataset:
    match request.data:
        case "nuisance-64":
            return nuisance()
        case "rings":
            return drawn(request.points) if request.points else rings()
        case "upload":
            if request.images is None:
                raise InvalidRequest(NO_FILE)
            return unpack(attachment())
        case name:
            return shipped(name)
