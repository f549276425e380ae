"""Bad inputs over HTTP against the real server: each is answered by a sentence or a default.

The server is a process of its own with tiny models; no answer is a 500, its log never holds a
traceback or a visitor's text, and in the end its memory is where it was.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from playground.runtime.settings import REPOSITORY
from playground.serve import MOST_SESSIONS
from tests.strategies import HOSTILE_TEXTS
from tests.tiny_zoo import write_tiny_zoo

GOOD: dict[str, Any] = {
    "prompt": "Once",
    "model": "zoo/rnn-tanh-vanilla",
    "decoders": ["greedy", "st"],
    "length": 3,
    "seed": 0,
    "loop_stop": False,
}
SECRET = "correct-horse-battery"  # stands for a visitor's text in every prompt of this module
FILE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}


@dataclass
class Server:
    """The server under test."""

    client: httpx.Client
    process: subprocess.Popen[str]
    log: Path
    memory: int = 0

    def call(self, data: Any, endpoint: str = "decode") -> Answer:
        """The endpoint's answer to raw data."""
        body = json.dumps({"data": data})  # NaN and Infinity included, which browsers cannot send
        asked = self.client.post(
            f"gradio_api/call/{endpoint}", content=body, headers={"content-type": "application/json"}
        )
        if asked.status_code != 200:
            return Answer(asked.status_code, asked.json()["detail"])
        text = self.client.get(f"gradio_api/call/{endpoint}/{asked.json()['event_id']}").text
        event, payload = text.strip().rsplit("event: ", 1)[1].split("\ndata: ", 1)
        return Answer(200, json.loads(payload)[0] if event == "complete" else json.loads(payload)["error"])

    def bytes(self) -> int:
        """Resident memory."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * 4096


@dataclass
class Answer:
    """A status and what came with it: a result or a sentence."""

    status: int
    content: Any

    @property
    def is_result(self) -> bool:
        return isinstance(self.content, dict) and len(self.content["rows"]) > 0

    @property
    def is_sentence(self) -> bool:
        """Whether it is words for a person, without a validator's or an interpreter's."""
        text = self.content
        return (
            isinstance(text, str)
            and " " in text
            and not any(word in text for word in ("Traceback", "pydantic", "Input should", "Error("))
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    zoo, log = write_tiny_zoo(folder / "zoo"), folder / "log"
    command = [sys.executable, "-m", "playground", "serve", "--port", "0", "--hub", "off", "--time-box", "20"]
    command += ["--zoo-dir", str(zoo), "--cache-dir", str(folder / "cache")]
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=REPOSITORY) as process,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=url, timeout=60) as client:
            running = Server(client, process, log)
            warm_up(running)
            running.memory = running.bytes()
            yield running
        process.terminate()


def warm_up(server: Server) -> None:
    """What the first visitors cost once: imports, models, buffers, and gradio's state of MOST_SESSIONS visitors."""
    for seed in range(20):
        assert server.call(changed(seed=seed)).is_result
    for _ in range(MOST_SESSIONS):
        assert server.call(changed(length=0)).is_sentence
    for _ in range(2):
        assert server.client.get("").status_code == 200
        send_to_all_events(server, None)


def changed(**fields: Any) -> list[Any]:
    """The endpoint's data with some fields changed."""
    return list((GOOD | {"prompt": SECRET} | fields).values())


def cases(fields: dict[str, list[Any]]) -> list[Any]:
    """One test a field and value."""
    pairs = [(field, value) for field, values in fields.items() for value in values]
    return [pytest.param(field, value, id=f"{field}-{ascii(value)[:30]}") for field, value in pairs]


WRONG_TYPES = [None, [], {}, 7, 2.5, "text", True, [[["deep"]]], {"a": {"b": []}}, FILE, [FILE]]


@pytest.mark.parametrize(("field", "value"), cases(dict.fromkeys(GOOD, WRONG_TYPES)))
def test_a_wrong_type_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = server.call(changed(**{field: value}))
    assert answer.is_result or answer.is_sentence


NUMBERS = [
    float("nan"),
    float("inf"),
    float("-inf"),
    -0.0,
    1e308,
    10**30,
    -1,
    0,
    2.7,
    "1e400",
    "0x10",
    "",
    "٣",
    1501,
    2**31,
]


@pytest.mark.parametrize(("field", "value"), cases({"length": NUMBERS, "seed": NUMBERS}))
def test_a_number_out_of_bounds_is_a_sentence_or_a_default(server: Server, field: str, value: Any) -> None:
    answer = server.call(changed(**{field: value}))
    assert answer.is_result or answer.is_sentence


