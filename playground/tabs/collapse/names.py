"""Names of the variants, made of what sets each apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.ui.translations import translate

BASES = {"simsiam": "SimSiam", "byol": "BYOL", "unaugmented": "Su's F(x̄)"}
SWITCHES = {
    "stop_gradient": "no stop-gradient",
    "symmetric": "asymmetric",
    "predictor_decays": "predictor's rate decays",
}
VALUES = {
    "predictor": "predictor {value}",
    "batch_norm": "BN {value}",
    "dimension": "d {value}",
    "learning_rate": "rate {value}",
    "predictor_rate": "predictor's rate × {value}",
    "layers": "{value} projector layers",
    "target_momentum": "momentum {value}",
    "alternation": "{value} predictor steps",
    "weight_decay": "weight decay {value}",
}
DEFAULT = Variant()
MOST_STEPS_SAID = 3


def names(request: CollapseRequest, language: str, *, changes: bool = False) -> list[str]:
    """One name a variant: where they differ, what of it is not the default.

    When they change is said with `changes`, or else of equal ones; what is still equal then is numbered.
    """
    variants = request.variants()
    differing = [field for field in _FIELDS if len({getattr(variant, field) for variant in variants}) > 1]
    found = [_name(variant, differing if len(variants) > 1 else _FIELDS, language) for variant in variants]
    alike = [changes or found.count(name) > 1 for name in found]
    return _numbered(
        [_with_changes(request, name, place, language) if alike[place] else name for place, name in enumerate(found)]
    )


def shared(variants: Sequence[Variant], language: str) -> str:
    """What all variants of several have in common that is not the default."""
    if len(variants) < 2:
        return ""
    same = [field for field in _FIELDS if len({getattr(variant, field) for variant in variants}) == 1]
    return " · ".join(_differences(variants[0], same, language))


def changed_to(field: str, value: object, language: str) -> str:
    """What a change in the middle of a run is called."""
    if field == "stop_gradient":
        return translate(language, "stop-gradient on" if value else "stop-gradient off")
    if field == "predictor" and value == "none":
        return translate(language, "no predictor")
    return translate(language, VALUES[field], value=_written(value))


_FIELDS = (*SWITCHES, *VALUES)


def _with_changes(request: CollapseRequest, name: str, place: int, language: str) -> str:
    """The name, with the first steps at which the variant changes."""
    steps = list(dict.fromkeys(f"{change.step:,}" for change in request.schedule if change.variant == place))
    if not steps:
        return name
    said = ", ".join(steps[:MOST_STEPS_SAID]) + (" …" if len(steps) > MOST_STEPS_SAID else "")
    return translate(language, "{name}, changed at {steps}", name=name, steps=said)


def _numbered(found: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    numbered = []
    for name in found:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return numbered


def _name(variant: Variant, fields: Sequence[str], language: str) -> str:
    parts = _differences(variant, fields, language)
    if variant.target != "simsiam" or not parts:
        parts.insert(0, translate(language, BASES[variant.target]))
    return " · ".join(parts)


def _differences(variant: Variant, fields: Sequence[str], language: str) -> list[str]:
    return [
        _difference(field, getattr(variant, field), language)
        for field in fields
        if getattr(variant, field) != getattr(DEFAULT, field) and _acts(variant, field)
    ]


def _difference(field: str, value: object, language: str) -> str:
    return translate(language, SWITCHES[field]) if field in SWITCHES else changed_to(field, value, language)


def _acts(variant: Variant, field: str) -> bool:
    return field != "target_momentum" or variant.target == "byol"


def _written(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value
