"""``burnish eval arms``: options to a contest, its progress on stderr, what came of it."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from burnish.cli import _log
from burnish.cli import _options as opt

if TYPE_CHECKING:
    from burnish.proxy import Proxy

EVERY_S = 10.0
_WHAT = "What is compared"
_HOW = "How it is compared"


Exam = Annotated[
    list[str],
    typer.Option(
        metavar="[FIELD=]PATH", help="Pairs whose text, or that field of theirs, is right; SRC: some are held out."
    ),
]
Arms = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", rich_help_panel=_WHAT, help="An arm, or the TOML of a mixture; all if not given."),
]
Below = Annotated[
    float | None, typer.Option(metavar="X", rich_help_panel=_WHAT, help="Threshold of the filter; SRC's own.")
]
Role = Annotated[
    str, typer.Option(metavar="ROLE", rich_help_panel=_WHAT, help="Synthetic captions; the commonest if not given.")
]
Sizes = Annotated[
    str, typer.Option(metavar="N,N,...", rich_help_panel=_WHAT, help="Pairs; a quarter, half and all if not given.")
]
HeldOut = Annotated[
    float, typer.Option(metavar="SHARE", rich_help_panel=_WHAT, help="Of SRC's pictures, for exams from SRC.")
]
Proxies = Annotated[
    str, typer.Option(metavar="NAMES", rich_help_panel=_HOW, help="What is trained; several joined by commas.")
]
Options = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", rich_help_panel=_HOW, help="An option of the proxy, as steps=80."),
]
Seeds = Annotated[int, typer.Option(metavar="N", min=2, rich_help_panel=_HOW, help="Trainings of each.")]
Cut = Annotated[int, typer.Option(metavar="K", min=1, rich_help_panel=_HOW, help="Recall at K.")]
Workers = Annotated[int, typer.Option(metavar="N", min=0, rich_help_panel=_HOW, help="Trainings at a time.")]


def arms(  # noqa: PLR0913 - options are arguments here
    src: Annotated[str, typer.Argument(metavar="SRC", help="Output of burnish with all texts side by side.")],
    *,
    output: Annotated[str, typer.Option("-o", "--output", metavar="OUT", help="Page, figures, trainings; resumes.")],
    exam: Exam,
    arm: Arms = None,
    below: Below = None,
    caption: Role = "",
    sizes: Sizes = "",
    held_out: HeldOut = 0.2,
    proxy: Proxies = "frozen_towers",
    assignments: Options = None,
    seeds: Seeds = 5,
    cut: Cut = 5,
    workers: Workers = 1,
    as_json: opt.Json = False,
) -> None:
    """Does it help? Train a small model on each of several texts for the same pictures, and compare with error bars."""
    import orjson

    from burnish.arms import asked, contest

    wanted = contest.Contest(
        source=src,
        output=output,
        exams=asked.read(exam, src, held_out=held_out),
        arms=tuple(arm or ()),
        proxies=_proxies(proxy, assignments or ()),
        seeds=seeds,
        sizes=_numbers(sizes),
        below=below,
        caption=caption,
        cut=cut,
        workers=workers,
    )
    found = contest.run(wanted, _progress())
    if as_json:
        typer.echo(orjson.dumps(found).decode())
        return
    for line in _lines(found):
        typer.echo(line)
    where = shlex.quote(output)
    typer.echo(f"next: open {where}/{contest.PAGE}")
    typer.echo(f"an arm as a training set: burnish mix -o TRAIN --mixture {where}/{contest.MIXTURES}/ARM-N.toml")


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Two tables and what follows, for each proxy."""
    from burnish.arms import page

    for name in found["proxies"]:
        for rows in list(page.tables(found, name))[:2]:
            widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
            for row in rows:
                cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
                yield f"{row[0]:<{widths[0]}}  {'  '.join(cells)}"
        yield from page.said(found, name)
    yield from (f"left out: {arm} ({why})" for arm, why in found["left_out"].items())


def _numbers(text: str) -> tuple[int, ...]:
    from burnish.errors import UsageError

    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise UsageError(f"--sizes takes numbers of pairs joined by commas, not {text!r}.") from None


def _proxies(given: str, assignments: Sequence[str]) -> dict[str, Proxy]:
    from burnish import plan
    from burnish import proxy as proxies
    from burnish.errors import UsageError

    names = [name.strip() for name in given.split(",") if name.strip()]
    if assignments and len(names) > 1:
        raise UsageError("--set is for one proxy: give one with --proxy, the others in further runs into the same OUT.")
    options: dict[str, object] = {}
    for assignment in assignments:
        options |= plan.override(assignment)
    return {name: proxies.load(name, options) for name in names}


def _progress() -> Callable[[str, int, int], None]:
    """A line on stderr now and then, with what is left by the time it took so far."""
    begun: dict[str, tuple[float, int]] = {}
    last = 0.0

    def tell(proxy: str, done: int, whole: int) -> None:
        nonlocal last
        now = time.monotonic()
        started, first = begun.setdefault(proxy, (now, done))
        if _log.is_quiet() or (now - last < EVERY_S and done < whole):
            return
        last = now
        left = (now - started) / (done - first) * (whole - done) if first < done < whole else 0.0
        typer.echo(f"{proxy}: {done:,} of {whole:,} trainings{f', {left / 60:.0f} min left' * (left > 0)}", err=True)

    return tell
