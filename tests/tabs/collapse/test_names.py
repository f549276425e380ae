import pytest

from playground.tabs.collapse.names import BASES, VALUES, changed_to, shared
from playground.tabs.collapse.names import names as names_of
from playground.tabs.collapse.request import CollapseRequest, Variant
from playground.ui.translations import catalogue


def names(variants, language, *schedule, changes=False):
    first, *beside = variants
    request = CollapseRequest(**first.model_dump(), beside=tuple(beside), schedule=schedule)
    return names_of(request, language, changes=changes)


def test_one_variant_is_named_by_what_differs_from_the_defaults():
    assert names([Variant()], "en") == ["SimSiam"]
    assert names([Variant(stop_gradient=False, batch_norm="hidden")], "en") == ["no stop-gradient · BN hidden"]


def test_several_variants_are_named_by_what_sets_them_apart():
    sphere = {"dimension": 3, "batch_norm": "hidden"}
    variants = [Variant(**sphere), Variant(**sphere, stop_gradient=False)]
    assert names(variants, "en") == ["SimSiam", "no stop-gradient"]
    assert shared(variants, "en") == "BN hidden · d 3"


def test_equal_variants_are_numbered():
    assert names([Variant(), Variant(), Variant()], "en") == ["SimSiam", "SimSiam (2)", "SimSiam (3)"]


def test_equal_variants_are_told_apart_by_their_changes():
    changes = ("100:0:stop_gradient=off", "100:1:stop_gradient=off", "2000:1:stop_gradient=on", "2000:1:predictor=none")
    assert names([Variant()] * 3, "en", *changes) == [
        "SimSiam, changed at 100",
        "SimSiam, changed at 100, 2,000",
        "SimSiam",
    ]
    assert names([Variant(), Variant(predictor="none")], "en", *changes[:1]) == ["SimSiam", "no predictor"]


def test_a_card_says_the_first_steps_at_which_its_variant_changes():
    schedule = [f"{step}:1:stop_gradient={'off' if step % 20 else 'on'}" for step in (10, 20, 30, 40)]
    variants = [Variant(), Variant(predictor="none")]
    assert names(variants, "en", *schedule, changes=True) == ["SimSiam", "no predictor, changed at 10, 20, 30 …"]


def test_another_target_is_always_named():
    byol = Variant(target="byol", predictor="none", target_momentum=0.9)
    assert names([Variant(), byol], "en") == ["SimSiam", "BYOL · no predictor · momentum 0.9"]


def test_the_momentum_of_a_target_that_has_none_is_not_named():
    assert names([Variant(target_momentum=0.9)], "en") == ["SimSiam"]


OTHERS = {
    "stop_gradient": False,
    "predictor": "linear",
    "batch_norm": "none",
    "dimension": 3,
    "learning_rate": 0.1,
    "predictor_rate": 10.0,
    "predictor_decays": True,
    "layers": 3,
    "target_momentum": 0.5,
    "symmetric": False,
    "alternation": 2,
    "weight_decay": 0.0,
}


@pytest.mark.parametrize("field", set(Variant.model_fields) - {"target"})
def test_every_setting_sets_a_variant_apart(field):
    first, second = names([Variant(target="byol"), Variant(target="byol", **{field: OTHERS[field]})], "en")
    assert first == "BYOL"
    assert second.startswith("BYOL · ")


@pytest.mark.parametrize("template", [*BASES.values(), *VALUES.values()])
def test_names_have_a_chinese(template):
    assert template in catalogue("zh")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("stop_gradient", False, "stop-gradient off"),
        ("stop_gradient", True, "stop-gradient on"),
        ("predictor", "none", "no predictor"),
        ("predictor", "linear", "predictor linear"),
        ("batch_norm", "hidden", "BN hidden"),
        ("learning_rate", 0.5, "rate 0.5"),
        ("predictor_rate", 10.0, "predictor's rate × 10"),
    ],
)
def test_a_change_says_what_it_changes_to(field, value, said):
    assert changed_to(field, value, "en") == said