TEXTS = [
    *HOSTILE_TEXTS,
    "x" * 20_000,
    "x" * 20_001,
    "word " * 4_000,
    "\ud800",
    "é" * 200,
    "$$\\frac{1}{0}$$ # heading **bold**",
    "'; DROP TABLE models; --",
    "[" * 500,
]


@pytest.mark.parametrize(
    ("field", "value"), cases({"prompt": TEXTS, "model": TEXTS, "decoders": [[text] for text in TEXTS]})
)
def test_a_hostile_text_is_a_sentence_or_a_result(server: Server, field: str, value: Any) -> None:
    answer = server.call(changed(**{field: value}))
    assert answer.is_result or answer.is_sentence


TOO_FEW, TOO_MANY = "needs at least 1 entries", "at most 16 entries"
OUT_OF_BOUNDS, UNKNOWN = "must be between", "There is no decoder"
DECODERS: list[tuple[list[str], str]] = [
    ([], TOO_FEW),
    (["greedy"] * 17, TOO_MANY),
    ([f"top-k-{k}" for k in range(1, 18)], TOO_MANY),
    (["nucleus-0"], OUT_OF_BOUNDS),
    (["nucleus-1.5"], OUT_OF_BOUNDS),
    (["nucleus-nan"], UNKNOWN),
    (["top-k-0"], OUT_OF_BOUNDS),
    (["top-k-2.5"], UNKNOWN),
    (["top-k--1"], UNKNOWN),
    (["temperature-0"], OUT_OF_BOUNDS),
    (["temperature-1e99"], OUT_OF_BOUNDS),
    (["floor-1"], OUT_OF_BOUNDS),
    (["greedy-4"], UNKNOWN),
    (["beam"], UNKNOWN),
    (["nucleus-0." + "9" * 25], UNKNOWN),
]


@pytest.mark.parametrize(("decoders", "reason"), DECODERS, ids=[ascii(names)[:30] for names, _ in DECODERS])
def test_bad_decoders_are_refused_and_the_reason_said(server: Server, decoders: list[str], reason: str) -> None:
    answer = server.call(changed(decoders=decoders))
    assert answer.is_sentence
    assert reason in answer.content


MODELS = [
    "zoo/none",
    "zoo/../../etc",
    "hub/gpt2",
    "local/x",
    "zoo/",
    "/etc/passwd",
    "https://example.org/model",
]


@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_is_not_here_is_a_sentence(server: Server, model: str) -> None:
    assert server.call(changed(model=model, decoders=["greedy"])).is_sentence


def test_another_model_that_is_here_is_a_result(server: Server) -> None:
    assert server.call(changed(model="zoo/rnn-tanh-st", decoders=["greedy"])).is_result


@pytest.mark.parametrize("model", ["packaged/all-minilm-l6-v2", "hub/bert-base-uncased"])
def test_a_model_for_something_else_is_not_offered(server: Server, model: str) -> None:
    answer = server.call(changed(model=model, decoders=["greedy"]))
    assert answer.content == f"{model} is not offered here: choose one from the list."


DATA = [[], [1], ["x"] * 7, ["x"] * 500, {"prompt": "x"}, "text", None, 3, [FILE] * 6]


@pytest.mark.parametrize("data", DATA, ids=[ascii(data)[:30] for data in DATA])
def test_data_of_another_shape_is_a_sentence(server: Server, data: Any) -> None:
    assert server.call(data).is_sentence


BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"\xff\xfe",
    b"[" * 200,
    b'{"data": ' + b"[" * 300 + b"]" * 300 + b"}",
    b'{"data": ' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}",
    b'{"data": ["' + b"x" * 2_000_000 + b'"]}',
    b"x" * 20_000_000,
]
ADDRESSES = ["gradio_api/call/decode", "gradio_api/queue/join"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("body", BODIES, ids=[f"{body[:12]!r}-{len(body)}" for body in BODIES])
def test_a_body_that_cannot_be_read_is_refused_in_words(server: Server, address: str, body: bytes) -> None:
    refused = server.client.post(address, content=body, headers={"content-type": "application/json"})
    assert 400 <= refused.status_code < 500
    assert Answer(refused.status_code, refused.json()["detail"]).is_sentence


JOINS: list[dict[str, Any]] = [
    {"data": [], "fn_index": 10**6, "session_hash": "a"},
    {"data": [], "fn_index": -1, "session_hash": "a"},
    {"data": [], "fn_index": "x", "session_hash": "a"},
    {"data": [], "session_hash": "a"},
    {"data": [], "fn_index": 0},
]


@pytest.mark.parametrize("body", JOINS, ids=[ascii(body)[:40] for body in JOINS])
def test_an_event_that_does_not_exist_is_refused_in_words(server: Server, body: dict[str, Any]) -> None:
    refused = server.client.post("gradio_api/queue/join", json=body)
    assert 400 <= refused.status_code < 500
    assert Answer(refused.status_code, refused.json()["detail"]).is_sentence


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "gradio_api/call/nothing"),
        ("POST", "gradio_api/call/v2/nothing"),
        ("POST", "gradio_api/run/decode"),
        ("POST", "gradio_api/run/nothing"),
        ("POST", "gradio_api/cancel"),
        ("POST", "gradio_api/reset"),
        ("POST", "gradio_api/upload"),
        ("PUT", "gradio_api/call/decode"),
        ("DELETE", "healthz"),
        ("POST", "metrics"),
    ],
)
def test_an_address_used_the_wrong_way_is_a_client_error(server: Server, method: str, path: str) -> None:
    assert 400 <= server.client.request(method, path, json={"data": []}).status_code < 500


