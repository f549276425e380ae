"""What stands around the curves: the table of results, what iPET labelled, what was found, and what was learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from playground.tabs.prompting.few_shot.figures import color
from playground.tabs.prompting.few_shot.frames import FewShotStep
from playground.tabs.prompting.few_shot.method import METHODS
from playground.tabs.prompting.few_shot.recorded import recorded_note
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.view import Point, View
from playground.ui.html import element, text
from playground.ui.numbers import fixed
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

SHOWN_LABELLED = 12  # labelled texts
SHOWN_MINED = 8  # patterns
INTERVALS = (
    "± is half the 95 % interval of the mean: the wider one of Student's t over the seeds and Wilson's over the test "
    "texts. All methods learn from the same texts of a seed and are judged on the same {tests} test texts."
)


def results_html(view: View, request: FewShotRequest, language: str) -> str:
    """The table of the results, what the run stands on, and where it is."""
    if view.start is None:
        return ""
    shots = request.shots
    head = [translate(language, "method"), *(f"K = {k}" for k in shots), translate(language, "seconds")]
    rows = (_row(method, {p.shots: p for p in view.curve(method)}, shots, language) for method in request.methods)
    said = translate(language, INTERVALS, tests=f"{view.tests:,}")
    parts = [_standing(view, language), _table(head, rows), _note(said), recorded_note(request, language)]
    return card(translate(language, "Accuracy, all methods on the same splits"), *parts)


def details_html(view: View, language: str) -> str:
    """What only some methods have to show, of their last trainings, and the labelled texts."""
    parts = (_generations, _words, _mined, _patterns, _labelled)
    return "".join(part(view, language) for part in parts)


def _row(method: str, points: Mapping[int, Point], shots: tuple[int, ...], language: str) -> list[str]:
    mark = element("span", class_="mark", style=f"background: {color(method)}")
    seconds = max((point.seconds for point in points.values()), default=float("nan"))
    name = mark + text(translate(language, METHODS[method].title))
    return [name, *(_cell(points.get(k), language) for k in shots), text(fixed(seconds, 1))]


def _cell(point: Point | None, language: str) -> str:
    if point is None:
        return text("–")
    reach = (point.high - point.low) / 2
    count = translate(language, "seeds: {seeds}", seeds=point.seeds)
    return text(f"{point.mean:.1%} ± {100 * reach:.1f}") + element("span", text(count), class_="source")


def _standing(view: View, language: str) -> str:
    """The models and texts of the run, what was done to a visitor's texts, and the training under way."""
    start = view.start
    assert start is not None
    texts = translate(
        language,
        "{task}: {labels} labels, {pool} texts to learn from, {tests} to be judged on · {model}",
        task=start.task,
        labels=len(start.labels),
        pool=f"{int(start.pool.sum()):,}",
        tests=f"{view.tests:,}",
        model=f"{start.model}, {start.encoder}" if start.encoder else start.model,
    )
    notes = [_note(translate(language, message, **values)) for message, values in start.notes]
    return element("p", text(texts), class_="meta") + "".join(notes) + _under_way(view.under_way(), language)


def _under_way(step: FewShotStep | None, language: str) -> str:
    if step is None:
        return ""
    said = translate(
        language,
        "{method}, K = {shots}, seed {seed}: {stage}, {step} of {steps}",
        method=translate(language, METHODS[step.method].title),
        shots=step.shots,
        seed=step.seed,
        stage=translate(language, step.stage),
        step=step.step,
        steps=step.steps,
    )
    return element("p", text(said), class_="meta", role="status")


def _generations(view: View, language: str) -> str:
    """iPET's generations: how large the sets of the last training were, how rightly labelled, and what came of it."""
    steps = [step for step in view.steps.get("ipet", ()) if "generation" in step.details]
    if not steps:
        return ""
    last = {int(step.details["generation"]): step for step in steps}
    tell = [translate(language, name) for name in ("generation", "texts of each model", "labelled rightly", "accuracy")]
    rows = (_generation(number, step, view, language) for number, step in last.items())
    newest = steps[-1]
    title = translate(
        language, "iPET labels the unlabelled, K = {shots}, seed {seed}", shots=newest.shots, seed=newest.seed
    )
    return card(title, _table(tell, rows), _chosen(newest, language))


