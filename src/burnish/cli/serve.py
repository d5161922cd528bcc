"""``burnish serve``: the same answers over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from burnish.cli import _web
from burnish.cli._derived import like
from burnish.cli.enhance import enhance, plan_of
from burnish.serve.settings import Settings

if TYPE_CHECKING:
    from burnish.serve.service import Service

_TAKES = "What it takes in"
_DEFAULT = Settings()


def _taking(name: str, about: str) -> typer.models.OptionInfo:
    """An option for a setting of the service, whose default is said there alone."""
    info: typer.models.OptionInfo = typer.Option(
        f"--{name.replace('_', '-')}",
        metavar="N",
        rich_help_panel=_TAKES,
        help=f"{about} [{getattr(_DEFAULT, name):g}]",
    )
    return info


@like(enhance, without={"src", "output", "store", "fetch", "fetch_allow", "engine", "limit", "dry_run"})
def serve(  # noqa: PLR0913 - options are arguments here
    *,
    bind: _web.Bind = None,
    token_file: _web.TokenFile = None,
    allow_host: _web.AllowHost = None,
    max_body_mb: Annotated[int | None, _taking("max_body_mb", "MiB of one pair as JSON; an image takes 4/3.")] = None,
    max_waiting: Annotated[int | None, _taking("max_waiting", "Pairs that may wait; then 503.")] = None,
    max_waiting_mb: Annotated[int | None, _taking("max_waiting_mb", "MiB of pairs that may wait.")] = None,
    max_rate: Annotated[float | None, _taking("max_rate", "Requests a second of one address; 0: any.")] = None,
    max_connections: Annotated[int | None, _taking("max_connections", "Connections at once.")] = None,
    **options: Any,
) -> int:
    """Serve /v1/assess, /v1/enhance and /v1/recaption over HTTP, with the answers a run would write.

    Listens on 127.0.0.1; elsewhere only with a token. SIGTERM or Ctrl-C: answers what it has accepted, then ends. Needs
    the extra [serve].
    """
    told: dict[str, Any] = {
        "max_body_mb": max_body_mb,
        "max_waiting": max_waiting,
        "max_waiting_mb": max_waiting_mb,
        "max_rate": max_rate,
        "max_connections": max_connections,
    }
    from burnish.serve.service import Service, streams
    from burnish.web import Guards

    as_json = options.pop("as_json")
    settings = Settings(**{name: value for name, value in told.items() if value is not None})
    guards = Guards(**_web.guarding(bind, token_file, allow_host), limits=settings.limits, streams=streams())
    with Service(plan_of(options), settings) as service:
        service.run(guards, lambda url: typer.echo(_greeting(url, service, as_json=as_json)))
    return 0


def _greeting(url: str, service: Service, *, as_json: bool) -> str:
    import os

    import orjson

    able = [route for route, why in service.cannot.items() if not why]
    if as_json:
        return orjson.dumps({"url": url, "pid": os.getpid(), "model": service.identity, "routes": able}).decode()
    routes = ", ".join(f"/v1/{route}" for route in able)
    return (
        f"burnish serve at {url} ({service.identity or 'no model'})\n"
        f"pairs to {routes}; what they look like: {url}/openapi.json; stop with Ctrl-C"
    )


COMMAND = serve
