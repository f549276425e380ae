"""What each group of latents tells about pictures: its KL, and how many of its channels are active."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from models.nets.nvae import NVAE
from playground.tabs.sampling.drawing import BATCH, from_bytes
from playground.tabs.sampling.frames import GroupMap, Images

ACTIVE = 0.1  # nats of a channel; the bound with which the authors' code counts


def group_map(model: NVAE, own: Images, subject: Images) -> GroupMap:
    """KL and active channels over pictures (N, H, W, C) of the model's own, and the subject's (1, H, W, C) nats."""
    average = [group.mean(0).sum((1, 2)) for group in divergences(model, own)]  # (C,) each
    return GroupMap(
        1.0,
        kl=np.array([float(channels.sum()) for channels in average], np.float32),
        active=np.array([int((channels > ACTIVE).sum()) for channels in average], np.int64),
        maps=tuple(group[0].sum(0).cpu().numpy() for group in divergences(model, subject)),
    )


def divergences(model: NVAE, images: Images) -> list[Tensor]:
    """The KL (N, C, H, W) in nats of every group's posterior from its prior."""
    pictures = from_bytes(images).to(next(model.parameters()).device)
    with torch.inference_mode():
        batches = [model(batch).kl for batch in torch.split(pictures, BATCH)]
    return [torch.cat(group) for group in zip(*batches, strict=True)]
