"""``burnish negatives``: training samples of contrasting quality for a judge and an enhancer."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import typer

from burnish.cli import _options as opt

_MODELS = "Models"
_WHAT = "What is made"


def _option(name: str, panel: str, text: str, *flags: str) -> Any:
    return typer.Option(*flags, metavar=name, rich_help_panel=panel, help=text)


Backend: TypeAlias = Annotated[
    str | None, _option("NAME", _MODELS, "Assesses pairs without scores and mends bad ones.")
]
Judge: TypeAlias = Annotated[
    str | None, _option("NAME", _MODELS, "Says whether a caption is worse; the backend if not given.")
]
Teacher: TypeAlias = Annotated[
    str | None, _option("NAME", _MODELS, "Writes captions that are worse, and missing rewrites.")
]
Ways: TypeAlias = Annotated[str | None, _option("NAME,...", _WHAT, "In which ways captions are made worse; all.")]
Tasks: TypeAlias = Annotated[str | None, _option("NAME,...", _WHAT, "What is taught: assess, rewrite, joint.")]
Form: TypeAlias = Annotated[str | None, _option("NAME,...", _WHAT, "ours, llava, swift, trl.")]
Balance: TypeAlias = Annotated[str | None, _option("WHAT", _WHAT, "Equally many of all kinds, scores, or none.")]
Seed: TypeAlias = Annotated[int | None, _option("N", _WHAT, "Decides every draw.")]
Settings: TypeAlias = Annotated[
    list[str] | None, _option("KEY=VALUE", _WHAT, "A setting of docs/negatives.md; may be repeated.", "--set")
]


def negatives(  # noqa: PLR0913 - options are arguments here
    src: opt.Source = None,
    *,
    output: opt.Output = None,
    backend: Backend = None,
    judge: Judge = None,
    teacher: Teacher = None,
    ways: Ways = None,
    tasks: Tasks = None,
    form: Form = None,
    balance: Balance = None,
    seed: Seed = None,
    assignments: Settings = None,
    workers: opt.Workers = None,
    price_in: opt.PriceIn = None,
    price_out: opt.PriceOut = None,
    max_cost: opt.MaxCost = None,
    max_tokens: opt.MaxTokens = None,
    as_json: opt.Json = False,
) -> None:
    """Write training samples: good and bad captions as found, worse ones made of the good, rewrites of the bad.

    A made caption is kept only if a judge, not told which is which, finds it worse. The same command goes on after any
    stop.
    """
    from burnish.cli import _negatives

    given = {
        "backend": backend,
        "judge": judge,
        "teacher": teacher,
        "ways": ways,
        "tasks": tasks,
        "forms": form,
        "balance": balance,
        "seed": seed,
    }
    named: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    costs = {"price_in": price_in, "price_out": price_out, "max_cost": max_cost, "max_tokens": max_tokens}
    named["cost"] = {name: value for name, value in costs.items() if value is not None}
    call = _negatives.Call(source=src or "", output=output or "", workers=workers or 0)
    typer.echo(_negatives.run(call, named, assignments or (), as_json=as_json))


COMMAND = negatives
