import numpy as np
import pytest
import torch

from playground.runtime.contracts import Frame
from playground.runtime.frames import pack, unpack
from playground.tabs.decoding import engine
from playground.tabs.decoding.request import DecodingRequest

# One decoder of every kind of memory: none, draws, looks back, adapts, counts steps, keeps a product.
DECODERS = (
    "greedy",
    "ancestral",
    "repetition-1.3",
    "dry-0.8+nucleus-0.9",
    "mirostat-3",
    "xtc-0.1-0.5",
    "min-new-20",
    "st-0.01",
    "floor-0.01",
)


@pytest.fixture(scope="module")
def models(make_rnn, gpt2):
    return {"tanh": make_rnn(eos_bias=-2.0), "gpt2": gpt2}


def start_of(frames):
    return next(frame for frame in frames if hasattr(frame, "forced"))


def new_tokens(frames):
    """The tokens that every row chose itself, after those that branches laid down."""
    *_, end = frames
    rows = [{} for _ in end.status]
    for frame in frames:
        if hasattr(frame, "parent"):
            for row, node, parent, token in zip(frame.row, frame.node, frame.parent, frame.token, strict=True):
                rows[row][int(node)] = (int(parent), int(token))
    return [path(nodes, int(head)) for nodes, head in zip(rows, end.head, strict=True)]


def path(nodes, head):
    tokens = []
    while head >= 0:
        head, token = nodes[head]
        tokens.append(token)
    return tokens[::-1]


@pytest.mark.parametrize("name", ["tanh", "gpt2"])
@pytest.mark.parametrize("row", range(len(DECODERS)), ids=DECODERS)
def test_choosing_a_rows_own_token_leaves_that_row_as_it_was(run, models, name, row):
    arguments = {"decoders": DECODERS, "length": 24, "seed": 3}
    before = new_tokens(run(models[name], **arguments))[row]
    step = min(9, len(before) - 2)
    after = run(models[name], **arguments, branch=(f"{row}:{step}:{before[step]}",))
    assert len(start_of(after).forced) == step + 1
    assert before[: step + 1] + new_tokens(after)[row] == before


@pytest.mark.parametrize("name", ["tanh", "gpt2"])
def test_every_row_goes_on_from_the_branch(run, models, tokenizer, name):
    frames = run(models[name], decoders=("ancestral", "greedy"), branch=("0:5:200",), prompt="sea", length=20)
    (ancestral, _) = new_tokens(run(models[name], decoders=("ancestral", "greedy"), prompt="sea", length=20))
    laid = [*ancestral[:5], 200]
    prompt = torch.tensor([[*tokenizer("sea").input_ids, *laid]])
    expected = models[name].generate(prompt, max_new_tokens=14, do_sample=False, pad_token_id=0)
    assert new_tokens(frames)[1] == expected[0, prompt.shape[1] :].tolist()
    assert start_of(frames).forced == tuple(tokenizer.decode(token) for token in laid)
    assert min(frame.step.min() for frame in frames if hasattr(frame, "step")) == 6


def test_the_end_counts_the_tokens_that_were_laid_down(run, models, tokenizer):
    *_, end = frames = run(models["tanh"], decoders=("greedy",), branch=("0:5:200",), length=20)
    laid, own = start_of(frames).forced, new_tokens(frames)[0]
    assert end.length[0] == len(laid) + len(own)
    assert end.texts[0] == "".join(laid) + tokenizer.decode(own)


def test_branches_compose(run, models):
    arguments = {"decoders": DECODERS, "length": 30, "seed": 1}
    first = ("1:4:250",)
    once = run(models["tanh"], **arguments, branch=first)
    row = [*new_tokens(run(models["tanh"], **arguments))[1][:4], 250, *new_tokens(once)[3]]
    twice = run(models["tanh"], **arguments, branch=(*first, "3:9:251"))
    again = run(models["tanh"], **arguments, branch=(*first, f"3:9:{row[9]}"))
    assert len(start_of(twice).forced) == 10
    assert new_tokens(again)[3] == row[10:]


def test_a_branch_inside_what_was_laid_down_cuts_it_there(run, models):
    long, short = ("1:8:250", "0:3:251"), ("1:3:251",)
    one, other = (run(models["tanh"], decoders=DECODERS, branch=branch) for branch in (long, short))
    assert new_tokens(one) == new_tokens(other)


