import io
import json
import runpy
import zipfile
from contextlib import nullcontext

import numpy as np
import pytest

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.method import METHODS, Options, Setting
from playground.tabs.prompting.few_shot.take_away import FOLDER, classifier_zip
from playground.tabs.prompting.patterns import parse_pattern
from playground.tabs.prompting.tasks import Example
from playground.tabs.prompting.verbalizers import parse_verbalizer
from tests.tabs.prompting.few_shot.fakes import asked
from tests.tabs.prompting.few_shot.views import result, split, start, step, view_of
from tests.tiny_masked_lm import tiny_bert, tiny_roberta

TEXTS = ("a great film", "it was bad " * 60, "the plot is [MASK] terrible")
REQUEST = asked("pet", updates=5, layers=1)


@pytest.fixture(params=[tiny_bert, tiny_roberta])
def loaded(request):
    return request.param()


def taken(loaded, tmp_path, **details):
    view = view_of(split(shots=2), result(shots=2, seed=0, weights=(0.4, 0.6), **details))
    packed = classifier_zip(view, REQUEST, lambda id: nullcontext(loaded))
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path)
    return tmp_path / FOLDER


def words(loaded):
    return {"negative": ("bad",), "positive": ("great",)}


@pytest.fixture(autouse=True)
def great(monkeypatch):
    ground = start(words=(("bad",), ("great",)))
    monkeypatch.setattr("tests.tabs.prompting.few_shot.views.start", lambda **fields: ground)


def test_the_folder_holds_all_that_it_takes(loaded, tmp_path):
    folder = taken(loaded, tmp_path)
    names = {path.name for path in folder.iterdir()}
    assert {"model.safetensors", "config.json", "predict.py", "prompt.json", "tokenizer.json"} <= names
    prompt = json.loads((folder / "prompt.json").read_text())
    assert (prompt["pattern"], prompt["labels"]) == ("Just [MASK]! {text}", ["negative", "positive"])
    assert prompt["trained"]["shots"] == 2


def test_it_predicts_what_the_run_said(loaded, tmp_path):
    folder = taken(loaded, tmp_path)
    own = split(shots=2)
    setting = Setting(
        model=loaded,
        encoder=None,
        labels=("negative", "positive"),
        train=tuple(Example(*pair) for pair in zip(own.texts, own.labels, strict=True)),
        unlabelled=(),
        test=TEXTS,
        patterns=tuple(map(parse_pattern, ("{text} It was [MASK].", "Just [MASK]! {text}"))),
        verbalizer=parse_verbalizer("negative: bad\npositive: great"),
        options=Options(steps=5, layers=1),
    )
    *_, last = METHODS["pet"].run(setting, {})
    expected = last.details["patterns"][1]
    classify = runpy.run_path(str(folder / "predict.py"))["classify"]
    assert np.allclose(classify(list(TEXTS[:2])), expected[:2], atol=0.03)  # the folder's weights are halves
    assert classify(list(TEXTS)).shape == (3, 2)


def test_without_pet_a_sentence_says_what_to_do():
    with pytest.raises(InvalidRequest, match="choose PET"):
        classifier_zip(view_of(split(), step("setfit"), result("setfit")), REQUEST)
