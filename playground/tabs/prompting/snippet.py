"""The tab's answer in Python, with our own functions."""

from __future__ import annotations

from playground.tabs.prompting.request import PromptingRequest

SNIPPET = """\
import torch

from playground.runtime.registry import registry
from playground.tabs.prompting.label_scores import {score}
from playground.tabs.prompting.masked_lm import MaskedLM, mask_logits
from playground.tabs.prompting.patterns import build_prompts, parse_pattern
from playground.tabs.prompting.verbalizers import label_ids, parse_verbalizer

texts = {texts}
verbalizer = parse_verbalizer({verbalizer!r})
with registry().lease({model!r}) as loaded:
    lm = MaskedLM(loaded)
    ids = label_ids(verbalizer, loaded.tokenizer)
    prompts = build_prompts(parse_pattern({pattern!r}), texts, loaded.tokenizer)
    for places, logits in mask_logits(lm, prompts):
        probabilities = torch.softmax({score}(logits[:, 0], ids), dim=1)
        for place, p in zip(places, probabilities.tolist()):
            print(texts[place], dict(zip(verbalizer.labels, p)))
"""
SCORES = {"PET": "pet_scores", "OpenPrompt": "openprompt_scores", "sum": "sum_scores"}
TASK_TEXTS = "[example.text for example in load_task({source!r}).test[:{count}]]"
TASK_IMPORT = "from playground.tabs.prompting.tasks import load_task\n"
SHOWN_TEXTS = 3


def snippet(request: PromptingRequest) -> str:
    """Code that classifies the request's first texts, or its task's, with its first pattern."""
    task = request.task()
    lines = [line.strip() for line in request.texts.splitlines() if line.strip()]
    labels = (label for line in lines[:SHOWN_TEXTS] for label in [line.rpartition("|")[0].strip() or line])
    texts = repr(list(labels)) if task is None else TASK_TEXTS.format(source=task.name, count=SHOWN_TEXTS)
    code = SNIPPET.format(
        score=SCORES[request.order],
        texts=texts,
        verbalizer=request.verbalizer if task is None or request.verbalizer.strip() else task.verbalizer,
        model=request.model,
        pattern=_first_pattern(request),
    )
    return (
        code
        if task is None
        else code.replace("from playground.tabs.prompting.verb", TASK_IMPORT + "from playground.tabs.prompting.verb")
    )


def _first_pattern(request: PromptingRequest) -> str:
    """Without looking at it: the code says what is wrong with it."""
    task = request.task()
    lines = [line.strip() for line in request.patterns.splitlines() if line.strip()]
    return (lines or list(task.patterns if task else [""]))[0]
