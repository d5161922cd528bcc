"""``burnish review``: look at pairs in a browser, accept, reject or mend them, and take the decisions as labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli import _web

if TYPE_CHECKING:
    from burnish.review.session import Review


def review(  # noqa: PLR0913 - options are arguments here
    out: opt.OutputFolder,
    *,
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    export: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Serve nothing; write what was decided: FILE.jsonl (labels), FILE.parquet (everything) or a new folder"
            " FOLDER/ (samples for burnish train).",
        ),
    ] = "",
    bind: _web.Bind = None,
    token_file: _web.TokenFile = None,
    allow_host: _web.AllowHost = None,
    as_json: opt.Json = False,
) -> None:
    """Review the pairs of an output in a browser: filter, accept, reject, edit, undo; export labels."""
    from burnish import web
    from burnish.errors import MissingExtra
    from burnish.review.session import Review

    guards = web.Guards(sign_in=True, **_web.guarding(bind, token_file, allow_host))
    try:
        from burnish.review.app import CSP, make_app
    except ModuleNotFoundError as error:
        if error.name not in {"fastapi", "starlette", "duckdb"}:
            raise
        raise MissingExtra("a review", "review") from error
    with Review(out, _progress) as opened:
        if export:
            _export(opened, export, as_json=as_json)
            return
        opened.pictures.warm()
        opened.languages.start()
        from dataclasses import replace

        server = web.Server(make_app(opened), replace(guards, csp=CSP))
        server.run(lambda url: _announce(opened, url, show=show, as_json=as_json))


def _progress(done: int) -> None:
    import sys

    if sys.stderr.isatty():
        typer.echo(f"\rreading the records: {done:,} pairs", err=True, nl=False)


def _announce(opened: Review, url: str, *, show: bool, as_json: bool) -> None:
    from burnish.storage.redact import json_line

    if as_json:
        told = {"output": opened.run.path, "url": url, "pairs": opened.index.rows, "decided": opened.progress()}
        typer.echo(json_line(told))
    else:
        typer.echo(f"{opened.index.rows:,} pairs to be reviewed at {url}   (Ctrl-C ends it; every decision is kept)")
    if show:
        import webbrowser

        if not webbrowser.open(url):
            typer.echo("No browser was found here: open the address yourself.", err=True)


def _export(opened: Review, destination: str, *, as_json: bool) -> None:
    from burnish.cli._show import quoted
    from burnish.review.exporting import export
    from burnish.storage.redact import json_line, redact

    done = export(opened, destination)
    if as_json:
        typer.echo(json_line({"output": opened.run.path, "export": destination, **done.counts}))
        return
    typer.echo(f"{redact(destination)}: {done.told}")
    typer.echo(f"next: {done.following.format(out=quoted(opened.run.path), file=quoted(destination))}")


COMMAND = review
