"""``burnish eval captions``: captions against references, by role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from burnish.cli import _options as opt
from burnish.cli._judges import owned

if TYPE_CHECKING:
    from burnish.evals.captions import Sheet
    from burnish.evals.figures import Figure


def captions(
    out: Annotated[str, typer.Argument(metavar="OUT", help="An output of burnish, or any source of pairs.")],
    *,
    truth: Annotated[str, typer.Option(metavar="SCENES", help="References: what is true of these scenes.")] = "",
    references: Annotated[
        str, typer.Option(metavar="FILE", help="References: CSV or JSONL with key and caption, several rows a key.")
    ] = "",
    encoder: Annotated[
        str,
        typer.Option(metavar="NAME[:WHERE]", help="CLIPScore too, by transformers:FOLDER, open_clip:MODEL, builtin."),
    ] = "",
    assignments: opt.Assignments = None,
    as_json: opt.Json = False,
) -> None:
    """Hold captions against reference captions: BLEU, ROUGE-L, CIDEr-D; and against pictures: CLIPScore."""
    import orjson

    from burnish.errors import UsageError
    from burnish.evals import captions as measure
    from burnish.evals import encoders

    if bool(truth) == bool(references):
        raise UsageError("references are needed, from one place.\nGive --truth SCENES or --references FILE")
    given = measure.of_scenes(truth) if truth else measure.of_table(references)
    towers = encoders.load(encoder, owned(assignments or [], ("encoder",))["encoder"]) if encoder else None
    found = measure.measure(out, given, towers)
    if as_json:
        rows = {
            role: {"bare": sheet.bare, **{each.of: each.as_json() for each in figures}}
            for role, (sheet, figures) in found.items()
        }
        typer.echo(orjson.dumps(rows).decode())
    else:
        typer.echo("\n".join(_lines(found)))


def _lines(found: Mapping[str, tuple[Sheet, list[Figure]]]) -> Iterator[str]:
    from burnish.evals.judges_page import told

    for role, (sheet, figures) in found.items():
        bare = f"; {sheet.bare:,} without a reference" if sheet.bare else ""
        yield f"{role}: {len(sheet.said):,} captions{bare}"
        yield from (f"  {each.of:<16}{told(each)}" for each in figures)
    yield "cider_d from 0 to 10, CLIPScore to 2.5, the others to 1; 95 % intervals over pictures (docs/eval_models.md)"
