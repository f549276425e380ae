"""Uploads: what the control holds, what reaches the session, what is refused, and that no copy stays behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio import EventData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.runtime.links import decode, encode, from_configuration, to_configuration
from playground.runtime.results import is_personal
from playground.runtime.sessions import FILE_BYTES, Attachment
from playground.serve import launch_settings
from playground.ui.api import add_endpoint, endpoint
from playground.ui.code_panel import client_snippet
from playground.ui.controls import controls_for, from_values, to_values
from playground.ui.uploads import LOST, Refused, Upload, connect_uploads, receiver, take
from tests.given_tab import CORNERS, GivenRequest, given_runner
from tests.given_tab import given as given_tab
from tests.strategies import requests_of, texts

HERE = gr.Request(session_hash="me", query_params={}, headers={})
FILE = Attachment(name="a.zip", size=4, sha256="0" * 64)
Copy = Callable[..., Path]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """Puts bytes where gradio lays what was uploaded."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))

    def copy(data: bytes = b"PK\x03\x04", name: str = "a.zip") -> Path:
        path = tmp_path / "gradio" / "5f" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        return path

    return copy


def sent(path: object, name: object = "a.zip", kept: Any = None) -> Attachment | Refused:
    """What the control gets after the browser has told of an upload."""
    listener = receiver("images", (".zip",), given_runner())
    return listener(kept, HERE, EventData(None, {"path": path, "name": name}))


def test_the_sessions_copy_is_the_only_one(copied: Copy) -> None:
    copy, runner = copied(b"words"), given_runner()
    attachment = take(runner, "me", "images", (".zip",), str(copy), "My pictures.ZIP")
    assert (attachment.name, attachment.size) == ("My pictures.ZIP", 5)
    assert runner._sessions.open("me").attachment("images", attachment) == b"words"
    assert not copy.parent.exists()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.png", b"x", "a.png cannot be used here: choose a file that ends in .zip."),
        ("a.zip", b"x" * (FILE_BYTES + 1), "a.zip is larger than 5 MB: choose a smaller file."),
    ],
)
def test_a_refused_file_leaves_a_sentence_and_what_was_there(
    copied: Copy, name: str, data: bytes, sentence: str
) -> None:
    copy = copied(data, name)
    assert sent(str(copy), name, FILE.model_dump()) == Refused(FILE, sentence)
    assert not copy.exists()


def test_the_session_itself_refuses_too_many_bytes() -> None:
    with pytest.raises(InvalidRequest, match="larger than 5 MB"):
        given_runner().attach("me", "images", "a.zip", b"x" * (FILE_BYTES + 1))


@pytest.mark.parametrize(
    "place", ["{folder}", "{folder}/../secret/a.zip", "/etc/passwd", "", "\0", "\ud800", None, 3, {}]
)
def test_only_an_uploaded_file_is_read_and_deleted(copied: Copy, tmp_path: Path, place: object) -> None:
    folder, secret = copied().parents[1], tmp_path / "secret" / "a.zip"
    secret.parent.mkdir()
    secret.write_bytes(b"mine")
    path = place.format(folder=folder) if isinstance(place, str) else place
    assert sent(path) == Refused(None, LOST)
    assert secret.exists()


@pytest.mark.parametrize("kept", [10**30, float("nan"), "text", {"name": "a"}, FILE.model_dump() | {"size": 10**30}])
def test_nothing_but_a_file_goes_back_to_the_browser(kept: Any) -> None:
    assert sent("", kept=kept) == Refused(None, LOST)


def test_a_link_out_of_the_upload_folder_is_not_followed(copied: Copy, tmp_path: Path) -> None:
    (tmp_path / "secret.zip").write_bytes(b"mine")
    link = copied().with_name("b.zip")
    link.symlink_to(tmp_path / "secret.zip")
    assert sent(str(link)) == Refused(None, LOST)
    assert (tmp_path / "secret.zip").exists()


def test_an_upload_that_is_gone_is_a_sentence(copied: Copy) -> None:
    copy = copied()
    copy.unlink()
    assert sent(str(copy)) == Refused(None, LOST)


@given(texts() | st.sampled_from(["../../etc/passwd", "C:\\x\\a", "\ud800", "a" * 400, ".."]))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_its_name_a_file_can_be_kept_and_shown(name: str) -> None:
    attachment = given_runner().attach("me", "images", name, b"words")
    assert "/" not in attachment.name
    assert attachment.name.isprintable()
    assert Attachment.model_validate_json(attachment.model_dump_json()) == attachment


