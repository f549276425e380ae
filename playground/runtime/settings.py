"""Settings from the environment: every one is PLAYGROUND_<NAME>."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, ByteSize, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[2]


def _names(value: object) -> object:
    """A comma-separated list as a tuple."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class Settings(BaseSettings):
    """How this server runs; unknown variables are ignored, bad ones are refused with their name."""

    model_config = SettingsConfigDict(env_prefix="PLAYGROUND_", frozen=True, enable_decoding=False)

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=7860, ge=0, le=65535, description="port to listen on; 0 picks a free one")
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="where models run")
    threads: int = Field(default=0, ge=0, le=256, description="torch threads; 0 = the cores at hand")
    model_budget: ByteSize | None = Field(
        default=None, description="bytes for loaded models (e.g. 2GB); default half of RAM or 80 % of VRAM"
    )
    model_idle_ttl: float = Field(default=900.0, gt=0, description="seconds after which an unused model is unloaded")
    pinned_models: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=(), description="comma-separated ids of models that are never unloaded"
    )
    models_dir: Path | None = Field(default=None, description="folder of your own models, laid out like models/zoo")
    zoo_dir: Path = Field(default=REPOSITORY / "models" / "zoo", description="folder of the embedded models")
    cache_dir: Path = Field(default=Path.home() / ".cache" / "whybox", description="where results are remembered")
    result_budget: ByteSize = Field(default=ByteSize(512 * 2**20), description="bytes of remembered results on disk")
    time_box: float | None = Field(
        default=None,
        ge=0,
        description="seconds of work a run may take, 0 = no limit; default 60, or 0 on your own machine",
    )
    hub: Literal["auto", "off"] = Field(default="auto", description="whether the Hugging Face hub may be asked")
    body_limit: ByteSize = Field(default=ByteSize(10**6), description="largest JSON request body")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least serious line logged"
    )

    @property
    def on_space(self) -> bool:
        """Whether this server runs as a Hugging Face Space."""
        return "SPACE_ID" in os.environ

    @property
    def is_local(self) -> bool:
        """Whether only the person at this machine can reach the server."""
        return self.host in ("127.0.0.1", "localhost", "::1") and not self.on_space

    @property
    def run_seconds(self) -> float:
        """Seconds of work a run may take; infinity where there is no limit."""
        box = self.time_box if self.time_box is not None else (0.0 if self.is_local else 60.0)
        return box or float("inf")


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def prepare_process() -> None:
    """Set what must be set before torch and gradio are imported; the first line of every entry point.

    A setting that cannot be used ends the process with a sentence. Idle OpenMP threads must sleep: on
    two contended cores spinning ones made steps 30 times slower. numpy's own threads always spin, and what numpy
    computes here is too small for more than one.
    """
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OMP_NUM_THREADS", str(_settings_or_exit().threads or cores))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000")
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "200")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _settings_or_exit() -> Settings:
    try:
        return settings()
    except ValidationError as error:
        name = str(error.errors(include_url=False)[0]["loc"][0])
        meaning = Settings.model_fields[name].description
        sys.exit(f"PLAYGROUND_{name.upper()} cannot be used as it is set ({meaning}): change it and start again.")