@pytest.mark.parametrize(
    "place",
    ["3:1:5", "15:0:5", "0:39:5", "0:40:5", "0:1499:5", "0:3:300", "0:3:9999999", "0:3:2"],
    ids=["no row", "last row", "no step left", "the limit", "far", "no token", "far token", "eos"],
)
def test_a_branch_that_cannot_be_taken_is_left_out_and_named(run, models, place):
    decoders = ("ancestral", "greedy", "min-new-40")
    frames = run(models["tanh"], decoders=decoders, branch=("1:2:7", place))
    assert len(start_of(frames).forced) == 3
    (note,) = start_of(frames).notes()
    assert str(note) == f"Left out, since they end the text or point beyond the run: branches {place}."
    assert new_tokens(frames) == new_tokens(run(models["tanh"], decoders=decoders, branch=("1:2:7",)))


def test_a_branch_beyond_a_rows_end_is_left_out(run, make_rnn):
    model = make_rnn(eos_bias=3.0)
    ended = new_tokens(run(model, decoders=("ancestral",)))[0]
    assert ended[-1] == 2
    for step, is_taken in ((len(ended) - 1, True), (len(ended), False), (len(ended) + 2, False)):
        start = start_of(run(model, decoders=("ancestral",), branch=(f"0:{step}:7",)))
        assert (start.left_out == ()) == is_taken
        assert len(start.forced) == (step + 1 if is_taken else 0)


def test_a_branch_from_a_search_goes_on_from_its_best_text(run, models, tokenizer):
    best = new_tokens(run(models["tanh"], decoders=("beam-3",), length=20))[0]
    start = start_of(run(models["tanh"], decoders=("beam-3", "greedy"), length=20, branch=("0:6:200",)))
    assert start.forced == tuple(tokenizer.decode(token) for token in [*best[:6], 200])


def test_rows_on_the_models_siblings_branch_too(run):
    frames = run(decoders=("greedy", "st", "nmst"), length=30)
    own = new_tokens(frames)[1]
    step = min(4, len(own) - 2)
    after = run(decoders=("greedy", "st", "nmst"), length=30, branch=(f"1:{step}:{own[step]}",))
    assert own[: step + 1] + new_tokens(after)[1] == own


def test_a_model_without_eos_branches_as_well(run, make_rnn):
    model = make_rnn()
    model.config.eos_token_id = None
    assert len(start_of(run(model, decoders=("greedy",), branch=("0:3:2",))).forced) == 4


def test_readings_after_a_branch_are_those_of_one_pass(run, models, tokenizer):
    frames = run(models["gpt2"], decoders=("ancestral",), branch=("0:4:99",), length=15)
    own = new_tokens(frames)[0]
    before = new_tokens(run(models["gpt2"], decoders=("ancestral",), length=15))[0][:4]
    text = [*tokenizer("the old man").input_ids, *before, 99, *own]
    with torch.inference_mode():
        log_p = models["gpt2"](torch.tensor([text])).logits[0].double().log_softmax(-1)
    told = np.concatenate([frame.probability for frame in frames if hasattr(frame, "probability")])
    chosen = log_p[torch.arange(len(text) - 1), text[1:]]
    np.testing.assert_allclose(told, chosen[-len(own) :].exp(), rtol=1e-4)
    assert frames[-1].log_probability[0] == pytest.approx(float(chosen[-len(own) - 5 :].sum()), rel=1e-5)


def test_long_branches_give_the_lock_away_on_the_way(run, models):
    frames = run(models["tanh"], decoders=("greedy",), branch=("0:60:7",), length=100)
    assert [type(frame) for frame in frames].count(Frame) == 4


def test_a_run_cancelled_while_it_branches_ends_without_a_start(context):
    request = DecodingRequest(model="zoo/tiny-vanilla", decoders=("greedy",), branch=("0:90:7",), length=100)
    frames = engine.run(request, context)
    next(frames)
    context.cancelled = True
    assert list(frames) == []
    assert context.leased == []


def test_frames_survive_being_packed(run, models):
    frames = run(models["tanh"], decoders=("ancestral", "beam-3"), branch=("0:2:7",), inspect="0:5", length=12)
    back = unpack(pack(frames), engine.FRAMES)
    assert [type(frame) for frame in back] == [type(frame) for frame in frames]
    for one, other in zip(frames, back, strict=True):
        for name, value in vars(one).items():
            np.testing.assert_array_equal(value, getattr(other, name))
