"""``burnish eval judges``: how good models are as judges, where the truth is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt

if TYPE_CHECKING:
    from burnish.evals.judges import Judge


def judges(  # noqa: PLR0913 - options are arguments here
    *,
    backend: Annotated[list[str], typer.Option(metavar="NAME[,NAME]", help="The judges (burnish list backends).")],
    scenario: Annotated[
        list[str], typer.Option(metavar="NAME[:SRC]", help="scenes, clipart, corrupted:SRC, labelled:SRC; repeatable.")
    ],
    labels: Annotated[str, typer.Option(metavar="FILE", help="For labelled: CSV or JSONL with key and good.")] = "",
    criterion: Annotated[str, typer.Option(metavar="NAMES", help="What is judged, joined by commas.")] = "overall",
    instruction: Annotated[str, typer.Option(metavar="NAMES", help="plain, no_examples, joint.")] = "plain",
    inferencer: Annotated[
        str, typer.Option(metavar="NAMES", help="expectation, argmax, written, pairs.")
    ] = "expectation",
    vary: Annotated[
        str, typer.Option(metavar="WHAT", help="What should not matter: order, alone, process, KEY=VALUE; or none.")
    ] = "order,alone",
    seeds: Annotated[str, typer.Option(metavar="N,N", help="Each has pictures of its own.")] = "0,1,2",
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Pictures of each scenario and seed.")] = 100,
    blind: Annotated[bool, typer.Option("--blind/--no-blind", help="Ask without the picture too.")] = True,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="NAME", help="Write NAME.json and NAME.md.")
    ] = None,
    assignments: opt.Assignments = None,
    as_json: opt.Json = False,
) -> None:
    """Measure judges: AUC by corruption, rank correlation, calibration, failures, flips; also without the picture."""
    import orjson

    from burnish.cli import _log
    from burnish.evals import judges as measure
    from burnish.evals import judges_page

    wanted = measure.Wanted(
        scenarios=tuple(scenario),
        criteria=listed(criterion),
        instructions=listed(instruction),
        inferencers=listed(inferencer),
        changes=() if vary == "none" else listed(vary),
        seeds=numbers("--seeds", seeds),
        limit=limit,
        labels=labels,
        blind=blind,
    )
    asked = list(_judges(backend, assignments or ()))
    rows = list(measure.measure(asked, wanted, lambda said: None if _log.is_quiet() else typer.echo(said, err=True)))
    found = orjson.dumps([row.as_json() for row in rows], option=orjson.OPT_INDENT_2)
    if output is not None:
        write(output, found, judges_page.page(rows))
    typer.echo(found.decode() if as_json else judges_page.terminal(rows))


def listed(names: str) -> tuple[str, ...]:
    """Names joined by commas, each once."""
    return tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))


def numbers(option: str, text: str) -> tuple[int, ...]:
    """Whole numbers joined by commas, each once. Raises `UsageError` for anything else."""
    from burnish.errors import UsageError

    found = listed(text)
    if not found or not all(number.isdecimal() for number in found):
        raise UsageError(f"{option} {text!r} names no whole numbers.\nExample: {option} 0,1,2")
    return tuple(map(int, found))


def owned(assignments: Sequence[str], owners: Sequence[str]) -> dict[str, dict[str, str]]:
    """``--set OWNER.KEY=VALUE`` by owner. Raises `UsageError` for another owner."""
    from burnish.errors import UsageError

    found: dict[str, dict[str, str]] = {owner: {} for owner in owners}
    for each in assignments:
        name, equals, value = each.partition("=")
        owner, _, key = name.partition(".")
        if owner not in found or not key or not equals:
            *most, last = [f"{owner}.KEY" for owner in owners]
            known = f"are {', '.join(most)} and {last}" if most else f"is {last}"
            raise UsageError(f"--set {each}: what can be set here {known}.")
        found[owner][key] = value
    return found


def write(name: str, data: bytes, page: str) -> None:
    """NAME.json and NAME.md, whatever of the two NAME ends in."""
    folder, _, file = name.removesuffix(".json").removesuffix(".md").rpartition("/")
    put(folder or ".", {f"{file}.json": data + b"\n", f"{file}.md": page.encode()})


def put(folder: str, files: Mapping[str, bytes]) -> None:
    """Each file whole or not at all, in a folder or at a URL that need not be there yet."""
    from burnish.storage.files import put_whole
    from burnish.storage.layout import new_run_id
    from burnish.storage.opening import open_files

    opened = open_files(folder)
    opened.make_folder("")
    for name, data in files.items():
        put_whole(opened, name, data, new_run_id())


def _judges(backends: Sequence[str], assignments: Sequence[str]) -> Iterator[Judge]:
    """Each with its options: ``backend_options.KEY=VALUE`` is every judge's, ``NAME.KEY=VALUE`` that one's alone."""
    from burnish.errors import UsageError
    from burnish.evals.judges import Judge

    names = [name for several in backends for name in listed(several)]
    given = [(key.rpartition("."), value) for key, _, value in (each.partition("=") for each in assignments)]
    for (owner, _, key), _ in given:
        if owner not in {"backend_options", *names} or not key:
            raise UsageError(
                f"--set {owner}.{key}: only options of the judges can be set here.\n"
                f"Example: --set backend_options.truth=SCENES, or --set {names[0]}.KEY=VALUE for one of several."
            )
    for name in names:
        yield Judge(
            name=name, options={key: value for (owner, _, key), value in given if owner in {"backend_options", name}}
        )
