"""What happens on a tab, without a browser: handlers are called as gradio calls them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr
import pytest

from playground.runtime.contracts import Note, Tab, Update
from playground.runtime.errors import ModelUnavailable
from playground.runtime.links import encode
from playground.runtime.requests import control
from playground.ui import handlers as module
from playground.ui.canvas import Shown
from playground.ui.handlers import Asked
from playground.ui.openings import Openings
from playground.ui.tab_view import Preset
from playground.ui.translations import label
from tests.fakes import CountRequest, FakeRunner, no_engine
from tests.ui.visit import Visit, numbers, start, values_of


class NotedRequest(CountRequest):
    """Counts, and has a field without a control."""

    tab: ClassVar[str] = "counting"

    note: str = control("", title="Note", help="Kept.", widget="none")


def test_opening_shows_the_first_preset_and_asks_the_runner_for_nothing_of_its_own(visit: Visit) -> None:
    visit.open()
    assert numbers(visit) == list(range(1, 9))
    assert {session for _, session in visit.runner.submitted} == {"opening"}
    assert "remembered" in visit.status
    assert visit.page[visit.parts.notes] == "It ends."
    assert visit.says(visit.parts.presets[0], elem_classes=["chip", "on"])


def test_opening_again_changes_nothing_but_ends_the_run_of_another_tab(visit: Visit) -> None:
    visit.open()
    before = dict(visit.page)
    updates = visit.runner.submit("other", CountRequest(length=900), "me")
    visit.open()
    assert {key: value for key, value in visit.page.items() if key is not visit.parts.status} == {
        key: value for key, value in before.items() if key is not visit.parts.status
    }
    assert [update.state for update in updates] == ["cancelled"]


def test_a_quick_link_runs_by_itself(visit: Visit) -> None:
    asked = CountRequest(text="pears", length=30)
    visit.query = dict(pair.split("=") for pair in encode(asked).split("&"))
    visit.open()
    assert visit.page[visit.parts.shown].request == asked
    assert visit.page[visit.parts.controls["length"]] == 30


def test_a_link_without_a_version_opens_its_fields(visit: Visit) -> None:
    visit.query = {"tab": "counting", "text": "pears"}
    visit.open()
    assert visit.page[visit.parts.shown].request == CountRequest(text="pears")


def test_a_slow_link_waits_for_run_to_be_pressed(visit: Visit) -> None:
    visit.query = {"v": "1", "tab": "counting", "length": "900"}
    visit.open()
    assert visit.runner.submitted == []
    assert "about 9 s" in visit.status
    assert visit.says(visit.parts.run, elem_classes=["attention"])


def test_a_slow_link_that_is_remembered_is_shown(visit: Visit) -> None:
    visit.runner.remembered.add(CountRequest(length=900))
    visit.query = {"v": "1", "tab": "counting", "length": "900"}
    visit.open()
    assert len(numbers(visit)) == 900
    assert visit.runner.submitted == []


def test_a_link_cannot_name_a_model_that_is_not_offered(visit: Visit) -> None:
    visit.query = {"v": "1", "tab": "counting", "model": "hub/<script>", "length": "3"}
    visit.open()
    assert visit.page[visit.parts.shown].request == CountRequest(length=3)
    assert visit.page[visit.parts.controls["model"]] == "zoo/abacus"


def test_bad_values_of_a_link_are_told_beside_the_view(visit: Visit) -> None:
    visit.runner.remembered.add(CountRequest())
    visit.query = {"v": "1", "tab": "counting", "length": "many"}
    visit.open()
    assert "Length limit: the link" in visit.status


def test_a_tab_whose_first_run_failed_asks_to_press_run(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    visit = start(folder, FakeRunner(failure=Note("No.")))
    visit.open()
    assert "Press Run" in visit.status


def test_a_tab_without_presets_asks_to_press_run(folder: Path) -> None:
    visit = start(folder, FakeRunner(), presets=())
    visit.open()
    assert "Press Run" in visit.status


def test_run_streams_to_the_end_and_leaves_a_chip(visit: Visit) -> None:
    visit.run(length=12)
    assert numbers(visit) == list(range(1, 13))
    assert "Done in" in visit.status
    assert visit.says(visit.parts.past[0], value="Length limit 12", visible=True)
    assert visit.says(visit.parts.stop, interactive=False)
    assert visit.page[visit.parts.link]["query"] == "v=1&tab=counting&length=12"


def test_run_is_one_event_that_can_be_stopped_at_once_and_leaves_the_controls_alone(visit: Visit) -> None:
    steps = list(visit.handlers.run(None, (), visit.request, *values_of(length=3)))
    changed = {part for step in steps for part in step}
    assert steps[0][visit.parts.stop] == gr.update(interactive=True)
    assert "Starting." in steps[0][visit.parts.status]
    assert steps[-1][visit.parts.shown].view == [1, 2, 3]
    assert not changed & {visit.parts.asked, *visit.parts.controls.values()}


def test_a_remembered_run_takes_the_place_of_one_that_goes_on(visit: Visit) -> None:
    visit.run(length=3)
    older = visit.handlers.run(None, (), visit.request, *values_of(length=5))
    seen = [next(older), next(older)]
    visit.run(length=3)
    assert list(older) == []
    assert len(seen) == 2
    assert "remembered" in visit.status


def test_a_refused_run_ends_the_one_that_goes_on_which_can_be_asked_for_again(visit: Visit) -> None:
    older = visit.handlers.run(None, (), visit.request, *values_of(length=5))
    visit.page |= next(older) | next(older)
    visit.run(length=5000)
    assert list(older) == []
    assert "between 1 and 1,000" in visit.status
    assert visit.says(visit.parts.again, visible=True, value="Retry")
    visit.call(visit.handlers.repeat, visit.page[visit.parts.shown], visit.history, visit.request)
    assert numbers(visit) == [1, 2, 3, 4, 5]


def test_a_run_whose_place_a_newer_one_takes_says_nothing_more(visit: Visit) -> None:
    older = visit.handlers.run(None, (), visit.request, *values_of(length=5))
    seen = [next(older), next(older)]
    visit.run(length=3)
    assert list(older) == []
    assert len(seen) == 2
    assert numbers(visit) == [1, 2, 3]


def test_the_same_run_again_is_remembered(visit: Visit) -> None:
    visit.run(length=12)
    visit.run(length=12)
    assert len(visit.runner.submitted) == 1
    assert "remembered" in visit.status


def test_every_request_is_a_new_run_even_of_the_same_values(visit: Visit) -> None:
    visit.runner.remembers = False
    visit.run()
    visit.run()
    assert [asked for asked, _ in visit.runner.submitted] == [CountRequest()] * 2


def test_values_out_of_bounds_are_refused_in_a_sentence_and_nothing_is_lost(visit: Visit) -> None:
    visit.run(length=12)
    visit.run(length=10**30)
    assert "Length limit must be between 1 and 1,000" in visit.status
    assert numbers(visit) == list(range(1, 13))


@pytest.mark.parametrize("model", ["hub/calculator", "packaged/sentences", "x" * 80])
def test_run_refuses_a_model_that_the_list_does_not_hold(visit: Visit, model: str) -> None:
    visit.run(model=model)
    assert f"{model} is not offered here" in visit.status
    assert visit.runner.submitted == []


def test_a_preset_with_a_model_that_the_list_does_not_hold_is_refused(folder: Path) -> None:
    visit = start(folder, FakeRunner(), presets=(Preset("Large", CountRequest(model="hub/calculator")),))
    visit.call(visit.handlers.preset(0), visit.history, visit.request)
    assert "hub/calculator is not offered here" in visit.status
    assert visit.runner.submitted == []


def test_a_configuration_file_cannot_name_a_model_that_is_not_offered(visit: Visit) -> None:
    data = '{"tab": "counting", "model": "hub/calculator", "length": "3"}'
    visit.call(visit.handlers.configuration, data, visit.history, visit.request)
    assert visit.page[visit.parts.shown].request == CountRequest(length=3)


def test_a_preset_sets_every_control_and_runs(visit: Visit) -> None:
    visit.call(visit.handlers.preset(1), visit.history, visit.request)
    assert visit.page[visit.parts.controls["text"]] == "pears"
    assert len(numbers(visit)) == 20


def test_a_chip_restores_its_run(visit: Visit) -> None:
    for length in (3, 5):
        visit.run(length=length)
    visit.call(visit.handlers.restore(1), visit.history, visit.request)
    assert numbers(visit) == [1, 2, 3]
    assert [past.title for past in visit.history] == ["Length limit 3", "Length limit 5"]


def test_a_chip_that_is_gone_does_nothing(visit: Visit) -> None:
    visit.call(visit.handlers.restore(4), visit.history, visit.request)
    assert visit.runner.submitted == []


def test_stop_keeps_what_was_computed(visit: Visit) -> None:
    visit.runner.step = lambda request, number: visit.handlers.stop(visit.request) if number == 4 else None
    visit.run()
    assert numbers(visit) == [1, 2, 3]
    assert "Stopped" in visit.status


def test_a_failure_shows_its_sentence_and_retry_runs_once_more(visit: Visit) -> None:
    visit.runner.failure = Note("The model is away: choose another.")
    visit.run()
    assert "The model is away" in visit.status
    assert visit.says(visit.parts.again, visible=True, value="Retry")
    visit.runner.failure = None
    visit.call(visit.handlers.repeat, visit.page[visit.parts.shown], visit.history, visit.request)
    assert len(numbers(visit)) == 8
    assert visit.says(visit.parts.again, visible=False)


def test_a_cut_run_offers_to_continue(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit.runner, "submit", lambda *_, **__: iter([Update("cut", "r", paused_at=3)]))
    visit.run()
    assert visit.says(visit.parts.again, visible=True, value="Continue")


def test_a_stopped_run_that_left_a_state_says_where_and_offers_to_continue(folder: Path) -> None:
    visit = start(folder, FakeRunner(paused_at=1234), pauses=True)
    visit.runner.step = lambda request, number: visit.handlers.stop(visit.request) if number == 4 else None
    visit.run()
    assert "Paused at step 1,234." in visit.status
    assert visit.says(visit.parts.again, visible=True, value="Continue")
    assert visit.parts.stop.value == gr.Button(label("Pause")).value
    assert visit.page[visit.parts.shown].paused_at == 1234


def test_a_finished_run_that_left_a_state_offers_nothing(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit.runner, "submit", lambda *_, **__: iter([Update("done", "r", paused_at=8)]))
    visit.run()
    assert "Done in" in visit.status
    assert visit.says(visit.parts.again, visible=False)


def test_run_keeps_the_fields_that_the_tab_names_of_the_shown_run(folder: Path) -> None:
    visit = start(folder, FakeRunner(), keeps=("note",), tab=Tab("counting", NotedRequest, no_engine))
    restored = NotedRequest(length=3, note="mine")
    visit.page[visit.parts.shown] = Shown(restored, [1, 2, 3])
    visit.run(length=5)
    assert visit.page[visit.parts.shown].request == NotedRequest(length=5, note="mine")
    visit.call(visit.handlers.save, visit.page[visit.parts.shown], visit.request, *values_of(length=2))
    assert json.loads(base64.b64decode(visit.page[visit.parts.file]["data"]))["note"] == "mine"


def test_without_such_names_run_starts_from_what_the_controls_say_alone(folder: Path) -> None:
    visit = start(folder, FakeRunner(), tab=Tab("counting", NotedRequest, no_engine))
    visit.page[visit.parts.shown] = Shown(NotedRequest(note="mine"), [1])
    visit.run(length=5)
    assert visit.page[visit.parts.shown].request == NotedRequest(length=5)


def test_every_kind_of_file_has_its_button_and_only_the_wanted_one_is_made(folder: Path) -> None:
    made: list[str] = []

    def download(view: Any, request: CountRequest) -> dict[str, Any]:
        return {"count.json": b"{}", "count.gif": lambda: bytes(made.append("gif") or b"GIF")}

    visit = start(folder, FakeRunner(), downloads=(".json", ".gif"), download=download)
    visit.run(length=2)
    assert list(visit.parts.files) == [".json", ".gif"]
    visit.call(visit.handlers.file(".json"), visit.page[visit.parts.shown], visit.request)
    assert made == []
    visit.call(visit.handlers.file(".gif"), visit.page[visit.parts.shown], visit.request)
    assert base64.b64decode(visit.page[visit.parts.file]["data"]) == b"GIF"


def test_a_run_at_a_slower_pace_rests_between_its_pictures(folder: Path) -> None:
    visit = start(folder, FakeRunner(), pace=lambda request: 1000.0)
    visit.run(length=4)
    assert len(visit.runner.rested) == 4
    assert visit.runner.rested[0] == 0


def test_nothing_to_repeat_is_no_error(visit: Visit) -> None:
    visit.call(visit.handlers.repeat, None, (), visit.request)
    assert visit.runner.submitted == []


def test_a_broken_run_becomes_a_sentence_without_a_traceback(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    def explode(request: CountRequest, number: int) -> None:
        raise ZeroDivisionError("secret")

    visit.runner.step = explode
    visit.run()
    assert "Press Retry" in visit.status
    assert "secret" not in visit.status
    assert visit.says(visit.parts.again, visible=True)


def test_an_error_while_opening_becomes_a_sentence(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise ModelUnavailable("{model} is away.", model="Abacus")

    monkeypatch.setattr(visit.runner, "recall", refuse)
    visit.query = {"v": "1", "tab": "counting"}
    visit.open()
    assert "Abacus is away." in visit.status


def test_a_configuration_file_is_run(visit: Visit) -> None:
    visit.call(visit.handlers.save, None, visit.request, "plums", "zoo/abacus", 5, 0, True)
    data = base64.b64decode(visit.page[visit.parts.file]["data"]).decode()
    visit.call(visit.handlers.configuration, data, visit.history, visit.request)
    assert visit.page[visit.parts.shown].request == CountRequest(text="plums", length=5, loud=True)


def test_a_configuration_holds_all_of_the_shown_run_while_the_controls_tell_it(folder: Path) -> None:
    visit = start(folder, FakeRunner(), tab=Tab("counting", NotedRequest, no_engine))
    shown = Shown(NotedRequest(length=5, note="mine"), [1])
    for length, note in ((5, "mine"), (6, None)):
        visit.call(visit.handlers.save, shown, visit.request, *values_of(length=length))
        data = json.loads(base64.b64decode(visit.page[visit.parts.file]["data"]))
        assert (data["length"], data.get("note")) == (str(length), note)


@pytest.mark.parametrize("data", ["too long", "[1]", '{"tab": "elsewhere"}'])
def test_another_file_is_refused_in_a_sentence(visit: Visit, data: str) -> None:
    visit.call(visit.handlers.configuration, data, visit.history, visit.request)
    assert visit.runner.submitted == []
    assert visit.status


def test_no_file_chosen_does_nothing(visit: Visit) -> None:
    assert visit.call(visit.handlers.configuration, "", (), visit.request) == {visit.parts.status: gr.update()}


def test_a_claim_without_a_request_says_so(visit: Visit) -> None:
    visit.call(visit.handlers.measure, (), visit.request, gr.EventData(None, {"claim": "ends"}))
    assert "cannot be measured" in visit.status


def test_files_hold_the_shown_run(visit: Visit) -> None:
    visit.run(length=2)
    visit.call(visit.handlers.file(".csv"), visit.page[visit.parts.shown], visit.request)
    assert base64.b64decode(visit.page[visit.parts.file]["data"]) == b"number\n1\n2"


@pytest.mark.parametrize("shown", [None, Shown(CountRequest(), None)])
def test_before_a_run_there_is_nothing_to_save_or_pin(visit: Visit, shown: Shown | None) -> None:
    for handler in (visit.handlers.file(".json"), visit.handlers.pin):
        visit.call(handler, shown, visit.request)
        assert "nothing to save" in visit.status


def test_a_pinned_run_stays_while_another_is_shown(visit: Visit) -> None:
    visit.run(length=3)
    visit.call(visit.handlers.pin, visit.page[visit.parts.shown], visit.request)
    visit.run(length=5)
    assert visit.says(visit.parts.pinned_panel, visible=True, label="Pinned: Length limit 3")
    assert "1 2 3 " in visit.page[visit.parts.pinned[0]]
    assert "4 5" in visit.page[visit.parts.outputs[0]]


def test_an_event_without_a_run_streams_nothing(visit: Visit) -> None:
    assert list(visit.handlers.stream(None, (), visit.request)) == []


def test_two_runs_of_one_request_are_two_values() -> None:
    assert Asked(1, CountRequest()) != Asked(2, CountRequest())


def test_waiting_for_a_first_run_ends(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PREPARATION", 0.0)
    monkeypatch.setattr(Openings, "start", lambda self: None)
    visit.open()
    assert "Press Run" in visit.status
