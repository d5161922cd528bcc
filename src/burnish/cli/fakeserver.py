"""``burnish fakeserver``: an OpenAI-compatible server on loopback that only pretends to hold a model."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer

from burnish.cli import _options as opt
from burnish.fakeserver.settings import Ability, Settings

if TYPE_CHECKING:
    from burnish.fakeserver import FakeServer


def fakeserver(
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- COMMAND ...]", help="Run this against it, then end with its exit code."),
    ] = None,
    *,
    config: Annotated[str | None, typer.Option(metavar="FILE", help="Settings in TOML; flags win.")] = None,
    unsupported: Annotated[
        Ability | None, typer.Option(help="What every --no-... makes of a request: pass over it, or 400.")
    ] = None,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="List the kinds of faults and end.")] = False,
    as_json: opt.Json = False,
    **told: Any,
) -> int:
    """Serve made-up answers over HTTP like an OpenAI-compatible server. For tests and CI: no model inside.

    COMMAND finds it in OPENAI_BASE_URL and OPENAI_API_KEY. Stop it with Ctrl-C. Needs the extra [openai].
    """
    from burnish.fakeserver import FakeServer, hosting
    from burnish.fakeserver.settings import resolve

    if list_faults:
        typer.echo(_faults(as_json=as_json))
        return 0
    server = FakeServer(resolve(config, _given(told, unsupported)))
    with server:
        if command:
            code = hosting.beside(server, command)
        else:
            code = 0
            for _ in hosting.until_told():
                typer.echo(_greeting(server, as_json=as_json))
    typer.echo(_farewell(server, as_json=as_json), err=bool(command))  # stdout is the command's
    return code


def _given(told: dict[str, Any], unsupported: Ability | None) -> dict[str, Any]:
    """What the flags say of settings: None where nothing was said."""
    from burnish.errors import UsageError

    if unsupported is Ability.ON:
        raise UsageError("fakeserver: --unsupported is ignored or refused.")
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    given: dict[str, Any] = {name: value or None for name, value in told.items() if isinstance(value, list | bool)}
    for name, value in told.items():
        if value is True and isinstance(fields[name].default, Ability):
            given[name] = unsupported or fields[name].metadata["off"]
    return {**told, **given}


def _greeting(server: FakeServer, *, as_json: bool) -> str:
    import os

    import orjson

    told = server.settings
    if as_json:
        facts = {"url": server.url, "port": server.port, "pid": os.getpid(), "model": told.model_id, "fake": True}
        return orjson.dumps({**facts, "mode": told.answer_mode}).decode()
    return (
        f"burnish fakeserver at {server.url}: fake, no model inside (mode {told.answer_mode}, model {told.model_id})\n"
        f"counts at {server.root}/stats; stop with Ctrl-C"
    )


def _farewell(server: FakeServer, *, as_json: bool) -> str:
    import orjson

    stats = server.stats()
    if as_json:
        return orjson.dumps(stats).decode()
    return (
        f"fakeserver: {stats['calls']} calls, {stats['billed_calls']} billed ({stats['billed_unseen']} unseen), "
        f"{stats['prompt_tokens']} + {stats['completion_tokens']} tokens, at most {stats['max_in_flight']} in flight"
    )


def _faults(*, as_json: bool) -> str:
    import orjson

    from burnish.fakeserver import faults

    known = faults.load().values()
    if as_json:
        rows = [{"name": f.name, "stage": f.stage, "billed": f.billed, "about": f.about} for f in known]
        return orjson.dumps({"faults": rows}).decode()
    lines = [f"{f.name:<20} {'billed' if f.billed else '      '} {f.about}" for f in known]
    return "\n".join([*lines, "next: burnish fakeserver --fault 'status_429@3' --fault 'hang@10-12'"])


def _flag(field: dataclasses.Field[Any]) -> tuple[Any, Any]:
    """The option for one setting: its type and its default, None for "not given"."""
    about, dashed = field.metadata["about"], field.name.replace("_", "-")
    if isinstance(field.default, Ability):
        about = f"Be a server without {about[0].lower()}{about[1:]}"
        return Annotated[bool, typer.Option(f"--no-{dashed}", help=about)], False
    if isinstance(field.default, bool):
        return Annotated[bool, typer.Option(f"--{dashed}", help=about)], False
    if isinstance(field.default, tuple):
        return Annotated[list[str] | None, typer.Option("--fault", metavar="KIND@WHEN", help=about)], None
    shown = f"{about} [{field.default}]" if field.default != "" else about
    return Annotated[type(field.default) | None, typer.Option(f"--{dashed}", help=shown)], None


def _with_flags() -> None:
    """One option for each setting: the settings are their only home."""
    own = inspect.signature(fakeserver)
    flags = {field.name: _flag(field) for field in dataclasses.fields(Settings)}
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter(name, keyword, default=default, annotation=kind) for name, (kind, default) in flags.items()
    ]
    named = [p for p in own.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    fakeserver.__signature__ = own.replace(parameters=[*named, *added])  # type: ignore[attr-defined]
    hints = {name: kind for name, kind in fakeserver.__annotations__.items() if name != "told"}
    fakeserver.__annotations__ = {**hints, **{name: kind for name, (kind, _) in flags.items()}}


_with_flags()
COMMAND = fakeserver
