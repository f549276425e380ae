"""The request model of a tab: one source for controls, validation, links, API and fuzz tests.

A field's bounds, default, title and help are written once, with :func:`control`. Titles and help
are English; the page translates them. Nested requests (a variant, a change) are frozen models too.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

Widget = Literal[
    "text", "slider", "number", "choice", "choices", "switch", "model", "file", "drawing", "sketch", "none"
]
Group = Literal["main", "more"]


def control(
    default: Any,
    *,
    title: str,
    help: str,
    widget: Widget,
    group: Group = "main",
    step: float | None = None,
    lines: int = 1,
    choices: tuple[str, ...] = (),
    accept: tuple[str, ...] = (),
    live: bool = False,
    private: bool = False,
    upload: bool = False,
    view: bool = False,
    **bounds: Any,
) -> Any:
    """A request field together with how it is shown.

    `bounds` are pydantic's (ge, le, max_length …). A `live` field may change in the middle of a
    run; a run with a `private` field set is never remembered. `choices` are suggestions where the
    field's type does not enumerate its values. Widget "none" has no control. A text with `upload`
    may also come as a file, and says so where it gets too long. A "file" holds an attachment with one of the
    endings in `accept`, a "drawing" points of the plane in hundredths, a "sketch" the text of a small picture. A
    `view` field changes only how a run is drawn: changing it draws the shown run again and runs nothing.
    """
    shown: dict[str, Any] = {
        "widget": widget,
        "group": group,
        "step": step,
        "lines": lines,
        "choices": list(choices),
        "accept": list(accept),
        "live": live,
        "private": private,
        "upload": upload,
        "view": view,
    }
    return Field(default, title=title, description=help, json_schema_extra=shown, **bounds)


class FrozenModel(BaseModel):
    """A nested part of a request: frozen, finite numbers only, unknown names refused.

    `in_one_text`: links hold the part as one text, which is str(part) and which its validator reads
    back. `is_file`: the part stands for an uploaded file, which never enters a link.
    """

    in_one_text: ClassVar[bool] = False
    is_file: ClassVar[bool] = False

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


class TabRequest(FrozenModel):
    """What may be asked of a tab. Subclasses set `tab` and add fields made by :func:`control`.

    `growing` names the fields that may get longer while what ran so far stays the same.
    """

    tab: ClassVar[str]
    version: ClassVar[int] = 1
    growing: ClassVar[frozenset[str]] = frozenset({"steps", "schedule"})

    def device_need(self) -> Literal["cpu", "gpu"]:
        """Whether this request needs an accelerator where accelerators are rationed."""
        return "cpu"

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores."""
        return 1.0

    def models(self) -> tuple[str, ...]:
        """Ids of the models that the run leases."""
        return ()

    @classmethod
    def migrate(cls, version: int, query: dict[str, str]) -> dict[str, str]:
        """A link of an older version in today's names, with that version's defaults written out."""
        return query

    @classmethod
    def view_fields(cls) -> frozenset[str]:
        """Names of the fields that change only how a run is drawn."""
        extras = {name: field.json_schema_extra for name, field in cls.model_fields.items()}
        return frozenset(name for name, extra in extras.items() if isinstance(extra, dict) and extra.get("view"))

    def with_(self, **changes: Any) -> Self:
        """The same request with some fields changed, validated again."""
        return self.model_validate(self.model_dump() | changes)

    def runs_like(self, other: TabRequest) -> bool:
        """Whether both give the same frames, however they are drawn."""
        hidden = set(self.view_fields())
        return type(self) is type(other) and self.model_dump(exclude=hidden) == other.model_dump(exclude=hidden)
