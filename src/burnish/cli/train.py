"""``burnish train``: fine-tune a judge or an enhancer, export a judge; make what burnish ships with again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeAlias

import typer

from burnish.cli._command import wrap

_INSTALLED = "/usr/share/openclipart"

_Clipart: TypeAlias = Annotated[
    str, typer.Option(metavar="DIR", help="Where the package openclipart-svg lies (holds svg/).")
]
_Weights: TypeAlias = Annotated[
    str | None, typer.Option("-o", "--output", metavar="DIR", help="Weights folder; the installed one if not given.")
]
_Seed: TypeAlias = Annotated[int, typer.Option(metavar="N", min=0, help="The same seed gives the same digest.")]

_Samples: TypeAlias = Annotated[
    str, typer.Argument(metavar="SAMPLES", help="Folder of chat samples, as burnish negatives writes them.")
]
_Model: TypeAlias = Annotated[
    str, typer.Option("-o", "--output", metavar="MODEL", help="A new folder; the same command goes on after a stop.")
]
_Base: TypeAlias = Annotated[
    str, typer.Option(metavar="DIR", help="Image-text-to-text model to begin with: a folder or an id.")
]
_Tasks: TypeAlias = Annotated[
    str | None, typer.Option(metavar="LIST", help="Only these of assess,rewrite,joint; all of the role if not given.")
]
_Steps: TypeAlias = Annotated[int | None, typer.Option(metavar="N", min=1, help="Updates; else one pass.")]
_Lora: TypeAlias = Annotated[
    int | None, typer.Option(metavar="RANK", min=0, help="Train adapters of this rank; 0 trains all weights.")
]
_TuningSeed: TypeAlias = Annotated[int | None, typer.Option(metavar="N", min=0, help="Order of the samples.")]
_Config: TypeAlias = Annotated[
    str | None, typer.Option(metavar="FILE", help="Settings in TOML (docs/train.md); flags and --set win.")
]
_Set: TypeAlias = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Any setting; may be repeated.")
]

COMMAND = typer.Typer(
    help="Fine-tune a judge or an enhancer; make again what burnish ships with.", no_args_is_help=True
)


def _tuning(role: str, told: str) -> Callable[..., None]:
    """The command that fine-tunes for `role`; `told` is its help."""

    def command(  # noqa: PLR0913 - options are arguments here
        samples: _Samples,
        *,
        output: _Model,
        base: _Base,
        tasks: _Tasks = None,
        steps: _Steps = None,
        lora: _Lora = None,
        seed: _TuningSeed = None,
        config: _Config = None,
        assignments: _Set = None,
    ) -> None:
        given = {"tasks": tasks, "steps": steps, "lora": lora, "seed": seed}
        _tune(role, samples, output, base, _layers(config, assignments, given))

    command.__doc__ = told
    return command


def _layers(config: str | None, assignments: list[str] | None, given: dict[str, Any]) -> list[Mapping[str, Any]]:
    from burnish import plan as plans

    file = [plans.load(config)] if config else []
    return [*file, *map(plans.override, assignments or ()), {k: v for k, v in given.items() if v is not None}]


def _tune(role: str, samples: str, output: str, base: str, layers: list[Mapping[str, Any]]) -> None:
    import os
    from pathlib import Path

    from burnish.train.tuning import run, settings

    job = run.Job(role=role, samples=samples, output=Path(output), base=base, settings=settings.build(role, *layers))
    found = run.run(job, _say)
    if os.environ.get("RANK", "0") != "0":  # one of several processes that a launcher has started
        return
    shown = found["samples"]
    typer.echo(
        f"{output}: {found['steps']} steps on {shown['train']:,} samples, "
        f"{found['learnt_weights']:,} of {found['weights']:,} weights learnt"
    )
    if found["loss"]:
        typer.echo(f"  loss {found['loss']['first']:.3f} at first, {found['loss']['last']:.3f} at last")
    if found["held_out_loss"] is not None:
        typer.echo(f"  {found['held_out_loss']:.3f} on {shown['held_out']} samples that it did not learn from")
    typer.echo(f"next: burnish enhance SRC -o OUT --backend transformers --set backend_options.model={output}")


def onnx(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A judge: a folder or an id of a model.")],
    *,
    output: Annotated[str, typer.Option("-o", "--output", metavar="JUDGE", help="A new folder.")],
    side_px: Annotated[
        int, typer.Option(metavar="N", min=32, max=4096, help="Longest picture side it was trained with.")
    ] = 768,
) -> None:
    """Export a small judge to ONNX: it then scores without torch (--backend onnx). Needs the extra [finetune]."""
    from pathlib import Path

    from burnish.train.onnx import export

    found = export.export(model, Path(output), side_px)
    typer.echo(
        f"{output}: {found.size / 1e6:.1f} MB; over {found.questions} questions its probabilities lie at most "
        f"{found.difference:.1e} from the model's"
    )
    typer.echo(f"next: burnish assess SRC -o OUT --backend onnx --set backend_options.model={output}")


def _say(done: int, steps: int, loss: float) -> None:
    from burnish.cli import _log

    if _log.is_json():
        _log.LOGGER.info("step %d of %d, loss %.4f", done, steps, loss)
    elif not _log.is_quiet():
        typer.echo(f"step {done} of {steps}, loss {loss:.4f}", err=True)


def builtin(
    *,
    clipart: _Clipart = _INSTALLED,
    output: _Weights = None,
    seed: _Seed = 0,
) -> None:
    """Train the built-in model's heads on Debian's clip art, on a CPU, in minutes. Needs the extra [train]."""
    from importlib.util import find_spec
    from pathlib import Path

    from burnish.errors import MissingExtra

    _must_hold_clipart(clipart)
    if find_spec("torch") is None or find_spec("resvg_py") is None:
        raise MissingExtra("burnish train builtin", "train")
    from burnish.backends.builtin import manifest
    from burnish.train.builtin import heads

    folder = Path(output) if output else manifest.FOLDER
    typer.echo(f"{heads.main(Path(clipart), folder, seed)}  {folder}")
    typer.echo("next: burnish doctor")


def injection(
    *,
    clipart: _Clipart = _INSTALLED,
    output: _Weights = None,
    seed: _Seed = 0,
) -> None:
    """Train the detector of orders in captions from its grammars, scenes and clip-art titles, on a CPU, in minutes."""
    from pathlib import Path

    from burnish.injection.learned import FOLDER
    from burnish.train.injection import fit

    _must_hold_clipart(clipart)
    folder = Path(output) if output else FOLDER
    typer.echo(f"{fit.main(Path(clipart), folder, seed)}  {folder}")


def _must_hold_clipart(folder: str) -> None:
    from pathlib import Path

    from burnish.errors import UsageError

    if not (Path(folder) / "svg").is_dir():
        raise UsageError(
            f"{folder} holds no svg/ folder.\n"
            "Install it with: apt-get install openclipart-svg, or name the folder with --clipart"
        )


COMMAND.command("judge")(
    wrap(_tuning("judge", "Fine-tune a model to give scores: the assess samples only. Needs the extra [finetune]."))
)
COMMAND.command("enhancer")(
    wrap(
        _tuning("enhancer", "Fine-tune a model to give scores and to rewrite: all samples. Needs the extra [finetune].")
    )
)
COMMAND.command("onnx")(wrap(onnx))
COMMAND.command("builtin")(wrap(builtin))
COMMAND.command("injection")(wrap(injection))
