"""A server of its own with tiny models, to send bad inputs to over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from playground.runtime.settings import REPOSITORY
from playground.tabs.decoding.request import DecodingRequest
from tests.tiny_masked_lm import ENGLISH, write_masked_lm
from tests.tiny_t_ta import T_TA, write_t_ta
from tests.tiny_zoo import write_tiny_zoo

GOOD: dict[str, Any] = DecodingRequest(prompt="Once", decoders=("greedy", "st"), length=3).model_dump(mode="json")
SECRET = "correct-horse-battery"  # stands for a visitor's text in every prompt
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


@contextmanager
def running_server(folder: Path, time_box: int = 20) -> Iterator[Server]:
    """A server that works in a folder, cuts runs after so many seconds, and stops with the block."""
    zoo, log = write_tiny_zoo(folder / "zoo"), folder / "log"
    write_masked_lm(zoo / ENGLISH)
    write_t_ta(zoo / T_TA)
    command = [sys.executable, "-m", "playground", "serve", "--port", "0", "--hub", "off", "--time-box", str(time_box)]
    command += ["--zoo-dir", str(zoo), "--cache-dir", str(folder / "cache")]
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=REPOSITORY) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            with httpx.Client(base_url=url, timeout=60) as client:
                yield Server(client, process, log)
        finally:
            process.terminate()


def changed(**fields: Any) -> list[Any]:
    """The endpoint's data with some fields changed."""
    return list((GOOD | {"prompt": SECRET} | fields).values())
