"""The model card of the Chinese chat model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.recipes.card_parts import count_parameters, front_matter, share
from models.recipes.shipping import read_json

TITLE = "Chinese dialogue, GPT-2"

SHOWN = ("dialogues", "tokens", "perplexity", "perplexity_assistant", "prefixes", "limit", "stepwise_error", "date")

CARD = """\
---
{front_matter}---

# {title}

A small GPT-2 that goes on with a Chinese dialogue about sights, hotels, restaurants, films, music and travel:
{layers} layers of {width} units, {parameters:,} parameters in half precision. As in DialoGPT (Zhang et al. 2020,
arXiv 1911.00536) the whole history is one sequence, `<user>…<eos><assistant>…<eos>`, so that a reply is decoded
like any other text. Its output is an ordinary softmax over the vocabulary, `<eos>` included.

## Use

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = "models/zoo/{name}"
model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32").eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
chat = [{{"role": "user", "content": "你好，我想找一个评分高的景点。"}}]
prompt = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=True, return_tensors="pt")
print(tokenizer.decode(model.generate(**prompt, max_new_tokens=60)[0]))
```

## Data

1,710 dialogues of CrossWOZ (900) and KdConv (810), both Apache-2.0 (thu-coai); 95 dialogues each are held out for
development and test. They are parts of the two sets' development and test files, the training files not being at
hand. Turns alternate between user and assistant; the facts that replies quote are not given to the model.

Tokenizer: a BPE of {vocabulary:,} tokens, words of at most four characters, punctuation and digits alone; characters
beyond the 3,600 most frequent ones are spelt by their UTF-8 bytes.

## Training

- Objective: next-token likelihood of whole dialogues, both speakers, in stretches of at most 512 tokens.
- Length: {epochs} epochs ({minutes:.0f} core-minutes). AdamW, cosine schedule, dropout 0.1, seed {seed}; {machine}.
- Recipe: `python -m models.recipes.dialogue_lm --data DIR`.

## Measured

On the file that ships, computed in float32, {date}, {measured_machine}, seed {measured_seed}, on {dialogues}
held-out dialogues.

| figure | value |
| --- | --- |
| perplexity of {tokens:,} tokens | {perplexity:.2f} |
| perplexity of the assistant's words | {perplexity_assistant:.2f} |
{replies}
| one pass against single steps, log-probability of a reply | {stepwise_error:.0e} apart at most |

The non-termination ratio is the share of {prefixes} histories whose reply has no `<eos>` within {limit} tokens; in
brackets Wilson's 95 % interval. distinct-n is the number of different n-grams of tokens over all of them.
`python -m models.recipes.dialogue_quality --data DIR` measures all of this again.

## Limits

It knows a few thousand names and makes up the rest: addresses, prices and phone numbers are invented. It has seen
no other topics, and no safety training. It is made for studying decoders.

## Licence

Weights: Apache-2.0.
"""


def render(folder: Path) -> str:
    """The card of the model in a folder."""
    config, training, measured = (read_json(folder / f"{name}.json") for name in ("config", "training", "measured"))
    parameters = count_parameters(folder / "model.safetensors")
    about = {
        "title": TITLE,
        "task": "causal-lm",
        "family": "gpt2",
        "termination": "vanilla",
        "parameters": parameters,
        "language": "zh",
    }
    return CARD.format(
        front_matter=front_matter("zh", "text-generation", ["gpt2", "conversational"], about),
        title=TITLE,
        name=folder.name,
        layers=config["n_layer"],
        width=config["n_embd"],
        vocabulary=config["vocab_size"],
        parameters=parameters,
        epochs=training["epochs"],
        minutes=training["core_minutes"],
        seed=training["seed"],
        machine=training["machine"],
        measured_machine=measured["machine"],
        measured_seed=measured["seed"],
        replies="\n".join(_reply_rows(name, reply) for name, reply in measured["non_termination"].items()),
        **{key: measured[key] for key in SHOWN},
    )


def row(folder: Path) -> str:
    """The row of the model in README's table of chat models."""
    measured = read_json(folder / "measured.json")
    replies = measured["non_termination"].values()
    shares = " | ".join(f"{share(reply)}, {reply['distinct-2']:.2f}" for reply in replies)
    return f"| `{folder.name}` | {measured['perplexity']:.1f} | {shares} |"


def _reply_rows(name: str, reply: dict[str, Any]) -> str:
    return (
        f"| non-termination ratio, {name} | {share(reply)} |\n"
        f"| mean length of replies that end, {name} | {reply['mean_length']:.1f} tokens |\n"
        f"| distinct-1, distinct-2, {name} | {reply['distinct-1']:.3f}, {reply['distinct-2']:.3f} |"
    )
