"""The ablations of SimSiam by name: what each changes, what was published for it, and what does not transfer.

Published: linear accuracy on ImageNet, ResNet-50, 100 epochs (Chen and He, SimSiam 2021, arXiv 2011.10566,
section 4). Changes are to a collapse request; widths here stand for the same shares of the widest one there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

RowName = Literal[
    "baseline",
    "no-stop-gradient",
    "no-stop-gradient-hidden-bn",
    "no-stop-gradient-no-bn",
    "no-predictor",
    "no-predictor-hidden-bn",
    "random-predictor",
    "predictor-decays",
    "predictor-rate-10",
    "predictor-rate-0.1",
    "predictor-rate-0.001",
    "no-bn",
    "hidden-bn",
    "predictor-output-bn",
    "batch-64",
    "batch-128",
    "batch-512",
    "asymmetric",
    "alternation-10",
    "alternation-100",
    "dimension-32",
    "dimension-16",
    "dimension-8",
    "moving-average",
]

NONE = "–"
LOW_RATE = 0.01  # without any BatchNorm the usual one is too high here


@dataclass(frozen=True)
class Row:
    """One ablation: its title, the changed fields of a request, the published number, and a remark on ours."""

    title: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    published: str = NONE
    remark: str = ""


ROWS: Mapping[RowName, Row] = {
    "baseline": Row("SimSiam, batch 256, d 64", {}, "68.1"),
    "no-stop-gradient": Row(
        "no stop-gradient",
        {"stop_gradient": False},
        "0.1",
        "std·√d looks healthy here: BatchNorm on the output forces it. The rank shows the collapse.",
    ),
    "no-stop-gradient-hidden-bn": Row(
        "no stop-gradient, BN hidden only",
        {"stop_gradient": False, "batch_norm": "hidden"},
        NONE,
        "Without BatchNorm on the output std falls to 0, as in the paper.",
    ),
    "no-stop-gradient-no-bn": Row(
        "no stop-gradient, no BN, rate 0.01",
        {"stop_gradient": False, "batch_norm": "none", "learning_rate": LOW_RATE},
    ),
    "no-predictor": Row(
        "no predictor",
        {"predictor": "none"},
        "0.1",
        "Does not transfer: with BatchNorm on the output the toy collapses only by half.",
    ),
    "no-predictor-hidden-bn": Row("no predictor, BN hidden only", {"predictor": "none", "batch_norm": "hidden"}),
    "random-predictor": Row(
        "fixed random predictor",
        {"predictor": "random"},
        "1.5",
        "Does not transfer: the loss stays high as in the paper, but the features stay good.",
    ),
    "predictor-decays": Row("predictor's rate decays", {"predictor_decays": True}, "67.7"),
    "predictor-rate-10": Row("predictor's rate × 10", {"predictor_rate": 10.0}),
    "predictor-rate-0.1": Row("predictor's rate × 0.1", {"predictor_rate": 0.1}),
    "predictor-rate-0.001": Row("predictor's rate × 0.001", {"predictor_rate": 0.001}),
    "no-bn": Row(
        "no BN, rate 0.01",
        {"batch_norm": "none", "learning_rate": LOW_RATE},
        "34.6",
        "At the usual rate the toy can collapse without BatchNorm, so the rate is lower.",
    ),
    "hidden-bn": Row("BN hidden only", {"batch_norm": "hidden"}, "67.4"),
    "predictor-output-bn": Row(
        "BN on the predictor's output too",
        {"batch_norm": "predictor-output"},
        "unstable",
        "Does not transfer: the toy stays stable.",
    ),
    "batch-64": Row("batch 64", {"batch": 64}, "66.1"),
    "batch-128": Row("batch 128", {"batch": 128}, "67.3"),
    "batch-512": Row("batch 512", {"batch": 512}, "68.1"),
    "asymmetric": Row("asymmetric loss", {"symmetric": False}, "64.8"),
    "alternation-10": Row(
        "alternation, 10 steps",
        {"alternation": 10},
        "68.7",
        "Here: 10 predictor steps for each encoder step, so the encoder learns at a tenth of the steps.",
    ),
    "alternation-100": Row(
        "alternation, 100 steps",
        {"alternation": 100},
        "68.9",
        "Here: 100 predictor steps for each encoder step, so the encoder learns at a hundredth of the steps.",
    ),
    "dimension-32": Row("output half as wide, d 32", {"dimension": 32}, "67.5"),
    "dimension-16": Row("output a quarter as wide, d 16", {"dimension": 16}, "67.2"),
    "dimension-8": Row("output an eighth as wide, d 8", {"dimension": 8}, "65.3"),
    "moving-average": Row(
        "no predictor, moving-average target",
        {"predictor": "none", "target": "byol"},
        "55.0",
        "The paper averages each image's outputs; here the network is averaged, as in BYOL.",
    ),
}
