"""The distances of fixed batches in words, numbers and pictures."""

from __future__ import annotations

from playground.tabs.sampling.critic.frames import Batches, Floats
from playground.tabs.sampling.critic.request import CriticRequest
from playground.tabs.sampling.critic.view import View
from playground.ui.html import element, text
from playground.ui.image_grid import Images, grid_html
from playground.ui.numbers import fixed
from playground.ui.translations import translate

KINDS = {"real": "another real batch", "mean": "the mean", "centres": "k-means centres"}
BATCH = {"real": "a real batch", "mean": "the mean", "centres": "k-means centres"}
COLUMNS = 8
VERDICTS = {
    ("mean", True): "Copies of the mean are closer to a real batch than another real batch is.",
    ("mean", False): "Copies of the mean are farther from a real batch than another real batch is.",
    ("centres", True): "k-means centres are closer to a real batch than another real batch is.",
    ("centres", False): "k-means centres are farther from a real batch than another real batch is.",
}


def batch_cards_html(view: View, request: CriticRequest, language: str) -> str:
    """The three distances at the asked dimension and batch size, and for digits what is compared."""
    asked = asked_for(view, request)
    table = "" if asked is None else _card(asked, language)
    return table + _likenesses(view, language)


def asked_for(view: View, request: CriticRequest) -> Batches | None:
    """The distances at the asked dimension and batch size, once they are known."""
    known = [batches for batches in view.sweep("dimension") if batches.dimension <= request.dimension]
    most = max((batches.dimension for batches in view.sweep("dimension")), default=0)
    if not known or (known[-1].dimension != request.dimension and known[-1].dimension != most):
        return None
    return known[-1]


def _card(batches: Batches, language: str) -> str:
    place = {"batch": batches.batch, "dimension": batches.dimension}
    title = translate(language, "From {batch} real points in {dimension} dimensions to …", **place)
    rows = [_row(translate(language, name), getattr(batches, kind), batches.mean) for kind, name in KINDS.items()]
    head = ("", translate(language, "exact distance"), translate(language, "over the distance to the mean"))
    header = element("tr", *(element("th", text(name), scope="col") for name in head))
    table = element("div", element("table", header, *rows, class_="table"), class_="table-scroll")
    verdicts = (_verdict(batches, kind, language) for kind in ("mean", "centres"))
    words = (element("p", text(sentence), class_="note") for sentence in verdicts)
    return element("div", element("h3", text(title), class_="card-title"), table, *words, class_="card")


def _row(name: str, found: Floats, mean: Floats) -> str:
    """A kind of batch: its mean distance with the deviation over the pairs, and how that compares to the mean."""
    own, other = float(found.mean()), float(mean.mean())
    values = (f"{fixed(own, 3)} ± {fixed(float(found.std()), 3)}", fixed(own / other))
    return element("tr", element("td", text(name)), *(element("td", text(value), class_="number") for value in values))


def _verdict(batches: Batches, kind: str, language: str) -> str:
    closer = float(getattr(batches, kind).mean()) < float(batches.real.mean())
    return translate(language, VERDICTS[kind, closer])


def _likenesses(view: View, language: str) -> str:
    """Digits of a real batch, their mean, and centres."""
    if view.likenesses is None:
        return ""
    grids = [_likeness(getattr(view.likenesses, kind), translate(language, name)) for kind, name in BATCH.items()]
    return element("div", *grids, class_="treatments")


def _likeness(pictures: Images, title: str) -> str:
    grid = grid_html(pictures, columns=COLUMNS, label=lambda place: f"{title} {place + 1}")
    return element("article", element("h3", text(title)), grid, class_="card")
