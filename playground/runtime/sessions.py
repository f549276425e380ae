"""What is kept for a visitor: the current run, one paused State in RAM, uploaded files on disk.

All of it goes when the visitor leaves; a State also after 15 minutes, and files after one idle hour.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Protocol

from pydantic import Field

from playground.runtime.contracts import Frame, State
from playground.runtime.errors import InvalidRequest
from playground.runtime.paused import Paused
from playground.runtime.requests import FrozenModel, TabRequest

STATE_BYTES = 64 * 2**20
STATE_SECONDS = 15 * 60.0
IDLE_SECONDS = 3600.0
LOOK_SECONDS = 60.0  # between two looks for old files, while there are files
FILE_BYTES = 5 * 2**20  # of one upload
TOO_LARGE = "{name} is larger than {limit} MB: choose a smaller file."
UPLOAD_AGAIN = "The file {name} is no longer on this server: upload it again."


class Attachment(FrozenModel):
    """An uploaded file as it stands in a request; its bytes stay in the session's own folder."""

    is_file: ClassVar[bool] = True

    name: str = Field(max_length=255)
    size: int = Field(ge=0, le=FILE_BYTES)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    def __str__(self) -> str:
        return self.name


class Ending(Protocol):
    """What a session must be able to do with its run."""

    def cancel(self, *, replaced: bool = False) -> None:
        """Stop, maybe for a newer run."""
        ...

    @property
    def ended(self) -> threading.Event:
        """Set once it has stopped."""
        ...


class Session:
    """One visitor's things. A run that outlives its forgotten session writes into a Session nobody finds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.used = clock()
        self.run: Ending | None = None
        self._paused: Paused | None = None
        self._files: dict[str, tuple[Attachment, Path]] = {}
        self._folder: Path | None = None

    def save(self, request: TabRequest, frames: list[Frame], state: State) -> bool:
        """Keep where a run is, instead of what was kept before; False when it is larger than 64 MB."""
        paused = Paused(request, tuple(frames), state, saved=self._clock())
        fits = paused.bytes() <= STATE_BYTES
        self._paused = paused if fits else None
        return fits

    def paused(self, request: TabRequest) -> Paused | None:
        """The State that a request goes on from, if there is one."""
        self.drop_old_state()
        paused = self._paused
        return paused if paused is not None and paused.leads_to(request) else None

    def drop_old_state(self) -> None:
        """Forget the State if it is older than 15 minutes."""
        if self._paused is not None and self._clock() - self._paused.saved > STATE_SECONDS:
            self._paused = None

    def attach(self, field: str, filename: str, data: bytes) -> Attachment:
        """Keep an uploaded file for a request field, instead of the one before. InvalidRequest over 5 MB."""
        name = _plain(filename)
        if len(data) > FILE_BYTES:
            raise InvalidRequest(TOO_LARGE, name=name, limit=FILE_BYTES // 2**20)
        attachment = Attachment(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="whybox-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        # The path is made of our own hashes, never of a visitor's file name.
        path = self._folder / hashlib.sha256(field.encode()).hexdigest()
        path.write_bytes(data)
        self._files[field] = (attachment, path)
        return attachment

    def attachment(self, field: str, asked: Attachment) -> bytes:
        """The bytes of an uploaded file; InvalidRequest when they are gone or not the ones asked for."""
        kept, path = self._files.get(field, (None, Path()))
        if kept is None or kept.sha256 != asked.sha256 or not path.is_file():
            raise InvalidRequest(UPLOAD_AGAIN, name=asked.name)
        return path.read_bytes()

    @property
    def holds_files(self) -> bool:
        """Whether anything was uploaded."""
        return bool(self._files)

    def close(self) -> None:
        """Stop the run and drop everything."""
        if self.run is not None:
            self.run.cancel()
        self._paused = None
        self._files.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


class Sessions:
    """All visitors by their session id; "" is nobody in particular, and nothing is kept for it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._looking = False

    def open(self, id: str) -> Session:
        """A visitor's session, new if need be; other visitors' old things are dropped on the way."""
        self._sweep()
        session = Session(self._clock)
        if id:
            with self._lock:
                session = self._sessions.setdefault(id, session)
        session.used = self._clock()
        return session

    def attach(self, id: str, field: str, filename: str, data: bytes) -> Attachment:
        """Keep a visitor's file, and see to it that it goes in time even if nobody else comes."""
        attachment = self.open(id).attach(field, filename, data)
        self._look_later()
        return attachment

    def find(self, id: str) -> Session | None:
        """A visitor's session, if there is one."""
        return self._sessions.get(id)

    def replace_run(self, session: Session, run: Ending) -> Ending | None:
        """Make this the session's run; the one before."""
        with self._lock:
            before, session.run = session.run, run
        return before

    def drop_run(self, session: Session, run: Ending) -> None:
        """Let go of a run that has ended, so that its frames do not stay in memory."""
        with self._lock:
            if session.run is run and run.ended.is_set():
                session.run = None

    def forget(self, id: str) -> None:
        """Stop a visitor's run and drop everything kept."""
        with self._lock:
            session = self._sessions.pop(id, None)
        if session is not None:
            session.close()

    def _look_later(self) -> None:
        with self._lock:
            looks, self._looking = self._looking, True
        if not looks:
            timer = threading.Timer(LOOK_SECONDS, self._look)
            timer.daemon = True
            timer.start()

    def _look(self) -> None:
        self._looking = False
        self._sweep()
        if any(session.holds_files for session in list(self._sessions.values())):
            self._look_later()

    def _sweep(self) -> None:
        for id, session in list(self._sessions.items()):
            session.drop_old_state()
            busy = session.run is not None and not session.run.ended.is_set()
            if not busy and self._clock() - session.used > IDLE_SECONDS:
                self.forget(id)


def _plain(filename: str) -> str:
    """A visitor's file name without folders and without characters that nobody sees."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(filter(str.isprintable, name))[:255]
