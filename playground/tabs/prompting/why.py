"""Why it did or did not work: the prior without any text, the words' own frequency, the spread over patterns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.tabs.prompting.frames import Answers, Floats, Question
from playground.tabs.prompting.heat_map import color
from playground.tabs.prompting.request import CALIBRATIONS, PromptingRequest
from playground.tabs.prompting.trace import Trace
from playground.ui.html import element, text
from playground.ui.tables import card, cell, table
from playground.ui.translations import translate

MOST_LABELS = 20  # rows of a confusion matrix
BIAS = "Without any text, “{pattern}” already says {label} with probability {p}."
FREQUENCY = "At the mask “{often}” is {times} times as probable as “{rarely}” on average, whatever the text says."
MASS = "All label words together hold {share} of the probability at the mask; the rest goes to words of no label."
SPREAD = (
    "Alone, the patterns get {low} to {high} right; with the calibration “{best}”, "
    "{calibrated_low} to {calibrated_high}."
)
DISAGREE = "The patterns disagree on {count} of {all} texts."
NOT_ONE = (
    "A word in red is not one known token of this model, so its probability at the mask cannot be read: change it."
)


def why_html(trace: Trace, request: PromptingRequest, language: str) -> str:
    """The cards below the heat map."""
    question, answers = trace.question, trace.answers
    if question is None:
        return ""
    if answers is None:
        return _words_card(question, None, language)
    cards = [_accuracy_card(question, answers, request, language)] if _has_gold(question) else []
    cards += [_reasons_card(question, answers, language), _words_card(question, answers, language)]
    cards += [_confusion_card(question, answers, request, language)] if _has_gold(question) else []
    return "".join(cards)


def _has_gold(question: Question) -> bool:
    return bool((question.gold >= 0).any())


def _accuracy_card(question: Question, answers: Answers, request: PromptingRequest, language: str) -> str:
    """A row for each calibration; the one shown above is marked."""
    several = len(question.patterns) > 1
    head = [*question.patterns, *([translate(language, "mean"), translate(language, "weighted")] if several else [])]
    rows = []
    for name, values in zip(CALIBRATIONS, answers.accuracy.tolist(), strict=True):
        chosen = "chosen" if name == request.calibration else ""
        cells = (cell(text(f"{value:.1%}"), title, class_=chosen) for value, title in zip(values, head, strict=False))
        rows.append([cell(text(translate(language, name)), number=False, class_=chosen), *cells])
    notes = []
    if several:
        weights = ", ".join(f"{weight:.2f}" for weight in answers.weights.tolist())
        notes.append(
            translate(language, "Weights of the patterns in the column shown above: {weights}.", weights=weights)
        )
    known = int((question.gold >= 0).sum())
    title = translate(language, "Right of {count} labelled texts, by calibration", count=known)
    return card(title, table([translate(language, "calibration"), *head], rows, "accuracies"), notes=notes)


def _reasons_card(question: Question, answers: Answers, language: str) -> str:
    reasons = (element("li", text(sentence)) for sentence in _reasons(question, answers, language))
    return card(translate(language, "Why did it fail?"), element("ul", *reasons, class_="reasons"))


def _reasons(question: Question, answers: Answers, language: str) -> Iterator[str]:
    pattern, label = np.unravel_index(int(answers.blank.argmax()), answers.blank.shape)
    yield translate(
        language,
        BIAS,
        pattern=question.patterns[pattern],
        label=question.labels[label],
        p=f"{answers.blank[pattern, label]:.2f}",
    )
    words = [word for of_label in question.words for word in of_label]
    mean = answers.word_mean.mean(axis=0)
    often, rarely = int(mean.argmax()), int(mean.argmin())
    times = f"{mean[often] / mean[rarely]:,.3g}"
    yield translate(language, FREQUENCY, often=words[often], times=times, rarely=words[rarely])
    yield translate(language, MASS, share=f"{answers.word_mean.sum(axis=1).mean():.1%}")
    if len(question.patterns) > 1:
        yield _spread(question, answers, language) if _has_gold(question) else _disagreement(answers, language)


def _spread(question: Question, answers: Answers, language: str) -> str:
    alone = answers.accuracy[:, : len(question.patterns)]
    best = int(alone[1:].mean(axis=1).argmax()) + 1
    values = {
        "low": alone[0].min(),
        "high": alone[0].max(),
        "calibrated_low": alone[best].min(),
        "calibrated_high": alone[best].max(),
    }
    shares = {name: f"{value:.1%}" for name, value in values.items()}
    return translate(language, SPREAD, best=translate(language, CALIBRATIONS[best]), **shares)


def _disagreement(answers: Answers, language: str) -> str:
    said = answers.after.argmax(axis=2)
    return translate(language, DISAGREE, count=int((said != said[0]).any(axis=0).sum()), all=said.shape[1])


def _words_card(question: Question, answers: Answers | None, language: str) -> str:
    """How the model cuts every word; with answers, its probability at the mask and how often it stands in the texts."""
    titles = ["label", "word", "tokens"]
    titles += ["p without text", "p on average", "in the texts"] if answers else []
    head = [translate(language, title) for title in titles]
    rows, place = [], 0
    for label, words in enumerate(question.words):
        for number, word in enumerate(words):
            rows.append(_word_row(question, answers, (label, number, place), word, head))
            place += 1
    notes = [] if all(all(usable) for usable in question.usable) else [translate(language, NOT_ONE)]
    return card(translate(language, "Label words"), table(head, rows, "words"), notes=notes)


def _word_row(
    question: Question, answers: Answers | None, at: tuple[int, int, int], word: str, head: list[str]
) -> list[str]:
    label, number, place = at
    fine = question.usable[label][number]
    mark = element("i", class_="mark", style=f"background: {color(label)}")
    tokens = element("span", text(" ".join(question.pieces[label][number])), class_="" if fine else "wrong")
    row = [cell(mark + text(question.labels[label]), number=False), cell(text(word), head[1]), cell(tokens, head[2])]
    if answers is not None:
        blank, mean = answers.word_blank[:, place].mean(), answers.word_mean[:, place].mean()
        figures = (f"{blank:.2g}", f"{mean:.2g}", f"{int(answers.word_counts[place]):,}")
        row += [cell(text(figure), title) for figure, title in zip(figures, head[3:], strict=True)]
    return row


def _confusion_card(question: Question, answers: Answers, request: PromptingRequest, language: str) -> str:
    """Right label by given label, before the calibration and after it."""
    matrices = [confusion(question, answers.ensemble_before)]
    titles = ["uncalibrated"]
    if request.calibration != "none":
        matrices.append(confusion(question, answers.ensemble_after))
        titles.append(request.calibration)
    shown = np.flatnonzero(sum(matrix.sum(axis=0) + matrix.sum(axis=1) for matrix in matrices))[:MOST_LABELS].tolist()
    parts = [
        element(
            "div", element("p", text(translate(language, title)), class_="meta"), _matrix(question, m, shown, language)
        )
        for title, m in zip(titles, matrices, strict=True)
    ]
    title = translate(language, "Which labels are taken for which")
    return card(title, element("div", *parts, class_="confusions"))


def confusion(question: Question, probabilities: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """How many texts (C, C) with one right label were given another."""
    counts = np.zeros((len(question.labels),) * 2, dtype=np.int64)
    known = question.gold >= 0
    np.add.at(counts, (question.gold[known], probabilities.argmax(axis=1)[known]), 1)
    return counts


def _matrix(
    question: Question, counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]], shown: list[int], language: str
) -> str:
    head = [translate(language, "right ↓ given →"), *(question.labels[label] for label in shown)]
    rows = []
    for gold in shown:
        total = max(1, int(counts[gold].sum()))
        cells = [
            cell(
                text(counts[gold, label]),
                question.labels[label],
                style=_shade(counts[gold, label] / total, gold == label),
            )
            for label in shown
        ]
        rows.append([cell(text(question.labels[gold]), number=False), *cells])
    return table(head, rows, "confusion")


def _shade(share: float, right: bool) -> str:
    hue = "var(--accent)" if right else "var(--loop)"
    return f"background: color-mix(in srgb, {hue} {round(60 * share)}%, transparent)"