@pytest.mark.parametrize("request_", [GivenRequest(), GivenRequest(images=FILE, points=CORNERS)])
def test_what_the_controls_hold_makes_the_request_again(request_: GivenRequest) -> None:
    controls = controls_for(GivenRequest).values()
    shown = [control.postprocess(value) for control, value in zip(controls, to_values(request_), strict=True)]
    read = [control.preprocess(value) for control, value in zip(controls, shown, strict=True)]
    assert from_values(GivenRequest, read) == request_


def test_the_control_shows_name_and_size_and_clears() -> None:
    control = controls_for(GivenRequest)["images"]
    assert control.postprocess(FILE) == {"file": FILE.model_dump(), "problem": ""}
    assert control.postprocess(None) == {"file": None, "problem": ""}
    assert control.postprocess(Refused(None, "No.")) == {"file": None, "problem": "No."}
    assert control.elem_classes == ["field-images"]


def test_what_is_kept_and_for_how_long_is_said_in_both_languages() -> None:
    control = controls_for(GivenRequest)["images"]
    assert isinstance(control, Upload)
    words = control.props["words"]
    assert words["en"]["kept"].startswith(".zip, at most 5 MB. Kept in this session's own folder until you leave")
    assert "一小时" in words["zh"]["kept"]


@pytest.mark.parametrize("value", ["text", 3, [], {"file": 7}, {"file": {"name": "a.zip"}}, {"file": [FILE]}])
def test_whatever_else_the_browser_holds_is_refused_with_a_sentence(value: Any) -> None:
    read = controls_for(GivenRequest)["images"].preprocess(value)
    with pytest.raises(InvalidRequest, match="Your images"):
        from_values(GivenRequest, [read, [], 0])


def test_every_upload_of_a_tab_has_its_listener() -> None:
    with gr.Blocks(analytics_enabled=False) as page:
        controls = controls_for(GivenRequest)
        connect_uploads(controls, given_runner(), api_visibility="private")
    (function,) = page.fns.values()
    assert (function.inputs, function.outputs) == ([controls["images"]], [controls["images"]])


def test_a_request_with_a_file_is_never_remembered() -> None:
    assert is_personal(GivenRequest(images=FILE))
    assert not is_personal(GivenRequest(points=CORNERS))


def test_a_link_and_a_configuration_say_which_file_is_missing() -> None:
    asked, tabs = GivenRequest(images=FILE, points=CORNERS), {"given": GivenRequest}
    for link in (decode(encode(asked), tabs), from_configuration(to_configuration(asked), tabs)):
        assert link.request == GivenRequest(points=CORNERS)
        assert [note.values for note in link.notes] == [{"field": "Your images"}]


def test_the_server_takes_no_larger_upload() -> None:
    assert launch_settings(SimpleNamespace(text=bytes))["max_file_size"] == FILE_BYTES  # type: ignore[arg-type]


def call(images: Any) -> dict[str, Any]:
    answer: dict[str, Any] = endpoint(given_tab(Path()), given_runner(), ())(HERE, images, [], 0)  # type: ignore[arg-type]
    return answer


def test_a_call_is_given_a_file_as_gradio_clients_send_it(copied: Copy) -> None:
    copy = copied(b"words")
    answer = call({"path": str(copy), "orig_name": "a.zip", "meta": {"_type": "gradio.FileData"}})
    assert answer["digest"] != call(None)["digest"]
    assert not copy.exists()


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        ({"path": "/etc/passwd"}, "did not arrive"),
        ({"path": "/etc/passwd", "orig_name": "a.zip"}, "did not arrive"),
        (FILE.model_dump(), "a.zip is no longer on this server: upload it again"),
        ("a.zip", "Your images"),
        (7, "Your images"),
    ],
)
def test_a_call_without_a_usable_file_is_answered_with_a_sentence(images: Any, sentence: str) -> None:
    with pytest.raises(gr.Error, match=sentence):
        call(images)


def test_a_snippet_uploads_the_file() -> None:
    snippet = client_snippet("/given", {"images": FILE}, "http://127.0.0.1:7860")
    assert snippet.startswith("from gradio_client import Client, handle_file\n")
    assert "    images=handle_file('a.zip'),\n" in snippet


def test_the_endpoint_says_how_to_give_a_file() -> None:
    with gr.Blocks(analytics_enabled=False) as page:
        add_endpoint(given_tab(Path()), given_runner(), ())  # type: ignore[arg-type]
    info = page.get_api_info()["named_endpoints"]["/given"]
    assert info["parameters"][0]["python_type"]["type"] == "None | filepath"
    assert "images: A zip of your own. Give it as handle_file(path)." in info["description"]
    assert "points: Draw some.\n" in info["description"]


@given(requests_of(GivenRequest))
@settings(max_examples=20)
def test_all_but_the_file_travels_in_the_link(asked: GivenRequest) -> None:
    assert decode(encode(asked), {"given": GivenRequest}).request == asked.with_(images=None)