def test_cancelling_what_is_not_there_does_no_harm(server: Server) -> None:
    body = {"session_hash": "stranger", "fn_index": 0, "event_id": "unknown"}
    answers = [server.client.post("gradio_api/cancel", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_file_over_the_limit_is_refused(server: Server) -> None:
    answer = server.client.post("gradio_api/upload", files={"files": ("big.csv", b"x" * 6_000_000)})
    assert answer.status_code == 413


PATHS = [
    "gradio_api/file=/etc/passwd",
    "gradio_api/file=../../etc/passwd",
    "gradio_api/file=..%2f..%2fetc%2fpasswd",
    "gradio_api/file=app.py",
    "gradio_api/file=file:///etc/passwd",
    "gradio_api/file=\\\\host\\share",
    "gradio_api/file=http://169.254.169.254/latest/meta-data",
    "gradio_api/proxy=http://169.254.169.254/",
    "static/..%2f..%2fetc/passwd",
    "assets/..%2fapp.py",
    "assets/....//app.py",
    "gradio_api/stream/a/b/c/playlist.m3u8",
    "monitoring/summary",
    "app.py",
    ".env",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out(server: Server, path: str) -> None:
    answer = server.client.get(path)
    assert 400 <= answer.status_code < 500
    assert "root:" not in answer.text


QUERIES = [
    "tab=nothing",
    "tab=decoding&length=x",
    "tab=decoding&length=1e999&seed=-5",
    "tab=decoding&decoders=%00,%00",
    "tab=decoding&prompt=" + "x" * 8_000,
    "tab=decoding&tab=home&tab=decoding",
    "tab=decoding&prompt=%3Cscript%3Ealert(1)%3C/script%3E",
    "tab=decoding&v=-1",
    "tab=decoding&v=99999999999999999999",
    "%ff%fe=%80&&&===",
    "tab=decoding&decoders.0.x=1&decoders.-1=2",
    "deep_link=../../../etc/passwd",
    "lang=" + "z" * 500,
]


@pytest.mark.parametrize("query", QUERIES, ids=[query[:40] for query in QUERIES])
def test_any_link_gives_the_page(server: Server, query: str) -> None:
    page = server.client.get(f"?{query}")
    assert page.status_code == 200
    assert "alert(1)</script>" not in page.text


def send_to_all_events(server: Server, junk: Any) -> list[dict[str, Any]]:
    """How everything on the page that calls the server ends when all its inputs are junk."""
    ends = []
    for event in server.client.get("config").json()["dependencies"]:
        if event["backend_fn"]:
            session = f"session-{event['id']}"
            body = {"data": [junk] * len(event["inputs"]), "fn_index": event["id"], "session_hash": session}
            assert server.client.post("gradio_api/queue/join", json=body).status_code == 200
            stream = server.client.get("gradio_api/queue/data", params={"session_hash": session}).text
            messages = [json.loads(line.removeprefix("data: ")) for line in stream.splitlines() if line]
            ends += [message for message in messages if message["msg"] == "process_completed"]
    return ends


@pytest.mark.parametrize("junk", [None, "junk", 10**30, [], {"a": FILE}], ids=ascii)
def test_every_event_of_the_page_answers_junk_in_words(server: Server, junk: Any) -> None:
    ends = send_to_all_events(server, junk)
    assert len(ends) > 10
    assert all(end["success"] or Answer(200, end["output"]["error"]).is_sentence for end in ends)


# Last, since they look back on all of the above


def test_good_requests_are_still_answered(server: Server) -> None:
    assert server.call(changed(seed=5)).is_result


def test_the_log_holds_neither_tracebacks_nor_a_visitors_text(server: Server) -> None:
    log = server.log.read_text()
    assert "Traceback" not in log
    assert SECRET not in log


def test_memory_is_where_it_was(server: Server) -> None:
    assert server.bytes() <= 1.05 * server.memory
