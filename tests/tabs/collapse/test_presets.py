import pytest

from playground.tabs.collapse.presets import PRESETS

TITLES = [preset.title for preset in PRESETS]


@pytest.mark.parametrize("preset", PRESETS, ids=TITLES)
def test_every_preset_compares_and_needs_no_upload(preset):
    assert 2 <= preset.request.variant_count() <= 4
    assert preset.request.data != "upload"


def test_the_first_preset_is_small():
    first = PRESETS[0].request
    assert first.dimension == 3
    assert first.steps * first.batch * first.variant_count() <= 32_000
