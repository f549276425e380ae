"""A view as a link: request <-> query string. Nothing is stored, so links outlive restarts and releases.

Grammar: `?v=1&tab=decoding&prompt=…&variants.1.predictor=none`. Values that equal the default are
left out. A nested part's fields have dotted paths, entries of a tuple of parts have their index,
and `variants=3` says how many entries there are where the paths do not. Short values stand side by
side: `decoders=greedy,top-k-4`, with a backslash before a comma that belongs to a value. Numbers
have their shortest exact form, switches are on or off, an absent value is `none`; whatever has no
such form is JSON. Files and private fields never enter a link: `missing=table` names them. So no
request field may be named v, missing, or like a parameter of the page (lang).

Links are untrusted: whatever a query string holds, :func:`decode` gives a view.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import ValidationError

from playground.runtime.contracts import Note
from playground.runtime.errors import LinkTooLong, PlaygroundError
from playground.runtime.link_entries import Values, left_out, read_entries, write_entries
from playground.runtime.requests import TabRequest
from playground.runtime.validation import clip, validate

__all__ = ["Link", "decode", "encode", "from_configuration", "link_url", "to_configuration", "validate"]

LONGEST_LINK = 6_000  # characters; browsers, proxies and chat programs cut longer ones
LONGEST_QUERY = 100_000  # characters that are looked at
MOST_ROUNDS = 20  # of dropping bad values before all that remain are dropped

UNKNOWN_TAB = 'There is no tab named "{tab}" here: the home page is shown instead.'
UNUSABLE = "{field}: the link's value cannot be used, the usual one is shown instead."
UPLOAD_AGAIN = "{field}: links never carry files or pasted data. Add yours again to see the same view."
NEWER = "This link comes from a newer version: what is unknown here was left out."
UNREADABLE = "This file is not a Whybox configuration: choose one that Save configuration made."
TOO_LONG = "This view is too long for a link: save it as a configuration file and share that."


@dataclass(frozen=True)
class Link:
    """What a link or a configuration file asks for; without a request the home page is meant."""

    tab: str | None
    request: TabRequest | None
    notes: tuple[Note, ...] = ()


def encode(request: TabRequest) -> str:
    """The query string of a request, defaults left out."""
    return urlencode(_entries(request, private=False), safe=",:/@")


def link_url(request: TabRequest, base: str) -> str:
    """The link to copy; on a Space it leads to the page around the app. LinkTooLong over 6,000 characters."""
    space = os.environ.get("SPACE_ID")
    address = urlsplit(f"https://huggingface.co/spaces/{space}" if space else base)
    url = urlunsplit((address.scheme, address.netloc, address.path, encode(request), ""))
    if len(url) > LONGEST_LINK:
        raise LinkTooLong(TOO_LONG)
    return url


def decode(query: str | Mapping[str, str], requests: Mapping[str, type[TabRequest]]) -> Link:
    """What a query string asks for. It never raises: a bad value falls back to its default, with a note."""
    entries = _parse(query) if isinstance(query, str) else dict(query)
    tab = entries.get("tab")
    request_type = requests.get(tab) if tab else None
    if not tab or request_type is None:
        return Link(None, None, (Note(UNKNOWN_TAB, {"tab": clip(tab)}),) if tab else ())
    entries, notes = _todays(request_type, entries)
    request, fallen_back = _settle(request_type, {tuple(path.split(".")): text for path, text in entries.items()})
    notes += [Note(UNUSABLE, {"field": title}) for title in fallen_back]
    notes += [Note(UPLOAD_AGAIN, {"field": title}) for title in _missing(request_type, entries)]
    return Link(tab, request, tuple(notes))


def to_configuration(request: TabRequest) -> bytes:
    """A request as a JSON file in the grammar of links, private fields included: the file stays with its owner."""
    return json.dumps(_entries(request, private=True), ensure_ascii=False, indent=2).encode()


def from_configuration(data: bytes, requests: Mapping[str, type[TabRequest]]) -> Link:
    """What a configuration file asks for; a file of another kind gives the home page and a note."""
    try:
        entries = json.loads(data)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
        return Link(None, None, (Note(UNREADABLE),))
    return decode(entries, requests)


def _entries(request: TabRequest, *, private: bool) -> dict[str, str]:
    """Everything a link holds, by path."""
    entries = {"v": str(request.version), "tab": request.tab, **dict(write_entries(request, private=private))}
    missing = left_out(request, private=private)
    return entries | ({"missing": ",".join(missing)} if missing else {})


def _parse(query: str) -> dict[str, str]:
    return dict(parse_qsl(query[:LONGEST_QUERY].removeprefix("?"), keep_blank_values=True))


def _todays(request_type: type[TabRequest], entries: dict[str, str]) -> tuple[dict[str, str], list[Note]]:
    """The entries in today's names, and a note if they come from the future."""
    version = entries.get("v", "")
    number = int(version) if re.fullmatch("[0-9]{1,6}", version) else request_type.version
    if number > request_type.version:
        return entries, [Note(NEWER)]
    if 0 < number < request_type.version:
        return request_type.migrate(number, entries), []
    return entries, []


def _missing(request_type: type[TabRequest], entries: Mapping[str, str]) -> list[str]:
    """Titles of the fields that a link says it lacks."""
    fields = request_type.model_fields
    names = dict.fromkeys(entries.get("missing", "").split(","))
    return [fields[name].title or name for name in names if name in fields]


def _settle(request_type: type[TabRequest], values: Values) -> tuple[TabRequest, list[str]]:
    """The request that the values make, and titles of the fields whose values had to be dropped."""
    default = request_type()
    fields = request_type.model_fields
    values = {path: text for path, text in values.items() if path[0] in fields}
    dropped: dict[str, None] = {}
    for round_ in range(MOST_ROUNDS):
        try:
            return request_type.model_validate(read_entries(request_type, default, values)), list(dropped)
        except (ValidationError, PlaygroundError) as error:
            bad = _at_fault(error, values) if round_ < MOST_ROUNDS - 2 else list(values)
        for path in bad:
            del values[path]
            dropped[fields[path[0]].title or path[0]] = None
    return default, list(dropped)


def _at_fault(error: Exception, values: Values) -> list[tuple[str, ...]]:
    """The paths that an error is about; where it names none of them, the last."""
    problems = error.errors(include_url=False, include_input=False) if isinstance(error, ValidationError) else []
    places = [tuple(map(str, problem["loc"])) for problem in problems]
    blamed = [path for path in values if any(place and _leads_to(path, place) for place in places)]
    return blamed or list(values)[-1:]


def _leads_to(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one of two paths begins with the other."""
    return all(a == b for a, b in zip(one, other, strict=False))
