"""How the KL of every group, and the ELBO, go over the steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from playground.tabs.sampling.hierarchy.frames import HierarchyFrame, HierarchyStart
from playground.tabs.sampling.hierarchy.names import names
from playground.tabs.sampling.hierarchy.request import HierarchyRequest
from playground.tabs.sampling.hierarchy.verdict import COLLAPSED, bits_per_dimension
from playground.tabs.sampling.hierarchy.view import View, negative_elbo
from playground.ui.numbers import rounded
from playground.ui.translations import translate

Figure = dict[str, Any]
LEAST = 1e-3  # nats that are still drawn
GAP_IS_KL = "Solid: all of it. Dotted: the reconstruction alone. The gap is the KL."
ROW, GAP = 170, 46  # pixels of a variant's plot and between two of them


def color(variant: int) -> str:
    """The colour of a variant's lines and of the mark on its card: from the end, as groups begin at the first."""
    return f"var(--series-{8 - variant})"


def group_color(group: int) -> str:
    """The colour of a group, the same in every variant."""
    return f"var(--series-{group % 8 + 1})"


def kl_figure(view: View, request: HierarchyRequest, language: str) -> Figure:
    """The KL of every group over the steps on a log axis, one plot below the other for each variant."""
    frames, titles = view.recorded(request.every), names(request, language)
    height = len(titles) * ROW + (len(titles) - 1) * GAP
    layout: Figure = {
        "height": height + 84,
        "margin": {"l": 56, "r": 12, "t": 44, "b": 40},
        "legend": {"y": 1 + 18 / height},
        "annotations": [],
        "shapes": [],
        "uirevision": f"kl {request.steps} {len(titles)}",
        "meta": {
            "title": translate(language, "KL of each group, nats a picture"),
            "description": translate(language, "A line below 0.1 nats is a group that has collapsed."),
        },
    }
    data: list[Figure] = []
    for variant, title in enumerate(titles):
        number = str(variant + 1) if variant else ""
        top = 1 - variant * (ROW + GAP) / height
        layout[f"xaxis{number}"] = _steps_axis(request, frames) | {"anchor": f"y{number}"}
        layout[f"yaxis{number}"] = _nats_axis(frames) | {"domain": [max(0.0, top - ROW / height), top]}
        layout["annotations"].append(_heading(title, top))
        layout["shapes"].append(_threshold(number))
        if view.start:
            data += _groups(frames, view.start, variant, number, language)
    layout[f"xaxis{len(titles) if len(titles) > 1 else ''}"]["title"] = {"text": translate(language, "step")}
    return {"data": data, "layout": layout}


def elbo_figure(view: View, request: HierarchyRequest, language: str) -> Figure:
    """The negative ELBO of every variant, and below it the reconstruction alone: the gap is the KL."""
    frames, titles = view.recorded(request.every), names(request, language)
    data: list[Figure] = []
    for variant, title in enumerate(titles):
        if view.start:
            data += _bits(frames, view.start.dimensions, variant, title, language)
    layout = {
        "xaxis": _steps_axis(request, frames) | {"title": {"text": translate(language, "step")}},
        "yaxis": {"range": _window(data)},
        "height": 300,
        "margin": {"l": 56, "r": 12, "t": 26, "b": 40},
        "uirevision": f"elbo {request.steps} {len(titles)}",
        "meta": {
            "title": translate(language, "Negative ELBO, bits per dimension"),
            "description": translate(
                language, "Solid: all of it. Dotted: the reconstruction alone. The gap is the KL."
            ),
        },
    }
    return {"data": data, "layout": layout}


def thumbnail(view: View) -> str:
    """A small picture of the run: the KL of the first variant's groups."""
    last = max((frame.step for frame in view.frames), default=0) or 1
    groups = view.frames[0].kl.shape[1] if view.frames else 0
    lines = "".join(_polyline(view.frames, group, last) for group in range(groups))
    return f'<svg viewBox="0 0 240 90" role="img" aria-label="KL" preserveAspectRatio="none">{lines}</svg>'