def _generation(number: int, step: FewShotStep, view: View, language: str) -> list[str]:
    assert view.start is not None
    labelled = step.shots * len(view.start.labels)
    sizes, right = step.details.get("sizes", ()), step.details.get("right", ())
    mean_size = sum(sizes) / len(sizes) if sizes else 0
    said = f"{labelled}" + (f" + {mean_size:.0f}" if sizes else "")
    share = f"{sum(right) / len(right):.1%}" if right else "–"
    models = translate(language, "models: {count}", count=len(step.details.get("accuracies", ())))
    return [text(number + 1), text(said), text(share), text(f"{step.accuracy:.1%}") + _source(models)]


def _chosen(step: FewShotStep, language: str) -> str:
    """Some texts that the models labelled for each other, and whether they were right."""
    items = []
    for words, given, gold in step.details.get("texts", ()):
        is_right = given == gold
        said = f"→ {given}" if is_right else translate(language, "→ {given} (it is {gold})", given=given, gold=gold)
        items.append(element("li", text(words), " ", element("b", text(said))))
    return element("ul", *items, class_="labelled") if items else ""


def _patterns(view: View, language: str) -> str:
    """How far the patterns alone come, for the last training of every method that has several."""
    rows = []
    for method, steps in view.steps.items():
        step = next((each for each in reversed(steps) if "accuracies" in each.details), None)
        if step is not None:
            rows += list(_pattern_rows(method, step, language))
    if not rows:
        return ""
    head = [translate(language, name) for name in ("pattern", "method", "before training", "after")]
    said = translate(language, "Before: on the labelled texts, which weighs the pattern. After: on the test texts.")
    return card(
        translate(language, "Each pattern alone, in the last training of each method"), _table(head, rows), notes=[said]
    )


def _pattern_rows(method: str, step: FewShotStep, language: str) -> Iterator[list[str]]:
    title = f"{translate(language, METHODS[method].title)}, K = {step.shots}"
    details = step.details
    weights = details.get("weights", [float("nan")] * len(details["templates"]))
    for template, weight, accuracy in zip(details["templates"], weights, details["accuracies"], strict=True):
        yield [element("code", text(template)), text(title), text(_percent(weight)), text(f"{accuracy:.1%}")]


def _words(view: View, language: str) -> str:
    """The label words that were found in place of the given ones."""
    found = _last_detail(view, "automatic-verbalizer", "words")
    rows = [[text(label), text(", ".join(words))] for label, words in (found or {}).items()]
    head = [translate(language, name) for name in ("label", "words found")]
    return card(translate(language, "Label words that were found"), _table(head, rows)) if rows else ""


def _mined(view: View, language: str) -> str:
    """The best of the patterns that were taken from the pool."""
    found = _last_detail(view, "mined-patterns", "mined")
    rows = [[element("code", text(template)), text(fixed(loss, 3))] for template, loss in (found or ())[:SHOWN_MINED]]
    head = [translate(language, name) for name in ("pattern", "loss on the labelled texts")]
    return card(translate(language, "Patterns that were mined"), _table(head, rows)) if rows else ""


def _last_detail(view: View, method: str, name: str) -> Any:
    """The newest detail of that name of a method's last training, None without one."""
    return next((step.details[name] for step in reversed(view.steps.get(method, ())) if name in step.details), None)


def _labelled(view: View, language: str) -> str:
    """The labelled texts of the last split."""
    split = next(reversed(view.splits.values()), None)
    if split is None:
        return ""
    pairs = list(zip(split.texts, split.labels, strict=True))
    items = (
        element("li", text(words), " ", element("b", text(f"→ {label}"))) for words, label in pairs[:SHOWN_LABELLED]
    )
    title = translate(language, "The labelled texts of seed {seed}", seed=split.seed)
    rest = len(pairs) - SHOWN_LABELLED
    more = _note(translate(language, "… and {count} more.", count=rest)) if rest > 0 else ""
    summary = element("summary", text(title), class_="card-title")
    return element("details", summary, element("ul", *items, class_="labelled"), more, class_="card")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of finished HTML, whose first column is words and the others numbers."""
    return table(head, [[cell(row[0], number=False), *map(cell, row[1:], head[1:])] for row in rows])


def _note(sentence: str) -> str:
    return element("p", text(sentence), class_="note")


def _source(said: str) -> str:
    return element("span", text(said), class_="source")


def _percent(value: Any) -> str:
    return f"{value:.1%}" if value == value else "–"
