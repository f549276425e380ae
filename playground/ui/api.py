"""The named endpoint of a tab: the request's fields in, plain JSON out.

A file is given as gradio's clients give one, `handle_file("pictures.zip")`, and is gone when the call is answered.
"""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable, Collection
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api
from pydantic.fields import FieldInfo

from playground.runtime.contracts import Note
from playground.runtime.errors import PlaygroundError
from playground.runtime.requests import TabRequest
from playground.runtime.validation import validate
from playground.ui.follow import finish
from playground.ui.offered import require_offered
from playground.ui.status import BROKEN, said
from playground.ui.tab_view import Runs, TabView
from playground.ui.translations import language_of
from playground.ui.uploads import take_all, takes_file


def add_endpoint(view: TabView, runner: Runs, models: Collection[str], **options: Any) -> None:
    """Add `/<api_name>` to the current page; it runs none but these models."""
    api(endpoint(view, runner, models), api_name=view.api_name, api_description=_description(view), **options)


def endpoint(view: TabView, runner: Runs, models: Collection[str]) -> Callable[..., dict[str, Any]]:
    """The endpoint as a function whose parameters are the request's fields, with their types and defaults."""

    def answer(request: gr.Request, *values: Any) -> dict[str, Any]:
        language = language_of(request)
        session = f"api-{uuid.uuid4().hex}"  # calls of one client must not cancel each other
        try:
            given = take_all(dict(zip(fields, values, strict=False)), view.tab.request, runner, session)
            asked = validate(view.tab.request, given)
            require_offered(asked, models)
            return _answer(view, runner, asked, language, session)
        except PlaygroundError as error:
            raise gr.Error(said(Note(error.message, error.values), language), print_exception=False) from None
        finally:
            runner.forget(session)

    fields = view.tab.request.model_fields
    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)]
    parameters += [
        inspect.Parameter(
            name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=field.default, annotation=_annotation(field)
        )
        for name, field in fields.items()
    ]
    # gradio reads the endpoint's schema from these two.
    answer.__signature__ = inspect.Signature(parameters, return_annotation=dict)  # type: ignore[attr-defined]
    answer.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters} | {"return": dict}
    return answer


def _answer(view: TabView, runner: Runs, asked: TabRequest, language: str, session: str) -> dict[str, Any]:
    updates = runner.recall(view.name, asked) or runner.submit(view.name, asked, session)
    screen = finish(view, updates, asked)
    update = screen.update
    note = None if update.note is None else said(update.note, language)
    if update.state in ("failed", "cancelled") or screen.view is None:
        raise gr.Error(note or said(BROKEN, language), print_exception=False)
    run = {"id": update.run_id, "state": update.state, "device": update.device, "remembered": update.remembered}
    return {**view.answer(screen.view), "run": run | ({"note": note} if note else {})}


def _annotation(field: FieldInfo) -> Any:
    return FileData | None if takes_file(field) else field.annotation


def _description(view: TabView) -> str:
    fields = view.tab.request.model_fields.items()
    given = {True: " Give it as handle_file(path).", False: ""}
    helps = "\n".join(f"    {name}: {field.description}{given[takes_file(field)]}" for name, field in fields)
    return f"{view.question}\n\n    Parameters:\n{helps}"
