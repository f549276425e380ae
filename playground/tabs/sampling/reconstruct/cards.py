"""The answer as HTML: the picture, and for every training set what its models make of it."""

from __future__ import annotations

from playground.tabs.sampling.reconstruct.frames import Bytes, Missing, Original, Prepared, Reconstruction
from playground.tabs.sampling.reconstruct.images import BRIGHTEST, error_map
from playground.tabs.sampling.reconstruct.verdicts import among, verdict
from playground.tabs.sampling.reconstruct.view import Rebuilt
from playground.ui.html import element, text
from playground.ui.image_grid import image_html
from playground.ui.translations import translate

SETS = {
    "avatars32": "Trained on portraits, 32×32",
    "pixelart16": "Trained on pixel-art heads, 16×16",
    "fashion28": "Trained on garments, 28×28 in grey",
}
NAMES = {"nvae": "NVAE", "ae": "AE", "aebn": "AE + BN", "eae": "EAE", "vae": "VAE", "wae": "WAE"}
STEPS = {
    "cropped": "middle square",
    "smaller": "made smaller",
    "larger": "enlarged",
    "grey": "made grey",
    "inverted": "inverted, as the background was light",
}
LEGEND = (
    "Below every reconstruction its error: dark is none, bright is {brightest} or more of the range 0 to 1. In "
    "brackets the share of held-out pictures with less."
)


def cards_html(view: Rebuilt | None, language: str) -> str:
    """All cards of a run."""
    if view is None or view.original is None:
        return ""
    cards = [_original(view.original, language)]
    cards += [_set(prepared, view, language) for prepared in view.prepared.values()]
    return element("div", *cards, class_="rebuilt")


def _original(frame: Original, language: str) -> str:
    """The picture as it came."""
    title = translate(language, "The picture, {width}×{height}", width=frame.width, height=frame.height)
    image = element("div", image_html(frame.picture, translate(language, "the picture")), class_="original")
    legend = translate(language, LEGEND, brightest=BRIGHTEST)
    return _card(title, image, element("p", text(legend), class_="note"))


def _set(prepared: Prepared, view: Rebuilt, language: str) -> str:
    """What the models of a set see and make of it."""
    made = view.of_set(prepared.set)
    figures = [_input(prepared, language), *(_figure(each, language) for each in made)]
    sentences = [sentence for each in made for sentence in verdict(each, language)]
    said = (element("p", text(sentence), class_="verdict") for sentence in sentences)
    absent = (_missing(each, language) for each in view.missing if each.set == prepared.set)
    grid = element("div", *figures, class_="rebuilt-grid pixelated")
    return _card(translate(language, SETS[prepared.set]), *said, grid, *absent)


def _input(prepared: Prepared, language: str) -> str:
    """The picture as the set's models see it, and what was done to it."""
    done = ", ".join(translate(language, STEPS[step]) for step in prepared.steps)
    words = [translate(language, "what they see"), done or translate(language, "as it is")]
    return _pictures([prepared.picture], words, translate(language, "what the models see"))


def _figure(made: Reconstruction, language: str) -> str:
    """A reconstruction above its errors, with its numbers."""
    name = name_of(made.model)
    words = [
        name,
        translate(language, "error {value}", value=f"{made.squared_error:.2g}") + among(made.error_below, language),
    ]
    if made.bits is not None:
        words.append(translate(language, "{bits} bits/dim", bits=f"{made.bits:.2f}") + among(made.bits_below, language))
    alt = translate(language, "reconstruction and error of {model}", model=name)
    return _pictures([made.picture, error_map(made.errors)], words, alt)


def _pictures(pictures: list[Bytes], words: list[str], alt: str) -> str:
    first, *rest = words
    images = (image_html(picture, alt if place == 0 else "") for place, picture in enumerate(pictures))
    lines = [element("b", text(first)), *(element("span", text(word)) for word in rest)]
    return element("figure", *images, element("figcaption", *lines))


def _missing(missing: Missing, language: str) -> str:
    """Why a model is not here."""
    sentence = translate(language, missing.message, **missing.values)
    return element("p", text(f"{name_of(missing.model)}: {sentence}"), class_="note")


def name_of(model: str) -> str:
    """What a model is called beside others of its set."""
    return NAMES[model.removeprefix("zoo/").split("-")[0]]


def _card(title: str, *parts: str) -> str:
    return element("div", element("h3", text(title), class_="card-title"), *parts, class_="card")
