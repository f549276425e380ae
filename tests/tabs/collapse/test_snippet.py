import pytest

from playground.tabs.collapse.presets import PRESETS
from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.tabs.collapse.snippet import snippet


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_the_snippet_is_python(preset):
    compile(snippet(preset.request), "snippet", "exec")


def test_the_snippet_trains_what_is_shown_and_prints_the_verdicts(capsys):
    sphere = {"dimension": 3, "batch_norm": "hidden"}
    request = CollapseRequest(
        **sphere,
        batch=32,
        steps=60,
        beside=(Variant(**sphere, stop_gradient=False),),
        schedule=("50:0:learning_rate=0.1",),
    )
    exec(snippet(request), {})
    first, second = capsys.readouterr().out.strip().split("\n")
    assert first.startswith("0 ")
    assert second.startswith("1 complete collapse All inputs give nearly the same output")


def test_the_snippet_judges_by_chance_and_by_how_many_were_measured():
    found = {}
    exec(snippet(CollapseRequest(batch=16, steps=1)), found)
    assert found["reading"].rows == 512
    assert found["reading"].chance == pytest.approx(52 / 512)


def test_what_is_drawn_of_a_run_is_no_part_of_the_code():
    assert snippet(CollapseRequest(moment=3, metric="std", speed="slow")) == snippet(CollapseRequest())


def test_an_uploaded_file_is_read_from_where_the_code_runs():
    image = {"name": "my 'images'.zip", "size": 3, "sha256": "0" * 64}
    code = snippet(CollapseRequest(data="upload", images=image))
    compile(code, "snippet", "exec")
    assert "open(\"my 'images'.zip\", 'rb')" in code
