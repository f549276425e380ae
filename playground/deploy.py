"""Deploys this checkout as a Hugging Face Space.

A Space refuses binary files that git pushes, so the files go up through the hub's own API. The
platform brings gradio, spaces and huggingface_hub, and a torch that fits its hardware.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.runtime.settings import REPOSITORY

if TYPE_CHECKING:
    from huggingface_hub import HfApi

SHIPPED = ("app.py", "README.md", "LICENSE", "requirements.txt", "assets", "models", "playground")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.py[cio]", ".*", "recipes")
OF_THE_PLATFORM = ("gradio", "spaces", "huggingface-hub")


def space_requirements(requirements: str) -> str:
    """What a Space has to install, from what a local run installs.

    >>> space_requirements("gradio>=6.31\\ntorch>=2.8,<=2.13.0\\nnumpy>=2.0\\n")
    'torch\\nnumpy>=2.0\\n'
    """
    kept = []
    for line in requirements.splitlines():
        name = re.split(r"[\s<>=!~;\[#]", line.strip(), maxsplit=1)[0].lower().replace("_", "-")
        if name == "torch":
            kept.append("torch")
        elif name not in OF_THE_PLATFORM:
            kept.append(line)
    return "\n".join(kept) + "\n"


def write_folder(folder: Path) -> None:
    """Write what a Space holds into a folder, which must be empty or new."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"The folder {folder} is not empty: choose another one.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in SHIPPED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT_OUT)
        else:
            shutil.copy2(source, folder / name)
    requirements = folder / "requirements.txt"
    requirements.write_text(space_requirements(requirements.read_text("utf-8")), "utf-8")


def deploy(space: str, *, hardware: Any = None, private: bool = False, api: HfApi | None = None) -> str:
    """Create the Space if need be and upload this checkout; the Space's address.

    `hardware` is one of the hub's names, such as zero-a10g; None leaves it as it is. The hub's login of
    this machine is used; files that an earlier deployment left there are removed.
    """
    if api is None:
        from huggingface_hub import HfApi

        api = HfApi()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "space"
        write_folder(folder)
        url = api.create_repo(
            space, repo_type="space", space_sdk="gradio", space_hardware=hardware, private=private, exist_ok=True
        )
        api.upload_folder(
            repo_id=space, repo_type="space", folder_path=folder, delete_patterns="*", commit_message="Deploy Whybox"
        )
    return str(url)
