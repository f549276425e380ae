"""The command line of the recipes of text matching: train one model of a language, and write its zoo folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from models.recipes.cross_training import adapted_cross, train_cross_encoder
from models.recipes.matching_training import BI_LOSSES, NewBase, Plan, adapted, ship, train_bi_encoder
from models.recipes.shipping import ZOO
from models.recipes.simcse_training import train_simcse
from models.recipes.training import options_parser


@dataclass(frozen=True)
class Family:
    """The models over one base: their language, how each is trained, and how the base is read."""

    language: str
    plans: Mapping[str, Plan]
    new_base: NewBase


def run(about: str | None, family: Family, seed: int) -> None:
    """Train the method that the command line names, unless told not to, and write the zoo folder."""
    parser = options_parser(about, "folder that holds pairs and text", seed)
    parser.add_argument("method", choices=family.plans)
    parser.add_argument("--export", action="store_true", help="write the zoo folder from the state, without training")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if not options.export:
        train_method(family, options.method, options.data)
    export(family, options.method, ZOO)


def train_method(family: Family, method: str, data: Path) -> None:
    """Train one model to the end; its state folder keeps the best epoch."""
    plan, language = family.plans[method], family.language
    if method == "cross":
        train_cross_encoder(plan, family.new_base, ZOO / family.plans["cosent"].id, data, language)
    elif method in BI_LOSSES:
        train_bi_encoder(plan, method, *family.new_base(), data, language)
    else:
        train_simcse(plan, *family.new_base(), data)


def export(family: Family, method: str, zoo: Path) -> None:
    """Write the zoo folder of one model from its state."""
    base, _ = family.new_base()
    plan = family.plans[method]
    ship(plan, zoo / plan.id, adapted_cross(base, plan.seed) if method == "cross" else adapted(base, plan.seed))
