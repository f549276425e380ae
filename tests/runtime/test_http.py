"""The body limit, the headers and the routes around the page, on an app without gradio."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from playground.runtime.http import BodyLimit, form_refused, middleware, plotly_script, routes
from playground.runtime.logs import JsonLines

LIMIT = 1_000


async def size(request: Request) -> JSONResponse:
    return JSONResponse({"bytes": len(await request.body())})


async def until_gone(request: Request) -> StreamingResponse:
    size = len(await request.body())

    async def words() -> Iterator[str]:  # type: ignore[misc]
        yield str(size)
        yield str(await request.is_disconnected())

    return StreamingResponse(words())


async def broken(request: Request) -> JSONResponse:
    raise KeyError("secret")


async def broken_late(request: Request) -> StreamingResponse:
    async def words() -> Iterator[str]:  # type: ignore[misc]
        yield "begun"
        raise KeyError("secret")

    return StreamingResponse(words())


def app(folder: Path) -> Starlette:
    posts = [Route(path, size, methods=["POST"]) for path in ("/json", "/gradio_api/upload")]
    posts.append(Route("/stream", until_gone, methods=["POST"]))
    posts += [Route("/broken", broken, methods=["POST"]), Route("/broken-late", broken_late, methods=["POST"])]
    return Starlette(routes=[*routes(folder, lambda: b"loads 3\n"), *posts], middleware=middleware(LIMIT))


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    (tmp_path / "page.css").write_text("a{}")
    (tmp_path / "secret.txt").write_text("no")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app(tmp_path)), base_url="http://here")


def ask(client: httpx.AsyncClient, method: str, path: str, **options: object) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with client:
            return await client.request(method, path, **options)  # type: ignore[arg-type]

    return asyncio.run(asked())


async def chunks(total: int) -> Iterator[bytes]:  # type: ignore[misc]
    for _ in range(total // 100):
        yield b"x" * 100


def test_a_body_within_the_limit_arrives_whole(client: httpx.AsyncClient) -> None:
    assert ask(client, "POST", "/json", content=b"x" * LIMIT).json() == {"bytes": LIMIT}


def test_an_announced_body_over_the_limit_is_refused_with_a_sentence(client: httpx.AsyncClient) -> None:
    answer = ask(client, "POST", "/json", content=b"x" * (LIMIT + 1))
    assert answer.status_code == 413
    assert answer.json() == {"detail": "The request is larger than 1,000 bytes: send less, or upload it as a file."}


def test_a_chunked_body_is_counted(client: httpx.AsyncClient) -> None:
    assert ask(client, "POST", "/json", content=chunks(LIMIT)).json() == {"bytes": LIMIT}


def test_a_chunked_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    assert ask(client, "POST", "/json", content=chunks(LIMIT * 3)).status_code == 413


def test_uploads_have_their_own_limit(client: httpx.AsyncClient) -> None:
    assert ask(client, "POST", "/gradio_api/upload", content=b"x" * 9_000).json() == {"bytes": 9_000}


@pytest.mark.parametrize("body", ["[" * 101 + "]" * 101, '{"a":' * 101, "[" * 900])
def test_deep_json_is_refused(client: httpx.AsyncClient, body: str) -> None:
    answer = ask(client, "POST", "/json", content=body)
    assert answer.status_code == 400
    assert "nested" in answer.json()["detail"]


@pytest.mark.parametrize("body", ['["' + "[" * 300 + '"]', "[" * 100 + "]" * 100, '["\\"' + "[" * 300 + '"]'])
def test_brackets_in_text_are_not_depth(client: httpx.AsyncClient, body: str) -> None:
    assert ask(client, "POST", "/json", content=body).status_code == 200


def test_a_streamed_answer_still_sees_its_client(client: httpx.AsyncClient) -> None:
    assert ask(client, "POST", "/stream", content=b"abc").text == "3False"


def test_an_error_of_the_routing_is_answered_in_words_and_logged_without_them(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ask(client, "POST", "/broken", content=b"{}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("This request is not one that this server answers")
    (line,) = [JsonLines().format(record) for record in caplog.records if record.name == "whybox.http"]
    assert "builtins.KeyError" in line
    assert __file__ in line
    assert "secret" not in line


def test_an_error_in_the_middle_of_an_answer_is_not_hidden(client: httpx.AsyncClient) -> None:
    with pytest.raises(KeyError):
        ask(client, "POST", "/broken-late", content=b"{}")


def test_a_refused_form_is_one_sentence() -> None:
    answer = form_refused(Request({"type": "http"}), ValueError("secret"))
    assert answer.status_code == 422
    assert b"not in the form" in bytes(answer.body)


def test_headers_keep_links_from_other_sites_and_allow_frames(client: httpx.AsyncClient) -> None:
    headers = ask(client, "GET", "/healthz").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "x-frame-options" not in headers


def test_health_and_metrics_answer(client: httpx.AsyncClient) -> None:
    assert ask(client, "GET", "/healthz").json() == {"status": "ok"}


def test_the_head_of_the_page_needs_no_page(client: httpx.AsyncClient) -> None:
    head = ask(client, "HEAD", "/")
    assert head.status_code == 200
    assert head.content == b""


def test_the_page_itself_is_left_to_others(client: httpx.AsyncClient) -> None:
    assert ask(client, "GET", "/").status_code == 405


def test_metrics_are_prometheus_text(client: httpx.AsyncClient) -> None:
    answer = ask(client, "GET", "/metrics")
    assert answer.text == "loads 3\n"
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


def test_plotly_comes_from_its_package(client: httpx.AsyncClient) -> None:
    answer = ask(client, "GET", "/assets/plotly.min.js")
    assert answer.content == plotly_script().read_bytes()
    assert "max-age" in answer.headers["cache-control"]


def test_assets_are_served_by_name(client: httpx.AsyncClient) -> None:
    assert ask(client, "GET", "/assets/page.css").text == "a{}"


@pytest.mark.parametrize(
    "path",
    ["/assets/secret.txt", "/assets/../secret.txt", "/assets/%2e%2e/secret.txt", "/assets/", "/assets//etc/passwd"],
)
def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert ask(client, "GET", path).status_code == 404


def test_a_body_that_never_ends_is_refused() -> None:
    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "POST", "path": "/json", "headers": []}
    asyncio.run(BodyLimit(_unreachable, LIMIT, seconds=0.01)(scope, never, send))
    assert sent[0]["status"] == 408


def test_a_client_that_leaves_while_sending_never_reaches_the_app() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError

    scope: Scope = {"type": "http", "method": "POST", "path": "/json", "headers": []}
    asyncio.run(BodyLimit(_unreachable, LIMIT)(scope, gone, send))


def test_other_protocols_pass() -> None:
    seen: list[str] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: object) -> None:
        raise AssertionError

    asyncio.run(BodyLimit(inner, LIMIT)({"type": "lifespan"}, nothing, nothing))  # type: ignore[arg-type]
    assert seen == ["lifespan"]


async def _unreachable(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("the app must not see this request")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        free.listen()
        running = uvicorn.Server(uvicorn.Config(app(tmp_path), log_level="error", lifespan="off"))
        thread = threading.Thread(target=running.run, args=([free],))
        thread.start()
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        running.should_exit = True
        thread.join()


def test_the_refusal_reaches_a_client_that_sends_everything_first(server: str) -> None:
    answer = httpx.post(f"{server}/json", content=b"x" * 30_000_000, timeout=20)
    assert answer.status_code == 413
    assert "larger than" in answer.json()["detail"]


def test_the_refusal_reaches_a_client_that_sends_in_chunks(server: str) -> None:
    answer = httpx.post(f"{server}/json", content=(b"x" * 100_000 for _ in range(100)), timeout=20)
    assert answer.status_code == 413
