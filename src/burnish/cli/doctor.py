"""``burnish doctor``: is everything here that a run needs?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt

if TYPE_CHECKING:
    from burnish.cli._checkup import Finding


def doctor(
    out: Annotated[
        str | None, typer.Argument(metavar="[OUT]", help="An output folder: is it locked, is there space?")
    ] = None,
    *,
    backend: opt.Backend = None,
    assignments: opt.Assignments = None,
    config: opt.Config = None,
    as_json: opt.Json = False,
) -> int:
    """Check Python, packages, extras, disk, model weights, and put one pair through. With --backend: try that model.

    Exit code 2 if something lacks, 75 if a server fails.
    """
    import orjson

    from burnish.cli import _checkup

    findings = _checkup.check(out)
    if backend is not None:
        from burnish.cli import _model_checkup, _settings

        plan = _settings.resolve({"backend": backend}, assignments or (), config).plan
        findings += _model_checkup.check(plan.backend, plan.backend_options)
    if as_json:
        rows = [{"name": f.name, "ok": f.ok, "detail": f.detail} for f in findings]
        typer.echo(orjson.dumps({"ok": all(f.ok for f in findings), "checks": rows}).decode())
    else:
        for finding in findings:
            typer.echo(f"{_mark(finding)} {finding.name:<14} {finding.detail}")
        typer.echo("next: burnish demo" if all(f.ok for f in findings) else "next: repair what is marked BAD")
    return max((f.exit_code for f in findings if not f.ok), default=0)


def _mark(finding: Finding) -> str:
    return "BAD " if not finding.ok else "--  " if finding.absent else "ok  "


COMMAND = doctor
