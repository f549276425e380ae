import contextlib
import io
from types import SimpleNamespace

import pytest

from playground.runtime import registry as registries
from playground.tabs.prompting.few_shot.presets import PRESETS
from playground.tabs.prompting.few_shot.request import FewShotRequest
from playground.tabs.prompting.few_shot.tab import MEASURES, VIEW
from playground.tabs.prompting.few_shot.view import View
from playground.ui.claims import load_claims
from playground.ui.translations import translate
from tests.tabs.prompting.few_shot.fakes import asked
from tests.tabs.prompting.few_shot.views import result, view_of
from tests.tiny_masked_lm import tiny_bert


@pytest.fixture
def tiny_models(monkeypatch):
    """A registry that lends one tiny model under every name."""
    lender = SimpleNamespace(lease=lambda id: contextlib.nullcontext(tiny_bert()))
    monkeypatch.setattr(registries, "registry", lambda: lender)


def printed(code):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    return out.getvalue().split()


@pytest.mark.usefixtures("tiny_models")
def test_the_snippet_runs_as_it_is_shown():
    request = FewShotRequest(methods=("pet", "linear-probe"), shots=(2,), tests=50, updates=5, unlabelled=0)
    first, accuracy, second, _ = printed(VIEW.snippet(request))
    assert (first, second) == ("pet", "linear-probe")
    assert 0 <= float(accuracy) <= 1


@pytest.mark.usefixtures("tiny_models")
def test_the_snippet_reads_a_file_of_ones_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"a good film {n},positive\na bad film {n},negative\n" for n in range(9))
    (tmp_path / "texts.csv").write_text(f"text,label\n{rows}")
    request = asked("pet", words="positive: good\nnegative: bad", shots=(2,), updates=5, unlabelled=0)
    assert printed(VIEW.snippet(request))[0] == "pet"


def test_the_panel_stands_in_the_prompting_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.title) == ("prompting-few-shot", "prompting", "Few-shot")
    assert VIEW.api_name == "few_shot"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_has_one_value_for_each_output(language):
    assert len(VIEW.draw(None, FewShotRequest(), language)) == 4


def test_the_first_preset_is_quick_and_the_others_have_names_of_their_own():
    assert PRESETS[0].request.estimate() < 5
    assert len({preset.title for preset in PRESETS}) == len(PRESETS)
    assert translate("zh", "Find the label words") == "自动找标签词"


def test_downloads_are_json_csv_and_a_zip_that_is_made_when_asked_for():
    files = VIEW.download(View(), FewShotRequest())
    assert tuple("." + name.rsplit(".")[-1] for name in files) == VIEW.downloads
    assert callable(files["prompt-classifier.zip"])


def test_every_claim_that_can_be_measured_again_has_a_request():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)


def test_a_claim_is_read_off_the_largest_k():
    view = view_of(result(shots=4, accuracy=0.6), result(shots=16, accuracy=0.75), result("setfit", 16, accuracy=0.7))
    assert {measure.read(view) for measure in MEASURES.values()} == {"pet 75.0%; setfit 70.0%"}
    assert {measure.read(View()) for measure in MEASURES.values()} == {""}
