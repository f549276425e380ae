"""A run as code: one split of the same task, and every method on it."""

from __future__ import annotations

from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.tasks import PATTERNS, VERBALIZERS

SNIPPET = """\
from contextlib import ExitStack

from playground.runtime.registry import registry
from playground.tabs.prompting.few_shot.method import METHODS, Options, Setting
from playground.tabs.prompting.few_shot.splits import k_per_class
from playground.tabs.prompting.patterns import parse_pattern
{source_import}
from playground.tabs.prompting.verbalizers import parse_verbalizer

{source}
words = parse_verbalizer({words!r})
train, rest = k_per_class(pool, words.labels, {shots}, {seed})
with ExitStack() as leases:
    model, *encoder = [leases.enter_context(registry().lease(id)) for id in {models!r}]
    setting = Setting(
        model=model,
        encoder=encoder[0] if encoder else None,
        labels=words.labels,
        train=train,
        unlabelled=tuple(example.text for example in rest[:{unlabelled}]),
        test=tuple(example.text for example in test),
        patterns=tuple(map(parse_pattern, {patterns!r})),
        verbalizer=words,
        seed={seed},
        options=Options(steps={updates}, rate={rate!r}, layers={layers}),
    )
    for method in {methods!r}:
        *_, last = METHODS[method].run(setting, {{}})
        said = [words.labels[place] for place in last.probabilities.argmax(axis=1)]
        right = sum(label == example.label for label, example in zip(said, test))
        print(method, right / len(test))
"""
BUNDLED = """\
task = load_task({task!r})
pool, test = task.train, task.test[:{tests}]"""
OWN = """\
texts = read_examples(Path({name!r}).read_bytes(), {name!r})
pool, test = divided(texts.examples, texts.labels)"""
IMPORT_BUNDLED = "from playground.tabs.prompting.tasks import load_task"
IMPORT_OWN = """\
from pathlib import Path

from playground.tabs.prompting.few_shot.given import divided
from playground.tabs.prompting.few_shot.uploaded import read_examples"""


def snippet(request: FewShotRequest) -> str:
    """Code that trains every method of the request at its largest K and first seed, and prints their accuracies."""
    own = request.is_own()
    name = request.examples.name if request.examples else "texts.csv"
    return SNIPPET.format(
        source_import=IMPORT_OWN if own else IMPORT_BUNDLED,
        source=OWN.format(name=name) if own else BUNDLED.format(task=request.task, tests=request.tests),
        words=request.words or ("positive: good\nnegative: bad" if own else VERBALIZERS[request.task]),
        shots=max(request.shots),
        seed=request.seed,
        models=request.models(),
        unlabelled=request.unlabelled,
        patterns=tuple(request.patterns.splitlines()) or (request.own_patterns() if own else PATTERNS[request.task]),
        updates=request.updates,
        rate=request.rate,
        layers=request.layers,
        methods=request.methods,
    )
