"""``burnish report``: what a run did, as one page and on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from burnish.values import Json


def report(  # noqa: PLR0913 - options are arguments here
    out: opt.OutputFolder,
    *,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="The page; OUT/report.html if not given.")
    ] = "",
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    compare: Annotated[str, typer.Option(metavar="OTHER", help="Output of another run, to be put beside.")] = "",
    estimate: Annotated[
        str, typer.Option(metavar="FILE", help="What enhance --dry-run --json printed, to be held against the run.")
    ] = "",
    price_in: opt.PriceIn = None,
    price_out: opt.PriceOut = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Decides which pairs are drawn.")] = 0,
    as_json: opt.Json = False,
) -> None:
    """Say what a run did: one self-contained HTML file with scores, before and after, drift, quarantine and cost."""
    from burnish import report as reports
    from burnish.cli._show import quoted, size
    from burnish.plan import CostRules
    from burnish.storage.redact import json_line

    wanted = reports.Wanted(
        destination=output,
        compare=compare,
        prices=CostRules(price_in=price_in or 0.0, price_out=price_out or 0.0),
        estimate=_estimate(estimate),
        seed=seed,
    )
    done = reports.build(out, wanted)
    if as_json:
        told = {"output": out, "report": done.path, "bytes": done.size_bytes, "warnings": list(done.warnings)}
        typer.echo(json_line({**told, **done.figures}))
    else:
        typer.echo("\n".join(done.lines))
        for warning in done.warnings:
            typer.echo(f"warning: {warning}", err=True)
        typer.echo(f"report: {quoted(done.path)}   one file, {size(done.size_bytes)}, no network")
        typer.echo(f"next: burnish verify {quoted(out)}")
    if show:
        _open(done.path)


def _open(path: str) -> None:
    import webbrowser
    from pathlib import Path

    from burnish.errors import UsageError
    from burnish.storage.places import locate

    place = locate(path)
    if place.fs is not None:
        raise UsageError(f"{place.shown} is not on this machine.\nWrite it here with -o report.html --open")
    if not webbrowser.open(Path(place.path).absolute().as_uri()):
        typer.echo("No browser was found here: open the file yourself.", err=True)


def _estimate(path: str) -> Mapping[str, Json]:
    """The JSON of a dry run. Raises `UsageError` for anything else."""
    if not path:
        return {}
    from pathlib import Path

    import orjson

    from burnish.errors import UsageError

    example = "Make one with: burnish enhance SRC -o OUT --dry-run --json > estimate.json"
    try:
        told = orjson.loads(Path(path).read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {path!r}: {error.strerror}.\n{example}") from error
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{path} is no JSON: {error}.\n{example}") from error
    if not isinstance(told, dict) or not told.get("dry_run"):
        raise UsageError(f"{path} is not what a dry run printed.\n{example}")
    return told


COMMAND = report
