"""Options that several commands have, said once."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

_ASKED = "What else the model is asked"
_COST = "What it may cost"
_WHERE = "Where it runs"
_WEB = "Lists of URLs"

Source: TypeAlias = Annotated[
    str | None, typer.Argument(metavar="SRC", help="Folder, file, pattern (a/{00000..00099}.tar) or URL.")
]
Output: TypeAlias = Annotated[
    str | None, typer.Option("-o", "--output", metavar="OUT", help="Where to write; the same command resumes.")
]
Store: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Form of the source; found by looking if not given.")
]
Backend: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Model: a name (burnish list backends) or package.module:object.")
]
Recipe: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="What is asked of the model (burnish list recipes).")
]
Ocr: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--ocr/--no-ocr", rich_help_panel=_ASKED, help="Read the writing in images; rewrites are held against it."
    ),
]
Fuse: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--fuse/--no-fuse",
        rich_help_panel=_ASKED,
        help="A rewrite may take in what the image shows (models that write).",
    ),
]
Claims: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--claims/--no-claims",
        rich_help_panel=_ASKED,
        help="Check what a low caption says, claim by claim; only what is refuted may be rewritten.",
    ),
]
Explain: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--explain/--no-explain",
        rich_help_panel=_ASKED,
        help="A reason for each caption that stands low, in the model's words.",
    ),
]
Blind: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--blind/--no-blind",
        rich_help_panel=_ASKED,
        help="Score without the image too, to show which scores do not need it.",
    ),
]
Fetch: TypeAlias = Annotated[
    bool | None,
    typer.Option("--fetch/--no-fetch", rich_help_panel=_WEB, help="Fetch the images of a list of URLs."),
]
FetchAllow: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="CIDR", rich_help_panel=_WEB, help="Networks of your own that may be asked too, joined by commas."
    ),
]
Entities: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="TABLE",
        rich_help_panel=_ASKED,
        help="Names that must survive, with aliases: CSV, JSONL or Parquet (docs/entities.md).",
    ),
]
Assignments: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any setting (burnish config show lists them); may be repeated."),
]
How: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting that changes no output, as batch_size; repeatable."),
]
Config: TypeAlias = Annotated[
    str | None, typer.Option(metavar="FILE", help="Settings in TOML, as burnish config show --toml prints.")
]
Workers: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=0, rich_help_panel=_WHERE, help="Processes; 0 is one a core. Never changes the output."
    ),
]
Engine: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="NAME", rich_help_panel=_WHERE, help="local, or ray (docs/ray.md). Never changes the output."),
]
Limit: TypeAlias = Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the first N pairs.")]
PriceIn: TypeAlias = Annotated[
    float | None,
    typer.Option("--price-in", metavar="X", min=0, rich_help_panel=_COST, help="Price of a million prompt tokens."),
]
PriceOut: TypeAlias = Annotated[
    float | None,
    typer.Option("--price-out", metavar="X", min=0, rich_help_panel=_COST, help="Price of a million written tokens."),
]
MaxCost: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--max-cost", metavar="X", min=0, rich_help_panel=_COST, help="Stop, to be continued, before it costs more."
    ),
]
MaxTokens: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--max-tokens", metavar="N", min=0, rich_help_panel=_COST, help="Stop, to be continued, before it uses more."
    ),
]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Try 50 pairs, estimate, write nothing.")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
OutputFolder: TypeAlias = Annotated[str, typer.Argument(metavar="OUT", help="Output folder of an earlier run.")]
