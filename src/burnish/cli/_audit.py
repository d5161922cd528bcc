"""``burnish eval audit``: which yes/no questions tell good pairs from bad ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from burnish.cli import _options as opt
from burnish.cli._judges import listed, numbers, put

if TYPE_CHECKING:
    from burnish.evals.audit import Audited, Question, Said


def audit(  # noqa: PLR0913 - options are arguments here
    src: Annotated[str, typer.Argument(metavar="SRC", help="Pairs, some of them labelled.")],
    *,
    labels: Annotated[str, typer.Option(metavar="FILE", help="CSV or JSONL with key and good (1 or 0).")],
    questions: Annotated[str, typer.Option(metavar="FILE", help="CSV or JSONL with name and question (docs/eval.md).")],
    backend: Annotated[str, typer.Option(metavar="NAME", help="Who is asked (burnish list backends).")],
    operators: Annotated[
        str, typer.Option(metavar="NAMES", help="Ask weak ones again with these figures in the prompt, or with all.")
    ] = "",
    seeds: Annotated[str, typer.Option(metavar="N,N", help="Of the halving into fitted and left out.")] = "0,1,2",
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="DIR", help="Write criteria of the strong ones there.")
    ] = None,
    assignments: opt.Assignments = None,
    as_json: opt.Json = False,
) -> None:
    """Rank yes/no questions by how well they tell labelled good pairs from bad ones; strong ones become criteria."""
    import orjson

    from burnish import backends, discovery, plan
    from burnish import operators as figures
    from burnish.evals import audit as measure
    from burnish.evals.labels import read_labels
    from burnish.evals.scenarios._pictures import shown

    halvings, known, asked = numbers("--seeds", seeds), read_labels(labels), measure.read_questions(questions)
    settings = plan.build({"source": src, "backend": backend}, *map(plan.override, assignments or ()))
    told = discovery.names("operators") if operators == "all" else list(listed(operators))
    for name in told:  # a wrong name is said before anything is paid for
        figures.load(name)
    model = backends.load(settings.backend, settings.backend_options)

    def ask(put: Sequence[Question]) -> dict[str, dict[str, Said]]:
        return measure.ask(model, put, shown(src, model.side_px, lambda pair: pair.key in known))

    said = ask(asked)
    found = measure.audit(asked, said, known, halvings)
    if again := measure.helped(found, told):
        said |= ask(again)
        found = measure.best(measure.audit([*asked, *again], said, known, halvings))
    written = dict(measure.criterion_files(found)) if output is not None else {}
    if output is not None and written:
        put(output, {name: content.encode() for name, content in written.items()})
    if as_json:
        typer.echo(orjson.dumps([_json(each) for each in found]).decode())
    else:
        typer.echo("\n".join(_lines(found)))
        typer.echo(_next(found, output, tuple(written)))


def _json(each: Audited) -> dict[str, Any]:
    return {
        "name": each.question.name,
        "question": each.question.question,
        "measured": each.question.measured,
        "strong": each.strong,
        "yes_is_good": each.yes_is_good,
        "balanced_accuracy": each.accuracy.as_json(),
        "low_of_all": each.low_of_all,
        "unanswered": each.unanswered.as_json(),
    }


def _lines(found: Sequence[Audited]) -> Iterator[str]:
    yield "            balanced accuracy (95 %)      over seeds  yes is  no answer      n  question"
    for each in found:
        told = each.accuracy
        value = "-" if told.value is None else f"{told.value:.3f} ({told.low or 0:.3f} to {told.high or 1:.3f})"
        spread = "-" if told.spread is None else f"{told.spread:.3f}"
        grade = "strong" if each.strong else "weak"
        yields = "good" if each.yes_is_good else "bad"
        yield (
            f"{grade:<8}{value:>28}{spread:>16}{yields:>8}{each.unanswered.value or 0:>11.1%}"
            f"{told.pictures:>7,}  {each.question.key}"
        )


def _next(found: Sequence[Audited], output: str | None, written: Sequence[str]) -> str:
    """What to do with the strong ones and the weak ones."""
    weak = [each.question.name for each in found if not each.strong]
    said = []
    if weak:
        said.append(
            f"weak: {', '.join(weak)}. The model cannot tell these, or they do not matter for your labels. If they\n"
            "matter, ask them again with figures that a program takes of the pair: --operators all"
        )
    if written:
        said.append(f"next, in {output}: burnish enhance SRC -o OUT --recipe audited:RECIPE --backend NAME")
    elif output is None and len(weak) < len(found):
        said.append("next: the same with -o DIR, which writes the strong ones as criteria and a recipe of them")
    return "\n".join(said)
