"""``burnish eval``: measures of judges, data and models; each says whether it runs a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli._arms import arms
from burnish.cli._audit import audit
from burnish.cli._captions import captions
from burnish.cli._command import wrap
from burnish.cli._data import data
from burnish.cli._judges import judges
from burnish.cli._models import models

if TYPE_CHECKING:
    from burnish.evals.claims import Checked

COMMAND = typer.Typer(help="Measure judges, data and models.", no_args_is_help=True)

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


def claims(
    out: opt.OutputFolder,
    *,
    truth: Annotated[
        str | None, typer.Option(metavar="SCENES", help="The scenes that the pairs are; OUT itself.")
    ] = None,
    backend: Annotated[
        str | None, typer.Option(metavar="NAME", help="Ask this model about each claim instead.")
    ] = None,
    assignments: opt.Assignments = None,
    as_json: opt.Json = False,
) -> None:
    """Take every caption apart and count what holds: true assertions, hallucinations, CHAIR, entities kept, by role."""
    from dataclasses import asdict

    import orjson

    from burnish.errors import UsageError
    from burnish.evals import claims as measure

    if truth is not None and backend is not None:
        raise UsageError("give --truth or --backend, not both: a claim gets one verdict.")
    checked = measure.against_truth(out, truth or out) if backend is None else _asked(out, backend, assignments or [])
    found = measure.measure(checked)
    if as_json:
        typer.echo(orjson.dumps({role: asdict(row) for role, row in found.items()}).decode())
        return
    typer.echo("role         captions  words  claims    ANA  halluc.  unknown  CHAIR_i  CHAIR_s  entities kept")
    for role, row in found.items():
        shares = [row.hallucinated, row.unknown, row.chair_i, row.chair_s]
        told = "".join(f"{_percent(share):>9}" for share in shares)
        typer.echo(
            f"{role:<12}{row.captions:>9}{row.words:>7.1f}{row.claims:>8.2f}{row.ana:>7.2f}{told}"
            f"{_percent(row.entity_survival):>15}"
        )
    typer.echo("ANA: true assertions a caption; halluc.: share of decided claims that are refuted (docs/claims.md)")


def layers(
    src: Annotated[
        str, typer.Argument(metavar="SRC", help="Pairs whose images are to be captioned; texts are unused.")
    ],
    *,
    backend: Annotated[str, typer.Option(metavar="NAME", help="The captioner (burnish list backends).")],
    formats: Annotated[
        str, typer.Option("--format", metavar="NAMES", help="What the instructions are added to, joined by commas.")
    ] = "ssc,dsc,dsc+",
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Pictures, one caption each.")] = 200,
    assignments: opt.Assignments = None,
    as_json: opt.Json = False,
) -> None:
    """Ask for captions with one to five further instructions and count what is kept, by kind and by number."""
    from dataclasses import asdict

    import orjson

    from burnish.cli import _layers

    bases = [name.strip() for name in formats.split(",") if name.strip()]
    found = _layers.run(src, backend, bases, assignments or (), limit)
    if as_json:
        typer.echo(orjson.dumps(asdict(found), option=orjson.OPT_NON_STR_KEYS).decode())
    else:
        _layers.show(found)


def _asked(out: str, backend: str, assignments: list[str]) -> Iterator[Checked]:
    from burnish import backends, plan
    from burnish.evals import claims as measure

    settings = plan.build({"source": out, "backend": backend}, *map(plan.override, assignments))
    return measure.against_images(out, backends.load(settings.backend, settings.backend_options))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _spread(found: tuple[float, float]) -> str:
    return f"{found[0]:.3f} +- {found[1]:.3f}"


COMMAND.command("fit-threshold")(wrap(fit_threshold))
COMMAND.command("cascade")(wrap(cascade))
COMMAND.command("claims")(wrap(claims))
COMMAND.command("captions")(wrap(captions))
COMMAND.command("layers")(wrap(layers))
COMMAND.command("judges")(wrap(judges))
COMMAND.command("data")(wrap(data))
COMMAND.command("models")(wrap(models))
COMMAND.command("audit")(wrap(audit))
COMMAND.command("arms")(wrap(arms))
