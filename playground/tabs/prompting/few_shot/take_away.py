"""A trained prompt classifier as a folder that works without this project: weights, tokenizer, prompt, predict.py.

The run keeps no weights. The training is a pure function of its split, so it is done again: PET's, in the pattern that
did best on the labelled texts before training, at the largest K.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from torch import nn

from playground.runtime.errors import InvalidRequest
from playground.runtime.registry import registry
from playground.tabs.prompting.few_shot.frames import FewShotSplit
from playground.tabs.prompting.few_shot.label_words import LabelWords
from playground.tabs.prompting.few_shot.method import Setting
from playground.tabs.prompting.few_shot.prompt_training import train_prompt
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.view import View
from playground.tabs.prompting.patterns import parse_pattern
from playground.tabs.prompting.tasks import Example
from playground.tabs.prompting.verbalizers import Verbalizer

NOT_TRAINED = "There is no trained prompt classifier yet: choose PET among the methods and run."
PREDICT = Path(__file__).with_name("predict.txt")
FOLDER = "prompt-classifier"

Lease = Callable[[str], AbstractContextManager[Any]]


def classifier_zip(view: View, request: FewShotRequest, lease: Lease | None = None) -> bytes:
    """The folder as a zip.

    Raises:
        InvalidRequest: the run has trained no PET.
    """
    chosen = _chosen(view)
    if view.start is None or chosen is None:
        raise InvalidRequest(NOT_TRAINED)
    split, shots, place = chosen
    with (lease or registry().lease)(request.masked_model()) as loaded:
        setting = _setting(view, request, split, shots, loaded)
        whole = trained(setting, place)
        prompt = {
            "pattern": setting.patterns[place].template,
            "labels": list(setting.labels),
            "words": {label: list(words) for label, words in setting.verbalizer.words.items()},
            "word_ids": [list(ids) for ids in LabelWords(setting).of_label],
            "longest": setting.options.longest,
            "trained": {"method": "PET", "shots": shots, "seed": split.seed, "model": request.masked_model()},
        }
        return _packed(whole, loaded.tokenizer, prompt)


def trained(setting: Setting, place: int) -> nn.Module:
    """The whole model after PET's training in one of the patterns."""
    training = train_prompt(setting, setting.patterns[place], place)
    while True:
        try:
            next(training)
        except StopIteration as over:
            whole: nn.Module = over.value.installed(setting.model)
            return whole


def _chosen(view: View) -> tuple[FewShotSplit, int, int] | None:
    """The split, the largest K with a result of PET, and the place of its best pattern before training."""
    results = [result for training, result in view.results.items() if training.method == "pet"]
    if not results:
        return None
    result = max(results, key=lambda each: each.shots)
    weights = result.details.get("weights", (0.0,))
    return view.splits[result.seed], result.shots, weights.index(max(weights))


def _setting(view: View, request: FewShotRequest, split: FewShotSplit, shots: int, loaded: Any) -> Setting:
    start = view.start
    assert start is not None
    examples = [Example(*pair) for pair in zip(split.texts, split.labels, strict=True)]
    return Setting(
        model=loaded,
        encoder=None,
        labels=start.labels,
        train=tuple(examples[: shots * len(start.labels)]),
        unlabelled=(),
        test=(),
        patterns=tuple(map(parse_pattern, start.patterns)),
        verbalizer=Verbalizer(dict(zip(start.labels, start.words, strict=True))),
        seed=split.seed,
        options=request.options(),
    )


def _packed(model: Any, tokenizer: Any, prompt: dict[str, Any]) -> bytes:
    """Weights in half precision with everything that reads them, stored: they hardly shrink."""
    file = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="whybox-") as folder:
        model.half().save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        root = Path(folder)
        (root / "prompt.json").write_text(json.dumps(prompt, ensure_ascii=False, indent=1) + "\n", "utf-8")
        (root / "predict.py").write_text(PREDICT.read_text("utf-8"), "utf-8")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(root.iterdir()):
                archive.write(path, f"{FOLDER}/{path.name}")
    return file.getvalue()
