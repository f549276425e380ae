"""Pairs that carry both labels, loose and strict: a stand-in with a free licence for the pairs of Sohu 2021.

Short pairs are those of STS-B: loosely alike from a score of 3 of 5 on, strictly from 4.5. Longer ones are made of the
papers of CSL: a title and an abstract, or two halves of abstracts, loosely alike when the papers are of one discipline,
strictly when they are the same paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import torch

from models.nets.conditional_cross_encoder import LONG
from models.recipes.corpus import read_rows

Part = Literal["train", "dev", "test"]

LOOSE, STRICT = 3.0, 4.5  # scores of 5
COMPUTING = "工学"  # the discipline of the papers that come without one, all of computer science
SENTENCE_END = re.compile(r"(?<=[。；;.!？?！])(?!\d)")  # no decimal point


class Judged(NamedTuple):
    """Two texts, and whether they are about the same thing (A) and whether they are the same thing (B)."""

    a: str
    b: str
    loose: bool
    strict: bool

    def label(self, criterion: str) -> bool:
        """The answer under criterion A or B."""
        return self.loose if criterion == "A" else self.strict


class Paper(NamedTuple):
    """A paper of CSL."""

    title: str
    abstract: str
    discipline: str


def judged_pairs(data: Path, part: Part, seed: int) -> list[Judged]:
    """All pairs of a part; the seed draws the partners of the papers."""
    return [*scored_pairs(data, part), *paper_pairs(read_papers(data, part), seed)]


def scored_pairs(data: Path, part: Part) -> list[Judged]:
    """The pairs of STS-B in Chinese."""
    rows = read_rows(data / "pairs" / "stsb-zh" / f"{part}.jsonl.gz")
    return [Judged(row["a"], row["b"], row["label"] >= LOOSE, row["label"] >= STRICT) for row in rows]


def read_papers(data: Path, part: Part) -> list[Paper]:
    """The papers of a part: CSL's test file is dev in its first half, test in its second."""
    disciplines = {
        row["text"].strip(): row["label"]
        for name in ("train", "dev", "test")
        for row in read_rows(data / "classify" / "csl-category" / f"{name}.jsonl.gz")
    }
    rows = read_rows(data / "seq2seq" / "csl-title" / f"{'train' if part == 'train' else 'test'}.jsonl.gz")
    middle = len(rows) // 2
    rows = {"train": rows, "dev": rows[:middle], "test": rows[middle:]}[part]
    papers = (Paper(row["target"].strip(), row["source"].strip(), _discipline(row, disciplines)) for row in rows)
    return [paper for paper in papers if paper.discipline and len(paper.title) < LONG <= len(paper.abstract)]


def paper_pairs(papers: Sequence[Paper], seed: int) -> list[Judged]:
    """A title with an abstract, and half an abstract with another half, for every paper.

    The partner is the paper itself, another one of its discipline, or one of another discipline, each in a third of all
    cases; which text comes first is drawn too.
    """
    generator = torch.Generator().manual_seed(seed)
    pairs = []
    for paper in papers:
        for of, other_of in ((_title, _abstract), (_first_half, _second_half)):
            other = _partner(paper, papers, generator)
            texts = [of(paper), other_of(other)]
            if of is _first_half and min(map(len, texts)) < LONG:
                continue
            first = _draw(2, generator)
            pairs.append(Judged(texts[first], texts[1 - first], paper.discipline == other.discipline, paper is other))
    return pairs


def halves(abstract: str) -> tuple[str, str]:
    """An abstract cut after the sentence that ends nearest to its middle; in the middle if it is only one."""
    ends = [found.start() for found in SENTENCE_END.finditer(abstract) if 0 < found.start() < len(abstract)]
    middle = len(abstract) / 2
    cut = min(ends, key=lambda end: abs(end - middle), default=int(middle))
    return abstract[:cut].strip(), abstract[cut:].strip()


def _partner(paper: Paper, papers: Sequence[Paper], generator: torch.Generator) -> Paper:
    """The paper itself, or another one of the same or of another discipline."""
    kind = _draw(3, generator)
    if kind == 0:
        return paper
    for _ in range(1000):
        other = papers[_draw(len(papers), generator)]
        if other is not paper and (other.discipline == paper.discipline) == (kind == 1):
            return other
    return paper  # the only one of its discipline


def _draw(count: int, generator: torch.Generator) -> int:
    return int(torch.randint(count, (), generator=generator))


def _discipline(row: dict[str, str], disciplines: dict[str, str]) -> str:
    return COMPUTING if row["from"] == "clge" else disciplines.get(row["target"].strip(), "")


def _title(paper: Paper) -> str:
    return paper.title


def _abstract(paper: Paper) -> str:
    return paper.abstract


def _first_half(paper: Paper) -> str:
    return halves(paper.abstract)[0]


def _second_half(paper: Paper) -> str:
    return halves(paper.abstract)[1]


def batched(lengths: Sequence[int], size: int, generator: torch.Generator) -> Iterator[list[int]]:
    """Places in random order, `size` at a time, each batch of similar lengths; the last short batch is left out."""
    order = torch.randperm(len(lengths), generator=generator).tolist()
    batches = []
    for start in range(0, len(order), 16 * size):
        near = sorted(order[start : start + 16 * size], key=lengths.__getitem__)
        batches += [near[place : place + size] for place in range(0, len(near) - size + 1, size)]
    for place in torch.randperm(len(batches), generator=generator).tolist():
        yield batches[place]
