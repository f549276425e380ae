from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from models.nets.directions import save_directions
from playground.runtime.picture_models import picture_model
from playground.tabs.sampling import engine
from playground.tabs.sampling.frames import Pictures
from playground.tabs.sampling.presets import PRESETS
from playground.tabs.sampling.request import SamplingRequest
from playground.tabs.sampling.snippet import snippet
from playground.ui.image_grid import sheet
from tests.tiny_zoo import PICTURES, write_nvae

REQUESTS = [
    {},
    {"pixels": "sampled", "readjusted": False, "scale_2": 1.0},
    {"mode": "keep", "keep": 1, "subject": "5:1", "seed": 3},
    {"mode": "resample", "group": 2, "subject": "5:1x1.r9:2"},
    {"mode": "walk", "subject": "5:1", "second": "6:2", "pixels": "mean"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where `models/zoo` holds a tiny model with one attribute."""
    root = tmp_path_factory.mktemp("code")
    zoo = root / "models" / "zoo" / "nvae-avatars32"
    write_nvae(zoo, PICTURES["nvae-avatars32"])
    torch.manual_seed(1)
    direction = [torch.randn(shape) for shape in PICTURES["nvae-avatars32"].latent_shapes()]
    save_directions(zoo, {"glasses": direction}, {"glasses": {}})
    return root


@pytest.fixture
def printed(folder, monkeypatch):
    """Runs the code of a request and gives the picture that it saves."""
    monkeypatch.chdir(folder)

    def run(request):
        exec(snippet(request), {})
        return np.asarray(Image.open("pictures.png")).astype(int)

    return run


def shown(folder: Path, request: SamplingRequest, section: int = 0):
    @contextmanager
    def lease(id):
        yield SimpleNamespace(model=picture_model("image-vae")(folder / "models" / id).eval().requires_grad_(False))

    frames = engine.run(request, SimpleNamespace(cancelled=False, lease=lease))
    found = [
        frame for frame in frames if isinstance(frame, Pictures) and (frame.variant, frame.section) == (0, section)
    ]
    return sheet(np.concatenate([frame.images for frame in found]), 8).astype(int)


@pytest.mark.parametrize("fields", REQUESTS, ids=str)
def test_the_code_draws_what_is_shown(folder, printed, fields):
    request = SamplingRequest(pictures=3, **fields)
    assert np.abs(printed(request) - shown(folder, request)).max() <= 1


@pytest.mark.parametrize(
    "fields",
    [{"mode": "mix", "second": "6:2", "from_second": (1,)}, {"mode": "attributes", "moves": ("glasses:1",)}],
    ids=str,
)
def test_the_code_of_one_picture_draws_it(folder, printed, fields):
    request = SamplingRequest(subject="5:1", temperature=0.5, **fields)
    second = shown(folder, request)[:, 33:65]
    assert np.abs(printed(request)[:, :32] - second).max() <= 1


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_the_code_of_a_preset_is_python(preset):
    compile(snippet(preset.request), "snippet", "exec")
