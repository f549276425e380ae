import contextlib
import io

import pytest

from playground.tabs.decoding.request import DecodingRequest
from playground.tabs.decoding.snippet import snippet


def printed(code: str) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {})
    return output.getvalue()


@pytest.mark.parametrize(
    "decoder", ["consistent-nucleus-0.2", "consistent-top-k-4", "floor-0.01", "fixed-entropy-2", "greedy"]
)
def test_the_snippet_runs_as_it_is_shown(decoder):
    code = snippet(DecodingRequest(decoders=(decoder,), length=5))
    assert "The old man went down to the sea and" in printed(code)


@pytest.mark.parametrize("model", ["zoo/seq2seq-classical-modern", "zoo/gpt2-dialogue-zh"])
def test_the_snippet_of_a_chinese_model_runs_too(model):
    assert printed(snippet(DecodingRequest(model=model, prompt="你好。", decoders=("floor-0.01",), length=5)))


def test_the_snippet_survives_a_prompt_with_quotes_and_braces():
    compile(snippet(DecodingRequest(prompt="\"'{x}'\"\n\\")), "snippet", "exec")


def test_the_snippet_of_a_hub_model_loads_it_by_its_own_name():
    code = snippet(DecodingRequest(model="hub/gpt2", decoders=("greedy",)))
    assert "AutoModelForCausalLM.from_pretrained('openai-community/gpt2'" in code


def test_a_model_that_is_not_known_here_is_loaded_by_the_name_it_was_asked_by():
    code = snippet(DecodingRequest(model="hub/somebodys", decoders=("greedy",)))
    assert "from_pretrained('somebodys'" in code
