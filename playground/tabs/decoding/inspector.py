"""What each part of a decoder does to the distribution at one step: one column a part, before and after."""

from __future__ import annotations

from playground.tabs.decoding.frames import DecodingInspection
from playground.tabs.decoding.strategies import form_of, parse
from playground.tabs.decoding.trace import RowTrace, Trace
from playground.ui.acts import act_button
from playground.ui.html import element, text
from playground.ui.token_view import token_span
from playground.ui.translations import translate

MOST_TOKENS = 14  # lines of the table
CONTEXT = 10  # tokens before the step


def inspector_html(trace: Trace, language: str) -> str:
    """The inspected step as a card, nothing where none was inspected."""
    seen = trace.inspection
    if seen is None or seen.row >= len(trace.rows):
        return ""
    row = trace.rows[seen.row]
    title = translate(language, "Step {step} of {decoder}", step=seen.step, decoder=row.decoder)
    close = act_button("×", {"act": "close"}, class_="close", aria_label=translate(language, "Close"))
    head = element("div", element("h3", text(title)), close, class_="card-head")
    table = element("table", _header(seen, row, language), *_lines(seen, row), class_="table inspector")
    explained = translate(
        language, "Parts act from left to right. The arrows swap neighbours; the row then runs in its new order."
    )
    return element(
        "article",
        head,
        element("p", _context(trace, row, seen.step), class_="tokens context"),
        element("div", table, class_="table-scroll", tabindex=0, role="region", aria_label=title),
        element("p", text(explained), class_="note") if len(seen.stages) > 2 else "",
        class_="card",
    )


def _context(trace: Trace, row: RowTrace, step: int) -> str:
    """The text before the step, as tokens."""
    before = [*trace.prompt, *trace.forced, *row["texts"]][: len(trace.prompt) + step]
    more = "…" if len(before) > CONTEXT else ""
    return text(more) + "".join(token_span(token) for token in before[-CONTEXT:])


def _header(seen: DecodingInspection, row: RowTrace, language: str) -> str:
    """Every stage's name, its arrows, and what it leaves over."""
    cells = [element("th", text(translate(language, "token")), scope="col")]
    for stage, name in enumerate(seen.stages):
        shown = translate(language, "model") if stage == 0 else name
        size = translate(language, "{count} kept", count=int(seen.kept_size[stage]))
        eos = translate(language, "in") if seen.eos_kept[stage] else translate(language, "cut")
        facts = (
            size,
            translate(language, "{value} nats", value=f"{seen.entropy[stage]:.2f}"),
            f"p(<eos>) {seen.p_eos[stage]:.2g}, {eos}",
        )
        lines = "".join(element("span", text(fact), class_="source") for fact in facts)
        cells.append(element("th", text(shown), _arrows(seen, row, stage, language), lines, scope="col"))
    return element("tr", *cells)


def _arrows(seen: DecodingInspection, row: RowTrace, stage: int, language: str) -> str:
    """Buttons that swap the part with its neighbours; a bound always comes first."""
    movable = [part for part in row.decoder.split("+") if part in seen.stages[1:] and _moves(part)]
    name = seen.stages[stage]
    if stage == 0 or name not in movable or len(movable) < 2:
        return ""
    place = movable.index(name)
    buttons = []
    for arrow, title, other in (("◀", "Earlier", place - 1), ("▶", "Later", place + 1)):
        within = 0 <= other < len(movable)
        swap = {"act": "swap", "row": seen.row, "first": name, "second": movable[other]} if within else {}
        spoken = f"{name}: {translate(language, title)}"
        buttons.append(act_button(arrow, swap, class_="arrow", disabled=not within, aria_label=spoken))
    return element("span", *buttons, class_="arrows")


def _moves(part: str) -> bool:
    return form_of(parse(part).parts[-1]).kind in ("filter", "modifier")


def _lines(seen: DecodingInspection, row: RowTrace) -> list[str]:
    """A line a token: its probability after every stage as a number and a bar."""
    taken = row["tokens"][seen.step - row.first] if 0 <= seen.step - row.first < len(row) else -1
    lines = []
    for place, (token, shown) in enumerate(zip(seen.tokens.tolist(), seen.texts, strict=True)):
        if place >= MOST_TOKENS and token != taken:
            continue
        cells = [_cell(float(p)) for p in seen.probability[:, place]]
        name = element("th", element("span", token_span(shown), class_="tokens"), scope="row")
        lines.append(element("tr", name, *cells, class_="chosen" if token == taken else None))
    return lines


def _cell(p: float) -> str:
    if p == 0:
        return element("td", text("–"), class_="number cut")
    bar = element("span", class_="bar", style=f"width: {100 * p:.1f}%")
    return element("td", text(f"{p:.2g}" if p >= 1e-3 else f"{p:.0e}"), bar, class_="number")
