from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from playground.runtime.catalogue import read_hub_file
from playground.runtime.errors import ModelUnavailable
from playground.runtime.loaders import Loaded, load, shared_copy
from playground.runtime.memory_size import module_bytes
from playground.runtime.settings import REPOSITORY
from tests.runtime.tiny_models import save_adapter, save_bert, save_gpt2, save_recurrent, save_view
from tests.tiny_masked_lm import tiny_bert
from tests.tiny_t_ta import tiny_t_ta, write_t_ta
from tests.tiny_zoo import write_chat, write_translator

CPU = torch.device("cpu")
TOKENS = torch.tensor([[1, 5, 6, 7]])


def logits(loaded: Loaded) -> torch.Tensor:
    output: torch.Tensor = loaded.model(TOKENS).logits
    return output


def test_a_recurrent_model_is_read_as_float32_and_equals_what_was_saved(tmp_path: Path) -> None:
    saved = save_recurrent(tmp_path)
    loaded = load(tmp_path, "causal-lm", CPU)
    assert {parameter.dtype for parameter in loaded.model.parameters()} == {torch.float32}
    assert torch.equal(logits(loaded), saved.float().eval()(TOKENS).logits)


def test_a_model_comes_with_its_tokenizer_device_and_no_note(tmp_path: Path) -> None:
    save_recurrent(tmp_path)
    loaded = load(tmp_path, "causal-lm", CPU)
    assert loaded.tokenizer is not None
    assert loaded.tokenizer("the cat")["input_ids"] == [5, 6]
    assert (loaded.device, loaded.note) == (CPU, None)


def test_a_transformers_model_equals_what_was_saved(tmp_path: Path) -> None:
    saved = save_gpt2(tmp_path)
    assert torch.equal(logits(load(tmp_path, "causal-lm", CPU)), saved.eval()(TOKENS).logits)


def test_a_masked_language_model_is_loaded_for_its_task(tmp_path: Path) -> None:
    saved = save_bert(tmp_path)
    loaded = load(tmp_path, "masked-lm", CPU)
    assert torch.equal(logits(loaded), saved.eval()(TOKENS).logits)
    assert loaded.tokenizer is not None
    assert loaded.tokenizer.mask_token == "[MASK]"


def test_a_chat_model_comes_with_the_template_of_its_turns(tmp_path: Path) -> None:
    write_chat(tmp_path)
    loaded = load(tmp_path, "causal-lm", CPU)
    assert loaded.tokenizer is not None
    turns = [{"role": "user", "content": "hi"}]
    asked = loaded.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    assert asked == "<user>hi<eos><assistant>"


def test_an_encoder_and_its_decoder_are_loaded_for_their_task(tmp_path: Path) -> None:
    write_translator(tmp_path)
    loaded = load(tmp_path, "seq2seq-lm", CPU)
    assert loaded.tokenizer is not None
    assert loaded.tokenizer("hi").input_ids[-1] == loaded.tokenizer.eos_token_id
    assert loaded.model.config.is_encoder_decoder
    assert loaded.model(TOKENS, decoder_input_ids=TOKENS).logits.shape == (1, 4, len(loaded.tokenizer))


