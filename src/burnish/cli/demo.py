"""``burnish demo``: the main job on the bundled sample."""

from __future__ import annotations

from typing import Annotated

import typer

from burnish.cli import _options as opt


def demo(
    *,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="DIR", help="Folder that gets in/ and out/.")
    ] = "burnish-demo",
    backend: opt.Backend = None,
    workers: opt.Workers = None,
    as_json: opt.Json = False,
) -> int:
    """Run the main job on 260 real pairs that come with burnish; no network, no key, no GPU."""
    from pathlib import Path

    from burnish import report
    from burnish.cli import _demo, _job, _settings, _show

    root = Path(output)
    _demo.lay_out(root / "in")
    flags = {"source": str(root / "in"), "output": str(root / "out"), "backend": backend, "workers": workers}
    summary = _job.execute(_settings.resolve(flags).plan)
    page = report.build(str(root / "out")).path
    if as_json:
        typer.echo(_show.as_json(summary))
        return 0
    typer.echo(_show.summary(summary))
    typer.echo(_demo.tour(root, summary.counts.rewritten, page))
    return 0


COMMAND = demo
