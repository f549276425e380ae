"""HTML written safely: text and attribute values are always escaped."""

from __future__ import annotations

from html import escape

VOID = frozenset({"br", "img", "input", "hr"})


def element(name: str, *children: str, **attributes: str | int | bool | None) -> str:
    """An HTML element; children are finished HTML (use :func:`text`), attribute values are escaped.

    A trailing underscore is dropped and others become hyphens: `class_`, `aria_label`. Attributes
    that are None or False are left out, True ones have no value.

    >>> element("a", text("<why>"), href="?q=1&r=2", data_kind="x")
    '<a href="?q=1&amp;r=2" data-kind="x">&lt;why&gt;</a>'
    """
    opening = name + "".join(_attribute(key, value) for key, value in attributes.items())
    return f"<{opening}>" if name in VOID else f"<{opening}>{''.join(children)}</{name}>"


def text(value: object) -> str:
    """Any value as escaped text."""
    return escape(str(value), quote=False)


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
