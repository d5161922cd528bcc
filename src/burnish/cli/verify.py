"""``burnish verify``: does every file still have the bytes that were committed?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from burnish.cli import _options as opt

if TYPE_CHECKING:
    from burnish.storage.verify import Difference

MAX_SHOWN = 20


def verify(out: opt.OutputFolder, *, as_json: opt.Json = False) -> int:
    """Check every committed file of OUT byte by byte, and the ledger's equation. Exit code 4 on a difference."""
    import orjson

    from burnish.cli._show import quoted, several
    from burnish.storage.verify import verify as differences
    from burnish.texts import terminal

    found = differences(out)
    if as_json:
        rows = [{"file": terminal(str(d.name), 1_000), "what": terminal(d.what, 1_000)} for d in found]
        typer.echo(orjson.dumps({"output": out, "differences": rows}).decode())
        return 4 if found else 0
    for difference in found[:MAX_SHOWN]:
        typer.echo(f"{terminal(str(difference.name), 200)}: {terminal(difference.what, 300)}")
    if not found:
        typer.echo(f"{quoted(out)}: every file is as committed, every ledger adds up")
        typer.echo(f"next: train on {quoted(out)}, or look at a pair's way in {quoted(out + '/.burnish/records')}")
        return 0
    typer.echo(f"error: {several(len(found), 'difference')} in {quoted(out)}.\n{_cure(found)}", err=True)
    return 4


def _cure(found: Sequence[Difference]) -> str:
    """What makes the output whole again. A run takes files of the right size as they are, so damaged ones must go."""
    from burnish.storage.layout import PLAN, SEAL

    if any(difference.name == PLAN for difference in found):
        return "Without its plan no run can go on here: start again with a new output folder."
    if all(difference.unfinished for difference in found):
        retry = any(d.name == SEAL and not d.what.startswith("missing") for d in found)
        return f"The run was stopped; continue with the same {'burnish retry' if retry else 'command'}."
    return "Delete what is damaged; then the same command makes those shards again."


COMMAND = verify
