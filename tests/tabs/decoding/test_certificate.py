import pytest
import torch

from playground.tabs.decoding.certificate import TOLERANCE, LoopCertificate, can_be_certified
from playground.tabs.decoding.loops import Loop, LoopDetector

SURE = 1e9  # a margin that nothing overturns


def first_proof(model, states, margins, tokens):
    certificate, detector = LoopCertificate(model), LoopDetector()
    for step, (state, margin, token) in enumerate(zip(states, margins, tokens, strict=True)):
        if certificate.push(state, margin, detector.push(token)):
            return step
    return None


def returning_states(length, period, factor):
    """States that come `factor` times as close to a cycle with every period."""
    cycle = torch.nn.functional.one_hot(torch.arange(period), period).float()
    return [cycle[step % period] * (1 + factor ** (step // period)) for step in range(length)]


@pytest.mark.parametrize("period", [1, 2, 5])
def test_states_that_come_back_prove_the_loop(make_rnn, period):
    tokens = [step % period for step in range(60 * period)]
    states = returning_states(len(tokens), period, 0.3)
    assert first_proof(make_rnn(), states, [SURE] * len(tokens), tokens) is not None


def test_states_that_keep_their_distance_prove_nothing(make_rnn):
    tokens = [0] * 300
    drifting = [torch.tensor([step * TOLERANCE / 2]) for step in range(300)]
    assert first_proof(make_rnn(), drifting, [SURE] * 300, tokens) is None


def test_one_close_choice_in_the_period_proves_nothing(make_rnn):
    tokens = [step % 2 for step in range(120)]
    margins = [SURE if step % 2 else 1e-6 for step in range(120)]
    assert first_proof(make_rnn(), returning_states(120, 2, 0.3), margins, tokens) is None


def test_without_a_loop_of_tokens_there_is_no_proof(make_rnn):
    certificate = LoopCertificate(make_rnn())
    assert not any(certificate.push(torch.zeros(4), SURE, None) for _ in range(50))


def test_a_change_of_period_starts_the_count_afresh(make_rnn):
    certificate = LoopCertificate(make_rnn())
    loops = [Loop(0, 2 + step % 2, 9) for step in range(60)]
    assert not any(certificate.push(torch.zeros(4), SURE, loop) for loop in loops)


def test_only_vanilla_recurrent_models_can_be_certified(make_rnn, gpt2):
    """A self-terminating row always ends, and a Transformer has no state that could come back."""
    assert can_be_certified(make_rnn())
    assert not can_be_certified(make_rnn("st"))
    assert not can_be_certified(make_rnn("nmst"))
    assert not can_be_certified(gpt2)


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_a_proved_loop_goes_on(make_rnn, run, cell):
    """No later token leaves the period that was proved early."""
    proofs = []
    for seed in range(4):
        _, *steps, end = run(make_rnn(seed=seed, cell=cell, eos_bias=-1.0), decoders=("greedy",), length=1000)
        if (proof := int(end.loop_certified_at[0])) >= 0:
            proofs.append(proof)
            tokens = [token for frame in steps for token in frame.token.tolist()]
            onset, period = int(end.loop_onset[0]), int(end.loop_period[0])
            assert end.status == ("loop",)
            assert tokens[onset + period :] == tokens[onset:-period]
    assert len(proofs) >= 3
    assert min(proofs) < 200


def test_the_certificate_is_given_at_the_first_step_that_allows_it(make_rnn):
    """The way that the state has still to go halves with every step."""
    states = [torch.tensor([0.5**step]) for step in range(40)]
    ways_to_go = [0.5**step for step in range(40)]
    safe = next(step for step, way in enumerate(ways_to_go) if way < TOLERANCE)
    assert first_proof(make_rnn(), states, [SURE] * 40, [7] * 40) == safe


RUNS, WATCHED = 1000, 60


def test_no_run_of_a_thousand_stops_within_ten_times_the_length_at_which_it_was_certified(make_rnn):
    model = make_rnn(eos_bias=1.0, vocab_size=120)
    tokens, watched = greedy_runs(model, RUNS, 10 * WATCHED)
    certified = {}
    for run in range(RUNS):
        certificate, detector = LoopCertificate(model), LoopDetector()
        for step, (states, margins) in enumerate(watched):
            if tokens[run, step] == 2:
                break
            if certificate.push(states[run], float(margins[run]), detector.push(int(tokens[run, step]))):
                certified[run] = step
                break
    ended = (tokens == 2).any(dim=1)
    assert ended.sum() > 100  # many runs stop, and many are certified never to
    assert len(certified) > 50
    for run, step in certified.items():
        assert not (tokens[run, : 10 * (step + 1)] == 2).any()


@torch.inference_mode()
def greedy_runs(model, runs, length):
    """Tokens (runs, length) of as many prompts, and states and margins of the first steps."""
    prompts = torch.randint(3, model.config.vocab_size, (runs, 4), generator=torch.Generator().manual_seed(0))
    output, tokens, watched = model(prompts, logits_to_keep=1), [], []
    for step in range(length):
        best = output.logits[:, -1].log_softmax(-1).topk(2)
        if step < WATCHED:
            states = output.past_key_values.hidden.transpose(0, 1).flatten(1)  # (runs, L H)
            watched.append((states, best.values[:, 0] - best.values[:, 1]))
        tokens.append(best.indices[:, 0])
        output = model(tokens[-1][:, None], past_key_values=output.past_key_values)
    return torch.stack(tokens, dim=1), watched
