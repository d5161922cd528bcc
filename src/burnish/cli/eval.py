"""``burnish eval``: measures, from outputs and labels; no model is run."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli._command import wrap

COMMAND = typer.Typer(help="Measure judges and data, from outputs and labels.", no_args_is_help=True)

Labels = Annotated[str, typer.Option(metavar="FILE", help="CSV or JSONL with key and good (1 or 0).")]


def fit_threshold(out: opt.OutputFolder, *, labels: Labels, as_json: opt.Json = False) -> None:
    """Fit weights and threshold to labels: which criteria tell your good pairs from your bad ones."""
    from dataclasses import asdict

    import orjson

    from burnish.evals.labels import read_judged, read_labels
    from burnish.evals.threshold import FOLDS, fit_threshold

    fit = fit_threshold(list(read_judged(out)), read_labels(labels))
    if as_json:
        typer.echo(orjson.dumps(asdict(fit)).decode())
        return
    alone = "" if fit.auc_overall is None else f"; the overall score alone {_spread(fit.auc_overall)}"
    typer.echo(f"{fit.good} good and {fit.bad} bad pairs, {FOLDS} folds by hash of the key")
    typer.echo(f"AUC on pairs left out {_spread(fit.auc)}{alone}")
    typer.echo(f"both kinds decided rightly: {fit.balanced_accuracy:.1%} (mean of the two rates, left out)")
    if fit.left_out:
        typer.echo(f"left out because they speak the wrong way or not at all: {', '.join(fit.left_out)}")
    settings = [f"--set rewrite.weights.{name}={weight:g}" for name, weight in fit.weights.items()]
    typer.echo("next: burnish enhance SRC -o OUT " + " ".join([*settings, f"--set rewrite.below={fit.below:g}"]))


def cascade(
    cheap: Annotated[str, typer.Argument(metavar="CHEAP", help="Output of burnish assess by the cheap model.")],
    dear: Annotated[str, typer.Argument(metavar="DEAR", help="Output of burnish assess by the dear model.")],
    *,
    labels: Annotated[str | None, typer.Option(metavar="FILE", help="CSV or JSONL with key and good (1 or 0).")] = None,
    below: Annotated[float, typer.Option(metavar="X", help="Threshold on the overall score.")] = 3.0,
    max_changed: Annotated[float, typer.Option(metavar="SHARE", help="Decisions that may change.")] = 0.01,
    as_json: opt.Json = False,
) -> None:
    """Show what a cascade of two models saves and changes, and choose its `sure`."""
    from dataclasses import asdict

    import orjson

    from burnish.evals import cascade as measure
    from burnish.evals.labels import read_judged, read_labels

    known = read_labels(labels) if labels else None
    points = measure.curve(list(read_judged(cheap)), list(read_judged(dear)), below, known)
    best = measure.cheapest(points, max_changed)
    if as_json:
        typer.echo(orjson.dumps({"curve": [asdict(p) for p in points], "chosen": asdict(best)}).decode())
        return
    typer.echo("sure   calls saved   decisions changed   decided as labelled")
    for p in points:
        right = "" if p.right is None else f"{p.right:>22.1%}"
        typer.echo(f"{p.sure:4.2f}{p.saved:>14.1%}{p.changed:>20.1%}{right}")
    typer.echo(f"next: --backend cascade --set backend_options.sure={best.sure:g} --set backend_options.then=NAME")


def _spread(found: tuple[float, float]) -> str:
    return f"{found[0]:.3f} +- {found[1]:.3f}"


COMMAND.command("fit-threshold")(wrap(fit_threshold))
COMMAND.command("cascade")(wrap(cascade))
