"""Uploads: a control that holds an attachment, whose bytes lie in the session's own folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gradio as gr
from gradio.components import Component
from gradio.utils import get_upload_folder
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from playground.runtime.annotations import shown
from playground.runtime.errors import InvalidRequest, PlaygroundError
from playground.runtime.requests import TabRequest
from playground.runtime.sessions import FILE_BYTES, TOO_LARGE, Attachment
from playground.ui.translations import in_every_language, language_of, translate

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
TEMPLATE = """<div class="upload" role="group">
<span class="field-title"></span><span class="field-help"></span>
<div class="upload-file"><span class="upload-name" role="status"></span>
<button type="button" class="chip small choose"></button><button type="button" class="chip small remove"></button></div>
<input type="file" tabindex="-1" hidden>
<p class="problem" role="alert"></p><p class="note"></p>
</div>"""

WRONG_ENDING = "{name} cannot be used here: choose a file that ends in {endings}."
LOST = "The file did not arrive: choose it again."
KEPT = "{endings}, at most {limit} MB. Kept in this session's own folder until you leave, at most one idle hour."


class Keeper(Protocol):
    """What keeps the files of a session."""

    def attach(self, session: str, name: str, filename: str, data: bytes) -> Attachment:
        """Keep a file for the request field `name`."""
        ...


@dataclass(frozen=True)
class Refused:
    """A file that was not taken: what the control holds as before, and why."""

    kept: Attachment | None
    sentence: str


class Upload(gr.HTML):
    """Holds an :class:`Attachment` or None; choosing a file uploads it and calls the listeners of `upload`.

    In the browser its value is `{file, problem}`, so that a refusal stands beside what is kept.
    """

    def __init__(self, *, title: str, help: str, accept: Sequence[str], **options: Any) -> None:
        self.accept = tuple(accept)
        super().__init__(
            html_template=TEMPLATE,
            js_on_load=SCRIPT,
            apply_default_css=False,
            words=in_every_language(lambda language: _words(language, title, help, self.accept)),
            accept=list(self.accept),
            limit=FILE_BYTES,
            **options,
        )

    def preprocess(self, payload: Any) -> Any:
        """What stands for the file, as the browser sent it; the request model checks it."""
        return payload.get("file") if isinstance(payload, dict) else payload

    def postprocess(self, value: Any) -> Any:
        """What the browser shows of an :class:`Attachment`, a :class:`Refused` or None."""
        file, problem = (value.kept, value.sentence) if isinstance(value, Refused) else (value, "")
        return {"file": None if file is None else file.model_dump(), "problem": problem}


def upload_control(field: FieldInfo, **texts: Any) -> Upload:
    """The control of a field of widget "file"."""
    title, help = field.title or "", field.description or ""
    return Upload(title=title, help=help, accept=shown(field, "accept") or (), label=texts.get("label"))


def connect_uploads(controls: Mapping[str, Component], keeper: Keeper, **options: Any) -> None:
    """Have every upload among the controls hand its files to the visitor's session."""
    for name, control in controls.items():
        if isinstance(control, Upload):
            control.upload(receiver(name, control.accept, keeper), [control], [control], **options)


def receiver(name: str, accept: Sequence[str], keeper: Keeper) -> Callable[..., Attachment | Refused]:
    """The listener for a field's uploads."""

    def receive(kept: Any, request: gr.Request, event: gr.EventData) -> Attachment | Refused:
        data = event._data if isinstance(event._data, dict) else {}
        try:
            return take(keeper, str(request.session_hash or ""), name, accept, data.get("path"), data.get("name"))
        except PlaygroundError as error:
            return Refused(_known(kept), translate(language_of(request), error.message, **error.values))

    return receive


def _known(kept: Any) -> Attachment | None:
    """The file that the browser says the control holds; nothing else goes back to it."""
    try:
        return Attachment.model_validate(kept)
    except ValidationError:
        return None


def take(keeper: Keeper, session: str, name: str, accept: Sequence[str], path: Any, filename: Any) -> Attachment:
    """Hand gradio's temporary copy of a file to the session, and delete it. InvalidRequest if it cannot be used."""
    copy = _uploaded(path)
    try:
        filename = str(filename or copy.name)
        if not filename.lower().endswith(tuple(accept)):
            raise InvalidRequest(WRONG_ENDING, name=filename[:80], endings=", ".join(accept))
        if copy.stat().st_size > FILE_BYTES:
            raise InvalidRequest(TOO_LARGE, name=filename[:80], limit=FILE_BYTES // 2**20)
        return keeper.attach(session, name, filename, copy.read_bytes())
    except OSError:
        raise InvalidRequest(LOST) from None
    finally:
        with suppress(OSError):
            copy.unlink()
            copy.parent.rmdir()


def takes_file(field: FieldInfo) -> bool:
    """Whether a request field holds an upload."""
    return bool(shown(field, "widget") == "file")


def take_all(values: Mapping[str, Any], request_type: type[TabRequest], keeper: Keeper, session: str) -> dict[str, Any]:
    """A call's values with every uploaded file, a dict with its path, handed to the call's own session."""
    taken = dict(values)
    for name, field in request_type.model_fields.items():
        value = values.get(name)
        if takes_file(field) and isinstance(value, dict) and "path" in value:
            accept = shown(field, "accept") or ()
            taken[name] = take(keeper, session, name, accept, value["path"], value.get("orig_name"))
    return taken


def _uploaded(path: Any) -> Path:
    """The path, if it is that of an uploaded file: <folder>/<a hash that only gradio can make>/<file>."""
    try:
        copy = Path(os.path.realpath(path))
    except (TypeError, ValueError):
        raise InvalidRequest(LOST) from None
    if copy.parent.parent != Path(os.path.realpath(get_upload_folder())):
        raise InvalidRequest(LOST)
    return copy


def _words(language: str, title: str, help: str, accept: Sequence[str]) -> dict[str, str]:
    endings, limit = ", ".join(accept), FILE_BYTES // 2**20
    return {
        "title": translate(language, title),
        "help": translate(language, help),
        "none": translate(language, "No file"),
        "choose": translate(language, "Choose a file"),
        "replace": translate(language, "Replace"),
        "remove": translate(language, "Remove"),
        "busy": translate(language, "Uploading {name}"),
        "ending": translate(language, WRONG_ENDING).replace("{endings}", endings),
        "large": translate(language, TOO_LARGE).replace("{limit}", str(limit)),
        "lost": translate(language, LOST),
        "kept": translate(language, KEPT, endings=endings, limit=limit),
    }
