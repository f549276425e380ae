"""Command line: python -m playground serve | models | deploy | bench."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from playground.runtime.errors import PlaygroundError
from playground.runtime.settings import REPOSITORY, Settings, prepare_process


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (PlaygroundError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def serve(options: argparse.Namespace) -> int:
    """Serve the page until it is stopped."""
    for name in Settings.model_fields:
        value = getattr(options, name)
        if value is not None:
            os.environ[f"PLAYGROUND_{name.upper()}"] = value
    prepare_process()
    if "SPACES_ZERO_GPU" in os.environ:
        import spaces  # noqa: F401  (has to come before torch)
    from playground.serve import build
    from playground.serve import serve as serve_until_stopped

    return serve_until_stopped(*build())


def list_models(options: argparse.Namespace) -> int:
    """One line a model: id, state, size, licence, title."""
    prepare_process()
    from playground.runtime.registry import registry

    models = registry()
    for entry in models.entries():
        status = models.status(entry.id)
        state = f"{status.state} ({status.reason})" if status.reason else status.state
        print(f"{entry.id:32} {state:14} {entry.bytes / 1e6:9.1f} MB  {entry.licence:12} {entry.title}")
    return 0


def pull_models(options: argparse.Namespace) -> int:
    """Download models of the hub, checked against their pinned hashes."""
    prepare_process()
    from playground.runtime.registry import registry

    for id in options.ids:
        registry().pull(id)
        print(f"{id} is here.")
    return 0


def verify_models(options: argparse.Namespace) -> int:
    """Check the files of models that are on this machine against their hashes."""
    prepare_process()
    from playground.runtime.registry import registry

    models = registry()
    here = [entry.id for entry in models.entries() if models.status(entry.id).state in ("embedded", "cached")]
    for id in options.ids or here:
        models.verify(id)
        print(f"{id} is intact.")
    return 0


def deploy(options: argparse.Namespace) -> int:
    """Upload this checkout as a Space, or only write what would be uploaded."""
    from playground import deploy as deployment

    if options.dry_run is not None:
        deployment.write_folder(options.dry_run)
        print(f"What the Space would hold is in {options.dry_run}.")
    else:
        print(deployment.deploy(options.space, hardware=options.hardware, private=options.private))
    return 0


def bench(options: argparse.Namespace) -> int:
    """Run the benchmarks, each in a process of its own; 0 if all came through."""
    here = sorted(path.stem for path in (REPOSITORY / "benchmarks").glob("[!_]*.py"))
    statuses = []
    for name in options.names or here:
        print(f"# {name}", flush=True)
        statuses.append(subprocess.call([sys.executable, "-m", f"benchmarks.{name}"], cwd=REPOSITORY))
    return int(any(statuses))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m playground", description="Whybox: why does it do that? Look inside.")
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_serve(commands.add_parser("serve", help="serve the page"))
    models = commands.add_parser("models", help="list, pull or verify models").add_subparsers(
        required=True, metavar="action"
    )
    models.add_parser("list", help="all models and their state").set_defaults(command=list_models)
    pull = models.add_parser("pull", help="download models from the hub")
    pull.add_argument("ids", nargs="+", metavar="id")
    pull.set_defaults(command=pull_models)
    verify = models.add_parser("verify", help="check models against their hashes")
    verify.add_argument("ids", nargs="*", metavar="id", help="default: all that are here")
    verify.set_defaults(command=verify_models)
    _add_deploy(commands.add_parser("deploy", help="upload this checkout as a Hugging Face Space"))
    bench_parser = commands.add_parser("bench", help="run the benchmarks")
    bench_parser.add_argument("names", nargs="*", metavar="name", help="default: all")
    bench_parser.set_defaults(command=bench)
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    """Options that mirror the settings and win over the environment."""
    for name, field in Settings.model_fields.items():
        # argparse formats help texts with %.
        text = (field.description or "").replace("%", "%%")
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=f"{text} [PLAYGROUND_{name.upper()}]")
    parser.set_defaults(command=serve)


def _add_deploy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("space", help="owner/name of the Space")
    parser.add_argument("--hardware", help="such as cpu-basic or zero-a10g; default: as it is, or the hub's choice")
    parser.add_argument("--private", action="store_true", help="make a new Space private")
    parser.add_argument("--dry-run", type=Path, metavar="FOLDER", help="only write the files into this folder")
    parser.set_defaults(command=deploy)


if __name__ == "__main__":
    raise SystemExit(main())
