import contextlib
import io
import re
from dataclasses import replace

import gradio as gr
import pytest
import yaml

from models.nets.autoencoder import Autoencoder
from models.nets.nvae import NVAE
from playground.page import build_page
from playground.runtime.sketches import pixels
from playground.tabs.sampling.reconstruct.presets import PRESETS
from playground.tabs.sampling.reconstruct.request import ReconstructRequest
from playground.tabs.sampling.reconstruct.tab import MEASURES, VIEW
from playground.tabs.sampling.reconstruct.view import Rebuilt
from playground.ui.claims import load_claims
from playground.ui.theme import ASSETS
from playground.ui.translations import label
from tests.fakes import services
from tests.ui.conftest import closed_event_loops

__all__ = ["closed_event_loops"]


def test_the_panel_stands_in_the_sampling_tab():
    assert (VIEW.name, VIEW.panel_of, VIEW.api_name) == ("sampling-reconstruct", "sampling", "reconstruct")


def test_the_first_preset_is_the_default_and_all_are_different():
    assert PRESETS[0].request == ReconstructRequest()
    assert len({preset.request for preset in PRESETS}) == len(PRESETS)


def test_the_scribble_is_a_drawing():
    scribble = next(preset.request for preset in PRESETS if preset.request.source == "drawing")
    assert len({tuple(pixel) for pixel in pixels(scribble.sketch).reshape(-1, 3).tolist()}) > 4


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_has_one_value_for_each_output(language):
    assert VIEW.draw(None, ReconstructRequest(), language) == [""]


def test_each_download_has_its_button(view_of):
    files = VIEW.download(view_of(), ReconstructRequest())
    assert tuple("." + name.split(".")[-1] for name in files) == VIEW.downloads
    assert all(content() if callable(content) else content for content in files.values())


def test_one_button_gives_the_picture_as_a_file():
    page = build_page(services(), [replace(VIEW, panel_of="")])
    buttons = [
        block
        for block in page.blocks.values()
        if isinstance(block, gr.Button) and str(block.value) == str(label("PNG"))
    ]
    assert sorted(button.visible for button in buttons) == [False, True]


def test_the_style_sheet_hides_what_the_source_does_not_use():
    rules = (ASSETS / "whybox.css").read_text("utf-8").splitlines()
    own = [rule for rule in rules if re.search(r'field-source input\[value="(example|upload|drawing)"\]', rule)]
    hidden = {name for rule in own for name in re.findall(r"\.field-(\w+)", rule)} - {"source"}
    assert hidden == {"example", "number", "upload", "sketch"}


def test_every_claim_that_can_be_measured_again_has_a_preset():
    claims = load_claims(VIEW.folder / "claims.yaml")
    assert {claim.id for claim in claims if claim.measurable} == set(MEASURES)
    for measure in MEASURES.values():
        assert measure.request in [preset.request for preset in PRESETS]
        assert measure.read(Rebuilt()) == ""


def test_a_measured_claim_names_each_nvaes_bits(view_of):
    view = view_of(example="grey", number=24)
    bits = [f"{made.bits:.2f}" for made in view.made if made.bits is not None]
    for measure in MEASURES.values():
        assert re.findall(r"\d\.\d\d", measure.read(view)) == bits


@pytest.mark.parametrize("sets", [("avatars32",), ("pixelart16",)])
def test_the_snippet_runs_as_it_is_shown(sets, networks, monkeypatch):
    def known(folder):
        return networks.get("zoo/" + folder.split("/")[-1], networks["zoo/ae-pixelart16"])

    monkeypatch.setattr(NVAE, "from_pretrained", known)
    monkeypatch.setattr(Autoencoder, "from_pretrained", known)
    request, printed = ReconstructRequest(sets=sets), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(VIEW.snippet(request), {})
    assert len(printed.getvalue().splitlines()) == len(request.models()) + 1


def test_notes_stand_in_both_languages_and_cite_the_same_sources():
    cited = [
        re.findall(r"arxiv\.org/abs/([\d.]+)", (VIEW.folder / f"notes.{tongue}.md").read_text("utf-8"))
        for tongue in ("en", "zh")
    ]
    assert cited[0] == cited[1] != []


def test_claims_name_sources_that_the_notes_cite():
    sources = [
        claim["source"]["url"] for claim in yaml.safe_load((VIEW.folder / "claims.yaml").read_text("utf-8"))["claims"]
    ]
    notes = (VIEW.folder / "notes.en.md").read_text("utf-8")
    assert all(source in notes for source in sources)
