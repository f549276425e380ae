"""The script that makes ?lang= count: in pages, first, once, and nowhere else."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from playground.ui.page_language import SCRIPT, PageLanguage

PAGE = "<html><head><title>語</title></head><body>&lt;head> <head></body></html>"


async def page(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def data(request: Request) -> Response:
    return JSONResponse({"html": "<head>"})


async def streamed(request: Request) -> Response:
    return StreamingResponse(iter([PAGE[:10], PAGE[10:]]), media_type="text/html")


async def packed(request: Request) -> Response:
    return Response(b"<head>", media_type="text/html", headers={"content-encoding": "br-of-somebody"})


async def empty(request: Request) -> Response:
    return HTMLResponse("")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("<head>")
    await websocket.close()


HANDLERS = (page, data, streamed, packed, empty)


@pytest.fixture
def client() -> TestClient:
    routes = [Route(f"/{handler.__name__}", handler) for handler in HANDLERS]
    return TestClient(PageLanguage(Starlette(routes=[*routes, WebSocketRoute("/socket", socket)])))


def test_a_page_gets_the_script_first_in_its_head(client: TestClient) -> None:
    answer = client.get("/page")
    assert answer.content == PAGE.encode().replace(b"<head>", b"<head>" + SCRIPT, 1)
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_a_question_for_the_headers_alone_is_answered(client: TestClient) -> None:
    assert client.head("/page").content == b""


@pytest.mark.parametrize("handler", HANDLERS[1:], ids=lambda handler: handler.__name__)
def test_what_is_no_whole_page_stays_as_it_was(client: TestClient, handler: object) -> None:
    plain = TestClient(Starlette(routes=[Route("/", handler)])).get("/")  # type: ignore[arg-type]
    assert client.get(f"/{handler.__name__}").content == plain.content  # type: ignore[attr-defined]


def test_a_socket_passes(client: TestClient) -> None:
    with client.websocket_connect("/socket") as connection:
        assert connection.receive_text() == "<head>"
