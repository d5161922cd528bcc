"""``burnish recaption``: new captions in controlled formats beside the texts."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from burnish.cli._derived import like
from burnish.cli.enhance import enhance

_PANEL = "What is written"


@like(enhance, without={"recipe", "fuse", "claims"})  # the one is chosen here, the others are about rewrites
def recaption(
    *,
    formats: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAMES",
            rich_help_panel=_PANEL,
            help="Joined by commas: ssc,dsc,dsc+,afc (burnish list formats).",
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="WHICH",
            rich_help_panel=_PANEL,
            help='Which pairs: missing, empty, "below 3", "role alt"; joined by " and ".',
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            rich_help_panel=_PANEL,
            help="Its caption takes the place of the text; not given: the text stays.",
        ),
    ] = None,
    tokenizer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=_PANEL,
            help="Whose tokens count: words, open_clip, or a path to a tokenizer.json.",
        ),
    ] = None,
    **options: Any,
) -> int:
    """Write new captions in controlled formats beside the text of every pair, or of those asked for.

    Needs a model that writes: --backend openai, transformers, vllm or your own. A caption that misses its format is
    asked for once more, then cut at the end of a sentence, or else not written; every such case is counted.
    """
    own = {"formats": formats, "only": only, "text": text, "tokenizer": tokenizer}
    said = [f"recaption.{key}={json.dumps(v, ensure_ascii=False)}" for key, v in own.items() if v is not None]
    assignments = [*(options.pop("assignments") or ()), *said]
    return enhance(**options, recipe="recaption", assignments=assignments)


COMMAND = recaption
