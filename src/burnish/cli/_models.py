"""``burnish eval models``: what a model sees in pictures, where that is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli._judges import listed, numbers, owned, put

if TYPE_CHECKING:
    from burnish.evals.exams import Exam, Sitting
    from burnish.evals.models_page import Sat


def models(  # noqa: PLR0913 - options are arguments here
    *,
    exam: Annotated[
        str, typer.Option(metavar="NAMES", help="pope, options, mir, classification, retrieval; joined by commas.")
    ] = "pope",
    backend: Annotated[str, typer.Option(metavar="NAME", help="A model that is asked (burnish list backends).")] = "",
    encoder: Annotated[
        str, typer.Option(metavar="NAME[:WHERE]", help="Two towers: transformers:FOLDER, open_clip:MODEL, builtin.")
    ] = "",
    scenario: Annotated[
        str, typer.Option(metavar="NAME[:SRC]", help="scenes, scenes:SRC, pairs:SRC, clip_benchmark:FOLDER.")
    ] = "scenes",
    seeds: Annotated[str, typer.Option(metavar="N,N", help="Each has pictures of its own.")] = "0,1,2",
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Pictures of each seed; 0: all that a source has.")
    ] = 100,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="NAME", help="Write NAME.json, NAME.md, and clip_benchmark's JSON."),
    ] = None,
    assignments: opt.Assignments = None,
    as_json: opt.Json = False,
) -> None:
    """Examine a model: objects that are not there (POPE), options, alignment (MIR), zero-shot classes and retrieval."""
    import orjson

    from burnish.evals import exams, models_page

    drawn = numbers("--seeds", seeds)
    chosen = {name: exams.load(name) for name in listed(exam)}
    sitting = _sitting(chosen, (backend, encoder), assignments or (), (scenario, drawn, limit))
    sat = [
        models_page.Sat(exam=name, who=_who(sitting, each), marks=tuple(each.sit(sitting)))
        for name, each in chosen.items()
    ]
    rows = [
        {"exam": each.exam, "model": each.who, "scenario": scenario, **mark.as_json()}
        for each in sat
        for mark in each.marks
    ]
    if output is not None:
        _write(output, orjson.dumps(rows, option=orjson.OPT_INDENT_2), sat, scenario)
    typer.echo(orjson.dumps(rows).decode() if as_json else models_page.terminal(sat))


def _who(sitting: Sitting, exam: Exam) -> str:
    return sitting.towers.identity if exam.takes == "encoder" else sitting.asked.identity


def _sitting(
    chosen: Mapping[str, Exam],
    who: tuple[str, str],
    assignments: Sequence[str],
    what: tuple[str, tuple[int, ...], int],
) -> Sitting:
    """Raises `UsageError` where an exam has nobody to take it."""
    from burnish import backends
    from burnish.errors import UsageError
    from burnish.evals import encoders
    from burnish.evals.exams import Sitting

    given = owned(assignments, ("backend_options", "encoder", "scenario"))
    backend, encoder = who
    for name, exam in chosen.items():
        if not (backend if exam.takes == "backend" else encoder):
            example = "--backend openai" if exam.takes == "backend" else "--encoder transformers:FOLDER"
            raise UsageError(f"the exam {name} examines what --{exam.takes} names.\nExample: {example}")
    scenario, seeds, limit = what
    return Sitting(
        scenario=scenario,
        seeds=seeds,
        limit=limit,
        backend=backends.load(backend, given["backend_options"]) if backend else None,
        encoder=encoders.load(encoder, given["encoder"]) if encoder else None,
        options=given["scenario"],
    )


def _write(name: str, data: bytes, sat: Sequence[Sat], scenario: str) -> None:
    from burnish.evals import models_page

    folder, _, file = name.removesuffix(".json").removesuffix(".md").rpartition("/")
    files = {f"{file}.json": data + b"\n", f"{file}.md": models_page.page(sat).encode()}
    put(folder or ".", files | dict(_standard(file, sat, scenario)))


def _standard(file: str, sat: Sequence[Sat], scenario: str) -> Iterator[tuple[str, bytes]]:
    """Files as clip_benchmark writes them, one a task."""
    import orjson

    from burnish.evals import models_page

    for task, told in models_page.standard(sat, scenario).items():
        yield f"{file}.{task}.json", orjson.dumps(told) + b"\n"