def _groups(
    frames: Sequence[HierarchyFrame], start: HierarchyStart, variant: int, number: str, language: str
) -> Iterator[Figure]:
    for group, side in enumerate(start.sides.tolist()):
        title = translate(language, "group {number}, {side}×{side}", number=group + 1, side=side)
        yield {
            "type": "scatter",
            "mode": "lines",
            "name": title,
            "legendgroup": str(group),
            "showlegend": variant == 0,
            "x": [frame.step for frame in frames],
            "y": [rounded(max(LEAST, float(frame.kl[variant, group].sum()))) for frame in frames],
            "xaxis": f"x{number}",
            "yaxis": f"y{number}",
            "line": {"color": group_color(group), "width": 2},
            "hovertemplate": f"{title}: %{{y:.3g}}<extra></extra>",
        }


def _bits(
    frames: Sequence[HierarchyFrame], dimensions: int, variant: int, title: str, language: str
) -> Iterator[Figure]:
    nats = {
        title: [negative_elbo(frame, variant) for frame in frames],
        translate(language, "{name}: reconstruction", name=title): [
            float(frame.reconstruction[variant]) for frame in frames
        ],
    }
    for (name, values), dash in zip(nats.items(), ("solid", "dot"), strict=True):
        yield {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [frame.step for frame in frames],
            "y": [rounded(bits_per_dimension(value, dimensions)) for value in values],
            "line": {"color": color(variant), "width": 2 if dash == "solid" else 1.4, "dash": dash},
            "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>",
        }


def _window(data: Sequence[Figure]) -> list[float] | None:
    """From the lowest value to a quarter above the end of the highest line: what comes before is far above."""
    values = [value for line in data for value in line["y"] if value is not None]
    ends = [line["y"][-1] for line in data if line["y"] and line["y"][-1] is not None]
    if not ends:
        return None
    low, high = min(values), max(ends)
    return [low - 0.1 * (high - low) - 0.01, high + 0.4 * (high - low) + 0.02]


def _steps_axis(request: HierarchyRequest, frames: Sequence[HierarchyFrame]) -> Figure:
    return {"range": [0, max([request.steps, 10, *(frame.step for frame in frames[-1:])])]}


def _nats_axis(frames: Sequence[HierarchyFrame]) -> Figure:
    most = max((float(frame.kl.sum(2).max()) for frame in frames), default=10.0)
    upper = math.log10(max(10.0, most if math.isfinite(most) else 10.0)) + 0.1
    return {
        "type": "log",
        "exponentformat": "power",
        "range": [math.log10(LEAST), upper],
        "dtick": 1,
        "ticksuffix": " ",
    }


def _heading(title: str, top: float) -> Figure:
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": top, "xanchor": "left", "yanchor": "bottom"}
    return place | {"text": escape(title, quote=False), "showarrow": False, "font": {"color": "var(--ink)", "size": 12}}


def _threshold(number: str) -> Figure:
    line = {"color": "var(--soft)", "width": 1.2, "dash": "dash"}
    across = {"xref": f"x{number} domain", "x0": 0, "x1": 1}
    return {"type": "line", "yref": f"y{number}", "y0": COLLAPSED, "y1": COLLAPSED, "line": line} | across


def _polyline(frames: Sequence[HierarchyFrame], group: int, last: int) -> str:
    nats = ((frame.step, float(frame.kl[0, group].sum())) for frame in frames)
    heights = ((step, math.log10(max(LEAST, kl) / LEAST) / 5) for step, kl in nats if math.isfinite(kl))
    points = " ".join(f"{240 * step / last:.1f},{85 - 75 * min(1.0, height):.1f}" for step, height in heights)
    return f'<polyline fill="none" style="stroke: {group_color(group)}" stroke-width="1.8" points="{points}"/>'
