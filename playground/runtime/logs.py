"""Structured logs: one JSON object a line on standard error, and never a visitor's text.

A line holds the constant message, the fields given as `extra={"tab": …}`, and for an exception its
class and places. Messages of exceptions and arguments of messages stay out: they may quote a visitor.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import TextIO

FIELDS = ("run_id", "tab", "model", "file", "state", "device", "seconds", "bytes", "status", "port", "error", "reason")
_HANDLER = "whybox-json"


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": str(record.msg),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line["exception"] = f"{kind.__module__}.{kind.__qualname__}"
            line["places"] = [f"{place.filename}:{place.lineno}" for place in traceback.extract_tb(trace)]
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send the logger "whybox" and all below it to a stream, from a level on; calling again replaces the old way."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.set_name(_HANDLER)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("whybox")
    logger.handlers = [kept for kept in logger.handlers if kept.get_name() != _HANDLER] + [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
