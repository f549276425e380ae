"""What the variants are called: by how they weigh the KL."""

from __future__ import annotations

from playground.tabs.sampling.hierarchy.request import HierarchyRequest, Variant
from playground.ui.translations import translate


def names(request: HierarchyRequest, language: str) -> list[str]:
    """One name a variant; the spectral regularisation is named where it is not the same for all."""
    variants = request.variants()
    differs = len({variant.spectral for variant in variants}) > 1
    return [_name(variant, differs, language) for variant in variants]


def _name(variant: Variant, with_spectral: bool, language: str) -> str:
    warm_up = translate(language, "warm-up {steps}", steps=variant.warm_up)
    parts = [warm_up if variant.warm_up else translate(language, "no warm-up")]
    if variant.balancing:
        parts.append(translate(language, "balancing"))
    if with_spectral:
        parts.append(f"λ {variant.spectral:g}")
    return " · ".join(parts)
