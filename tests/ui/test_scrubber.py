import json

from playground.ui.scrubber import Scrubber, ScrubberBar


def test_the_bar_takes_a_scrubber_as_json():
    given = ScrubberBar().postprocess(Scrubber(300, "Moment", "step 3 of 10", True))
    assert json.loads(given) == {"moment": 300, "label": "Moment", "said": "step 3 of 10", "enabled": True}


def test_nothing_to_scrub_through_is_nothing():
    assert ScrubberBar().postprocess(None) is None
    assert ScrubberBar().api_info() == {"type": "string"}
