from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.runtime.errors import InvalidRequest
from playground.tabs.collapse import archive
from playground.tabs.collapse.archive import unpack
from tests.tabs.collapse.zips import packed, picture, plain_picture, two_classes


def test_every_fifth_image_is_in_the_probe_and_the_others_are_trained_on():
    data = unpack(packed(two_classes(100)))
    assert data.inputs.shape == (80, 3, 32, 32)
    assert data.probe.shape == (20, 3, 32, 32)
    assert data.classes == ("cats", "dogs")
    assert data.is_image


def test_labels_name_the_folder_of_each_image():
    black, white = (np.full((8, 8, 3), value, np.uint8) for value in (0, 255))
    files = {}
    for n in range(40):
        file = io.BytesIO()
        Image.fromarray(black if n % 2 else white).save(file, "PNG")
        files[f"{'black' if n % 2 else 'white'}/{n}.png"] = file.getvalue()
    data = unpack(packed(files))
    bright = data.probe.mean((1, 2, 3)).numpy() > 0
    assert [data.classes[label] for label in data.labels] == ["white" if one else "black" for one in bright]


def test_pixels_are_those_of_pillow_standardised_by_channel():
    files = two_classes(40)
    data = unpack(packed(files))
    everything = torch.cat([data.inputs, data.probe])
    large = [Image.open(io.BytesIO(files[name])).resize((32, 32), Image.Resampling.BOX) for name in files]
    expected = np.stack([np.asarray(image, dtype=float) for image in large])
    corners = np.sort(expected[:, 0, 0, 0])
    slope, _ = np.polyfit(corners, np.sort(everything[:, 0, 0, 0].numpy()), 1)
    assert np.corrcoef(corners, np.sort(everything[:, 0, 0, 0].numpy()))[0, 1] == pytest.approx(1, abs=1e-5)
    assert data.inputs.mean((0, 2, 3)).abs().max() < 1e-5
    assert data.inputs.std((0, 2, 3)).numpy() == pytest.approx(1, abs=1e-4)
    assert slope == pytest.approx(1 / expected.std(), rel=0.1)


def test_jpegs_and_deeper_folders_and_an_operating_systems_own_files_are_taken():
    files = {f"pets/{n % 2}/{n}.jpg": picture(n, kind="JPEG") for n in range(40)}
    files |= {"__MACOSX/pets/._1.jpg": b"x", "pets/.DS_Store": b"x", "pets/0/Thumbs.db": b"x", "pets/": b""}
    assert unpack(packed(files)).classes == ("0", "1")


def test_the_same_zip_gives_the_same_data():
    one, two = unpack(packed(two_classes())), unpack(packed(two_classes()))
    assert torch.equal(one.inputs, two.inputs)
    assert one.labels.tolist() == two.labels.tolist()


def _link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, data in two_classes().items():
            zipped.writestr(name, data)
        link = zipfile.ZipInfo("cats/link.png")
        link.external_attr = 0o120777 << 16
        zipped.writestr(link, "/etc/passwd")
    return file.getvalue()


def _encrypted() -> bytes:
    data = bytearray(packed(two_classes()))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(signature, place + 4)
    return bytes(data)


def _understated() -> bytes:
    """A bomb that says it unpacks to 100 bytes."""
    data = bytearray(packed({**two_classes(), "cats/bomb.png": bytes(30_000_000)}))
    size = struct.pack("<I", 30_000_000)
    return bytes(data.replace(size, struct.pack("<I", 100)))


HOSTILE = {
    "text": (b"hello", archive.BROKEN),
    "empty": (b"", archive.BROKEN),
    "cut": (packed(two_classes())[:-200], archive.BROKEN),
    "empty zip": (packed({}), archive.TOO_FEW),
    "a bomb": (packed({**two_classes(), "cats/bomb.png": bytes(30_000_000)}), archive.TOO_MUCH),
    "a bomb that lies": (_understated(), archive.BROKEN),
    "too large": (packed({"cats/1.png": np.random.default_rng(0).bytes(5_100_000)}), archive.TOO_LARGE),
    "too many": (packed({f"a/{n}.png": b"" for n in range(2001)}), archive.TOO_MANY),
    "a picture bomb": (packed({**two_classes(), "cats/bomb.png": plain_picture(8000)}), archive.TOO_FINE),
    "a worse one": (packed({**two_classes(), "cats/bomb.png": plain_picture(14_000)}), archive.TOO_FINE),
    "nested": (packed({**two_classes(), "cats/more.zip": packed(two_classes(4))}), archive.NOT_IMAGE),
    "nested under an image's name": (packed({**two_classes(), "cats/1.png": packed({})}), archive.NOT_IMAGE),
    "absolute": (packed({**two_classes(), "/etc/cats/1.png": picture()}), archive.OUTSIDE),
    "a drive": (packed({**two_classes(), "C:\\cats\\1.png": picture()}), archive.OUTSIDE),
    "upwards": (packed({**two_classes(), "cats/../../1.png": picture()}), archive.OUTSIDE),
    "upwards backwards": (packed({**two_classes(), "cats\\..\\..\\1.png": picture()}), archive.OUTSIDE),
    "a link": (_link(), archive.OUTSIDE),
    "no name": (packed({**two_classes(), "/": b""}), archive.OUTSIDE),
    "encrypted": (_encrypted(), archive.ENCRYPTED),
    "unusual": (packed(two_classes(), zipfile.ZIP_LZMA), archive.METHOD),
    "no folder": (packed({**two_classes(), "1.png": picture()}), archive.NO_FOLDER),
    "text among images": (packed({**two_classes(), "cats/readme.txt": b"cats"}), archive.NOT_IMAGE),
    "half an image": (packed({**two_classes(), "cats/1.png": picture(side=64)[:500]}), archive.NOT_IMAGE),
    "one class": (packed({f"cats/{n}.png": picture(n) for n in range(50)}), archive.ONE_CLASS),
    "few images": (packed(two_classes(39)), archive.TOO_FEW),
    "a long name": (packed({**two_classes(), "x" * 61 + "/1.png": picture()}), archive.LONG_NAME),
    "many classes": (packed({f"{n}/1.png": b"" for n in range(101)}), archive.MANY_CLASSES),
}


@pytest.mark.parametrize(("data", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_a_bad_zip_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(InvalidRequest) as caught:
        unpack(data)
    assert caught.value.message == sentence


def test_nothing_is_decoded_before_all_images_are_known_to_be_small(monkeypatch):
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("decoded"))
    with pytest.raises(InvalidRequest):
        unpack(HOSTILE["a picture bomb"][0])


def test_a_long_file_name_is_cut_in_the_sentence():
    with pytest.raises(InvalidRequest) as caught:
        unpack(packed({**two_classes(), "cats/" + "x" * 1000: b""}))
    assert len(str(caught.value)) < 150


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_never_break_anything_but_the_zip(changes):
    data = bytearray(SMALL)
    for place, value in changes:
        data[place % len(data)] = value
    with suppress(InvalidRequest):
        assert len(unpack(bytes(data)).classes) >= 2


SMALL = packed({f"{n % 2}/{n}.png": picture(n, side=2) for n in range(40)})
