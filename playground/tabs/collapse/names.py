"""Names of the variants, made of what sets each apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from playground.tabs.collapse.request import Variant
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


def names(variants: Sequence[Variant], language: str) -> list[str]:
    """One name a variant: where they differ, what of it is not the default; numbered where two are equal."""
    differing = [field for field in _FIELDS if len({getattr(variant, field) for variant in variants}) > 1]
    found = [_name(variant, differing if len(variants) > 1 else _FIELDS, language) for variant in variants]
    seen: Counter[str] = Counter()
    numbered = []
    for name in found:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return numbered


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
