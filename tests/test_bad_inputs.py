"""Bad inputs over HTTP against the real server: each is answered by a sentence or a default.

The server is a process of its own with tiny models; no answer is a 500, its log never holds a
traceback or a visitor's text, and in the end its memory is where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from playground.serve import MOST_SESSIONS
from tests.bad_input_server import FILE, GOOD, SECRET, Answer, Server, changed, running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # Every button is pressed several times, those of long trainings as well: what is cut is enough here.
    with running_server(tmp_path_factory.mktemp("server"), time_box=1) as running:
        warm_up(running)
        running.memory = running.bytes()
        yield running


def warm_up(server: Server) -> None:
    """What the first visitors cost once: imports, models, buffers, and gradio's state of MOST_SESSIONS visitors."""
    for seed in range(20):
        assert server.call(changed(seed=seed)).is_result
    for _ in range(MOST_SESSIONS):
        assert server.call(changed(length=0)).is_sentence
    for _ in range(2):
        assert server.client.get("").status_code == 200
        send_to_all_events(server, None)


DATA = [[], [1], ["x"] * (len(GOOD) + 1), ["x"] * 500, {"prompt": "x"}, "text", None, 3, [FILE] * 6]


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