def test_a_model_without_tokenizer_is_loaded_without(tmp_path: Path) -> None:
    save_gpt2(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    assert load(tmp_path, "causal-lm", CPU).tokenizer is None


def test_a_loaded_model_is_in_eval_mode_and_takes_no_gradient(tmp_path: Path) -> None:
    save_gpt2(tmp_path)
    loaded = load(tmp_path, "causal-lm", CPU)
    assert not loaded.model.training
    with pytest.raises(RuntimeError, match="does not require grad"):
        logits(loaded).sum().backward()


def test_training_a_copy_leaves_the_leased_model_as_it_was(tmp_path: Path) -> None:
    save_gpt2(tmp_path)
    loaded = load(tmp_path, "causal-lm", CPU)
    before = logits(loaded)
    training = copy.deepcopy(loaded.model).requires_grad_(True).train()
    training(TOKENS, labels=TOKENS).loss.backward()
    torch.optim.SGD(training.parameters(), lr=1.0).step()
    assert torch.equal(logits(loaded), before)
    assert not torch.equal(training.eval()(TOKENS).logits, before)


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    model = save_gpt2(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(OSError, match=r"model\.safetensors"):
        load(tmp_path, "causal-lm", CPU)


def test_code_in_a_folder_is_never_run(tmp_path: Path) -> None:
    save_gpt2(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Evil", "AutoModelForCausalLM": "evil.Evil"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises((ValueError, OSError)):
        load(tmp_path, "causal-lm", CPU)
    assert not (tmp_path / "ran").exists()


def test_an_unknown_task_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="the task juggling"):
        load(tmp_path, "juggling", CPU)


def test_models_loaded_in_parallel_equal_those_loaded_one_after_another(tmp_path: Path) -> None:
    folders = [tmp_path / str(seed) for seed in range(6)]
    saved = [save_gpt2(folder, seed=seed).eval()(TOKENS).logits for seed, folder in enumerate(folders)]
    with ThreadPoolExecutor(6) as pool:
        loaded = list(pool.map(lambda folder: load(folder, "causal-lm", CPU), folders))
    assert all(torch.equal(logits(one), expected) for one, expected in zip(loaded, saved, strict=True))


def test_an_adapter_changes_the_output_and_not_its_base(tmp_path: Path) -> None:
    base_model = save_gpt2(tmp_path / "base")
    save_adapter(tmp_path / "lora", base_model, "zoo/base")
    base = load(tmp_path / "base", "causal-lm", CPU)
    before = logits(base)
    adapted = load(tmp_path / "lora", "causal-lm", CPU, base)
    assert not torch.allclose(logits(adapted), before)
    assert torch.equal(logits(base), before)
    assert adapted.tokenizer is base.tokenizer


def test_an_adapter_shares_the_tensors_of_its_base(tmp_path: Path) -> None:
    save_adapter(tmp_path / "lora", save_gpt2(tmp_path / "base"), "zoo/base")
    base = load(tmp_path / "base", "causal-lm", CPU)
    adapted = load(tmp_path / "lora", "causal-lm", CPU, base)
    lora = sum(tensor.nbytes for name, tensor in adapted.model.named_parameters() if "lora" in name)
    assert module_bytes(adapted.model, base.model) == lora > 0


def test_two_adapters_of_one_base_do_not_disturb_each_other(tmp_path: Path) -> None:
    for seed in (1, 2):
        save_adapter(tmp_path / str(seed), save_gpt2(tmp_path / "base"), "zoo/base", seed=seed)
    base = load(tmp_path / "base", "causal-lm", CPU)
    first = load(tmp_path / "1", "causal-lm", CPU, base)
    alone = logits(first)
    second = load(tmp_path / "2", "causal-lm", CPU, base)
    assert torch.equal(logits(first), alone)
    assert not torch.allclose(logits(second), alone)


def test_an_adapter_without_safetensors_is_refused(tmp_path: Path) -> None:
    base = Loaded(torch.nn.Linear(2, 2), None, CPU)
    with pytest.raises(ModelUnavailable, match=r"adapter_model\.safetensors"):
        load(tmp_path, "causal-lm", CPU, base)


def test_a_shared_copy_is_another_tree_of_the_same_tensors() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    copied = shared_copy(module)
    assert all(one is other for one, other in zip(module.parameters(), copied.parameters(), strict=True))
    copied[0] = torch.nn.Identity()
    assert isinstance(module[0], torch.nn.Linear)


@pytest.fixture
def encoder() -> Loaded:
    """The packaged sentence encoder."""
    entry = next(read_hub_file(REPOSITORY / "models" / "hub.yaml"))
    assert entry.folder is not None
    return load(entry.folder, entry.task, CPU)


def test_a_view_shares_the_word_table_of_its_base_and_nothing_else(tmp_path: Path, encoder: Loaded) -> None:
    saved = save_view(tmp_path, encoder.model, "packaged/encoder")  # type: ignore[arg-type]
    view = load(tmp_path, "masked-lm", CPU, encoder)
    assert torch.equal(logits(view), saved.eval()(TOKENS).logits)
    own = sum(tensor.nbytes for tensor in saved.parameters()) - saved.get_input_embeddings().weight.nbytes
    assert module_bytes(view.model, encoder.model) == pytest.approx(own, rel=0.05)


def test_a_view_leaves_its_base_as_it_was(tmp_path: Path, encoder: Loaded) -> None:
    before = encoder.model.encode("a cat", convert_to_tensor=True)  # type: ignore[operator]
    save_view(tmp_path, encoder.model, "packaged/encoder")  # type: ignore[arg-type]
    load(tmp_path, "masked-lm", CPU, encoder)
    assert torch.equal(encoder.model.encode("a cat", convert_to_tensor=True), before)  # type: ignore[operator]


def test_a_view_that_lacks_weights_is_refused(tmp_path: Path, encoder: Loaded) -> None:
    save_view(tmp_path, encoder.model, "packaged/encoder")  # type: ignore[arg-type]
    kept = {name: tensor for name, tensor in load_file(tmp_path / "model.safetensors").items() if "layer" not in name}
    save_file(kept, tmp_path / "model.safetensors")
    with pytest.raises(ModelUnavailable, match="lacks weights"):
        load(tmp_path, "masked-lm", CPU, encoder)


def test_the_packaged_encoder_places_a_cat_nearer_to_a_kitten_than_to_a_tax(encoder: Loaded) -> None:
    cat, kitten, tax = encoder.model.encode(["a cat", "a kitten", "income tax"], convert_to_tensor=True)  # type: ignore
    assert cat @ kitten > 0.7 > 0.3 > cat @ tax
    assert torch.linalg.vector_norm(cat).item() == pytest.approx(1.0, abs=1e-5)


def test_a_t_ta_shares_the_word_table_of_its_base(tmp_path: Path) -> None:
    base = tiny_bert()
    loaded = load(write_t_ta(tmp_path), "t-ta", CPU, base)
    expected = tiny_t_ta(base).model.half().float()
    mask = torch.ones_like(TOKENS)
    assert loaded.model.words is base.model.get_input_embeddings().weight  # type: ignore[operator]
    assert torch.allclose(loaded.model(TOKENS, mask), expected(TOKENS, mask), atol=1e-2)
    assert loaded.tokenizer is not None


def test_a_t_ta_over_another_table_is_refused(tmp_path: Path, encoder: Loaded) -> None:
    with pytest.raises(ModelUnavailable, match=r"do not fit its config\.json"):
        load(write_t_ta(tmp_path), "t-ta", CPU, encoder)
