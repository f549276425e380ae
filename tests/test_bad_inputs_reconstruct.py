"""Bad requests and hostile files to the panel that reconstructs, over HTTP: each is answered in a sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from playground.tabs.sampling.reconstruct.request import ReconstructRequest
from tests.bad_input_server import FILE, Answer, Server, running_server
from tests.strategies import HOSTILE_TEXTS

GOOD = ReconstructRequest(sets=("pixelart16",)).model_dump(mode="json")
WRONG_TYPES = [None, [], {}, 7, 2.5, "text", True, [[["deep"]]], {"a": {"b": []}}, FILE, [FILE]]
NUMBERS = [float("nan"), float("inf"), -0.0, 1e308, 10**30, -1, "1e400", "٣"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def call(server: Server, **fields: Any) -> Answer:
    return server.call(list((GOOD | fields).values()), "reconstruct")


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def cases(fields: dict[str, list[Any]]) -> list[Any]:
    """One test a field and value."""
    pairs = [(field, value) for field, values in fields.items() for value in values]
    return [pytest.param(field, value, id=f"{field}-{ascii(value)[:30]}") for field, value in pairs]


@pytest.mark.parametrize(
    ("field", "value"),
    cases(dict.fromkeys(GOOD, WRONG_TYPES) | {"number": NUMBERS, "sketch": list(HOSTILE_TEXTS)}),
)
def test_a_bad_value_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = call(server, **{field: value})
    assert answer.is_result or answer.is_sentence


BLUE = Image.new("RGB", (40, 30), "blue")
PICTURES = {
    "a.jpg": saved(BLUE.convert("CMYK"), "JPEG"),
    "a.gif": saved(BLUE, "GIF", save_all=True, append_images=[BLUE.rotate(90)]),
    "a.webp": saved(BLUE.convert("RGBA"), "WEBP"),
    "a.bmp": saved(BLUE.convert("P"), "BMP"),
    "renamed.png": saved(BLUE, "JPEG"),
}
HOSTILE = {
    "empty.png": b"",
    "words.png": b"no picture",
    "cut.png": saved(BLUE)[:60],
    "bomb.png": saved(Image.new("1", (9000, 9000))),
    "page.jpg": b"<html><script>alert(1)</script>",
    "../../passwd.png": b"root",
    "vector.svg": b"<svg/>",
}


def upload(server: Server, name: str, data: bytes) -> Answer:
    """The answer to a call with an uploaded file."""
    (path,) = server.client.post("gradio_api/upload", files={"files": (name, data)}).json()
    file = {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
    return call(server, source="upload", upload=file)


@pytest.mark.parametrize("name", PICTURES)
def test_every_kind_of_picture_is_rebuilt(server: Server, name: str) -> None:
    assert upload(server, name, PICTURES[name]).is_result


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_none_is_a_sentence(server: Server, name: str) -> None:
    assert upload(server, name, HOSTILE[name]).is_sentence


def test_nothing_of_it_stands_in_the_log(server: Server) -> None:
    upload(server, "correct-horse.png", b"correct-horse-battery")
    log = server.log.read_text("utf-8")
    assert "correct-horse" not in log
    assert "Traceback" not in log
