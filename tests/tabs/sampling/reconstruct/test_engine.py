import io

import numpy as np
import pytest
import torch
from PIL import Image

from models.losses.evidence import bits_per_dimension
from playground.runtime import pictures
from playground.runtime.errors import InvalidRequest
from playground.runtime.sessions import Attachment
from playground.tabs.sampling.reconstruct import engine, held_out
from playground.tabs.sampling.reconstruct.frames import Missing, Original, Prepared, Reconstruction
from playground.tabs.sampling.reconstruct.held_out import HeldOut
from playground.tabs.sampling.reconstruct.presets import PRESETS
from playground.tabs.sampling.reconstruct.sources import NO_DRAWING, NO_FILE, example


def made(frames):
    return {frame.model: frame for frame in frames if isinstance(frame, Reconstruction)}


def uploaded(frames_of, data, **fields):
    asked = Attachment(name="me.png", size=len(data), sha256="0" * 64)
    return frames_of(source="upload", upload=asked, files={"upload": data}, **fields)


def png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_is_answered_by_every_model_there_is(frames_of, networks, preset):
    frames = frames_of(**preset.request.model_dump())
    assert set(made(frames)) == set(networks)
    assert all(type(frame) in engine.FRAMES for frame in frames)
    assert frames[-1].done == 1


def test_a_model_that_is_not_here_leaves_its_reason(frames_of):
    missing = [frame for frame in frames_of() if isinstance(frame, Missing)]
    assert len(missing) == 8
    assert missing[0].message.format(**missing[0].values) == "zoo/aebn-pixelart16 is unknown."


def test_only_the_chosen_sets_look(frames_of):
    frames = frames_of(sets=("fashion28",))
    assert [frame.set for frame in frames if isinstance(frame, Prepared)] == ["fashion28"]
    assert list(made(frames)) == ["zoo/nvae-fashion28"]


def test_the_numbers_are_those_of_the_model(frames_of, networks):
    network = networks["zoo/nvae-pixelart16"]
    seen = torch.from_numpy(example("pixel-art", 3).copy()).permute(2, 0, 1)[None] / 255
    frame = made(frames_of(example="pixel-art", number=3))["zoo/nvae-pixelart16"]
    with torch.inference_mode():
        rebuilt = network.reconstruct(seen)
        draws = seen.expand(4, -1, -1, -1)
        encoding = network(draws, torch.Generator().manual_seed(0))
        bits = bits_per_dimension(encoding.kl, encoding.pixels, draws).mean()
        kl = sum(group.sum() for group in encoding.kl) / 4 / (3 * 256 * np.log(2))
    assert frame.squared_error == pytest.approx(float((rebuilt - seen).square().mean()), rel=1e-5)
    assert frame.bits == pytest.approx(float(bits), rel=1e-6)
    assert frame.latent_bits == pytest.approx(float(kl), rel=1e-3)
    np.testing.assert_allclose(frame.errors, (rebuilt - seen).abs().mean(1)[0], atol=1e-6)
    np.testing.assert_allclose(frame.picture / 255, rebuilt[0].permute(1, 2, 0), atol=0.51 / 255)


def test_autoencoders_have_errors_and_no_likelihood(frames_of):
    frame = made(frames_of())["zoo/ae-pixelart16"]
    assert (frame.bits, frame.latent_bits, frame.bits_below) == (None, None, None)
    assert frame.squared_error > 0


def test_the_same_request_gives_the_same_frames(frames_of):
    for one, other in zip(made(frames_of()).values(), made(frames_of()).values(), strict=True):
        assert one.bits == other.bits
        assert (one.picture == other.picture).all()


@pytest.mark.parametrize("until", [0, 1, 5])
def test_a_cancelled_run_asks_no_further_model(frames_of, until):
    assert len([frame for frame in frames_of(until=until) if isinstance(frame, Reconstruction | Missing)]) == until


def test_what_is_shown_of_an_upload_is_its_middle_square_made_small(frames_of):
    data = png(np.zeros((300, 700, 3), np.uint8))
    original = next(frame for frame in uploaded(frames_of, data) if isinstance(frame, Original))
    assert (original.width, original.height) == (700, 300)
    assert original.picture.shape == (256, 256, 3)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"source": "upload"}, NO_FILE), ({"source": "drawing"}, NO_DRAWING)],
)
def test_nothing_to_look_at_is_a_sentence(frames_of, fields, sentence):
    with pytest.raises(InvalidRequest) as caught:
        frames_of(**fields)
    assert caught.value.message == sentence


def test_a_file_that_is_no_picture_is_a_sentence(frames_of):
    with pytest.raises(InvalidRequest) as caught:
        uploaded(frames_of, b"words")
    assert caught.value.message == pictures.NOT_PICTURE


def test_a_number_is_compared_with_those_of_held_out_pictures(frames_of, monkeypatch):
    figures = HeldOut(200, (0.0, 10.0), (100.0, 200.0))
    monkeypatch.setattr(engine, "recorded", lambda: {"zoo/nvae-pixelart16": figures, "zoo/ae-pixelart16": figures})
    frames = made(frames_of())
    nvae, plain = frames["zoo/nvae-pixelart16"], frames["zoo/ae-pixelart16"]
    assert (nvae.bits_below, nvae.held_out) == (0.0, 200)
    assert nvae.error_below == pytest.approx(nvae.squared_error / 10)
    assert plain.bits_below is None
    assert frames["zoo/vae-pixelart16"].held_out == 0


@pytest.mark.parametrize(("value", "share"), [(0, 0), (1, 0), (2, 0.25), (5, 1), (9, 1)])
def test_shares_lie_between_the_quantiles(value, share):
    assert held_out.share_below(value, (1.0, 3.0, 5.0)) == pytest.approx(share)


def test_without_quantiles_there_is_no_share():
    assert held_out.share_below(1.0, ()) is None
