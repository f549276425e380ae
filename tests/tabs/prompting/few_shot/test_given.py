import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from playground.runtime.errors import InvalidRequest
from playground.tabs.prompting.few_shot.given import MOST_PATTERNS, given
from playground.tabs.prompting.few_shot.request import CHINESE, OWN_PATTERNS, OWN_PATTERNS_CHINESE, FewShotRequest
from playground.tabs.prompting.tasks import TASKS, load_task
from tests.tabs.prompting.few_shot.fakes import asked


def found(request):
    return given(request, lambda name: b"")


def refused(request):
    with pytest.raises(InvalidRequest) as caught:
        found(request)
    return str(caught.value)


def rows(**counts):
    return "text,label\n" + "".join(f"{label} {n},{label}\n" for label, count in counts.items() for n in range(count))


@pytest.mark.parametrize("name", TASKS)
def test_a_bundled_task_comes_with_its_patterns_and_words(name):
    task, taken = load_task(name), found(FewShotRequest(task=name, shots=(1,)))
    assert (taken.labels, taken.pool) == (task.labels, task.train)
    assert tuple(pattern.template for pattern in taken.patterns) == task.patterns
    assert tuple(taken.verbalizer.words) == task.labels
    assert len(taken.test) == 200
    assert set(taken.test) <= set(task.test)


def test_fewer_test_texts_are_the_first_of_more():
    few, many = (found(FewShotRequest(tests=tests)).test for tests in (50, 100))
    assert many[:50] == few


@settings(max_examples=20)
@for_all(st.dictionaries(st.sampled_from("abcd"), st.integers(2, 20), min_size=2))
def test_a_third_of_every_label_is_measured_on_and_none_of_it_learnt(counts):
    taken = found(asked(pasted=rows(**counts), shots=(1,)))
    assert not set(taken.test) & set(taken.pool)
    for label, count in counts.items():
        assert sum(each.label == label for each in taken.test) == max(1, count // 3)
        assert sum(each.label == label for each in taken.pool) == count - max(1, count // 3)


def test_own_labels_are_their_own_words_in_the_language_of_the_model():
    taken = found(asked())
    assert taken.verbalizer.words == {"x": ("x",), "y": ("y",)}
    assert tuple(pattern.template for pattern in taken.patterns) == OWN_PATTERNS
    chinese = found(asked(model=CHINESE))
    assert tuple(pattern.template for pattern in chinese.patterns) == OWN_PATTERNS_CHINESE


def test_written_words_come_in_the_order_of_the_labels():
    taken = found(FewShotRequest(words="positive: fine\nnegative: dull", patterns="[MASK] {text}\n\n{text} [MASK]"))
    assert list(taken.verbalizer.words.items()) == [("negative", ("dull",)), ("positive", ("fine",))]
    assert len(taken.patterns) == 2


def test_it_is_said_when_there_are_fewer_test_texts_than_asked():
    assert [str(note) for note in found(asked()).notes] == ["There are 8 test texts: all are used."]
    assert found(FewShotRequest()).notes == ()


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (asked(shots=(16,)), "“x” has 12 texts, and 8 of them are left to learn from: K = 16 is more"),
        (asked(pasted=rows(a=5, b=1), shots=(1,)), "“b” has 1 texts, and 0 of them are left"),
        (asked(words="x: good\ny: bad\nz: meh"), "No text is labelled “z”"),
        (asked(words="x: good\nz: bad"), "No text is labelled “z”"),
        (FewShotRequest(words="positive: good\nnegative: bad\nneutral: fine"), "No text is labelled “neutral”"),
        (asked(pasted=rows(a=5, b=5, c=5), words="a: good\nb: bad"), "“c” has no label words"),
        (asked(words="x: good\ny: good"), "stands for two labels"),
        (asked(words="x:\ny: good"), "“x” has no words"),
        (asked(patterns="{text} It was good."), "has no [MASK]"),
        (asked(patterns="{text} [MASK] [MASK]"), "more than once"),
        (asked(patterns="It was [MASK]."), "has no {text}"),
        (asked(patterns="{text} [MASK]\n" * (MOST_PATTERNS + 1)), "There are 6 patterns"),
        (asked(pasted="text,label\na,b,c"), "Line 2 of pasted.csv has 3 entries"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_refused_in_a_sentence(request_, said):
    assert said in refused(request_)
