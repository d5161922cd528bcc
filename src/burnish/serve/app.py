"""The application: routes, what they take and give, and how errors look."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import FastAPI, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from pydantic import ValidationError
from starlette.exceptions import HTTPException

import burnish
from burnish.errors import BurnishError
from burnish.serve import meters
from burnish.serve.dispatch import Dispatch, FullError
from burnish.serve.meters import Meters
from burnish.serve.schema import Answered, Error, Health, PairIn, Refused, first_wrong
from burnish.serve.stream import MEDIA_TYPE, Answer, Lines
from burnish.serve.worker import ROUTES, refused
from burnish.values import Fault, Origin, Reason
from burnish.web.asgi import error_body

_JSON = "application/json"
_DOES: Mapping[str, str] = {
    "assess": "Score one pair by every criterion; its text stays.",
    "enhance": "Keep a good text, rewrite a bad one as little as needed, verify the rewrite.",
    "recaption": "Write new captions in controlled formats beside the text.",
}
_ABOUT = (
    "Image-text pairs in, the same answers out as a run of burnish writes. A pair that would go into quarantine is "
    "answered with status 200 and the reason it would have there."
)
_CANNOT, _FULL, _STOPPED = 409, 503, 503
_OFTEN = "Retry-After says when to come again."


class Serving(Protocol):
    """What the application needs of the service round it."""

    @property
    def draining(self) -> bool:
        """Whether it is about to end."""
        ...

    @property
    def identity(self) -> str:
        """The model's."""
        ...

    @property
    def cannot(self) -> Mapping[str, str]:
        """By route why the model cannot do it; "" if it can."""
        ...

    @property
    def max_line_bytes(self) -> int:
        """Of one line of a stream."""
        ...


def build(service: Serving, dispatch: Dispatch, counts: Meters) -> FastAPI:
    """The application over `dispatch`."""
    app = FastAPI(
        title="burnish",
        version=burnish.__version__,
        description=_ABOUT,
        docs_url=None,  # those pages load scripts from another site
        redoc_url=None,
        dependencies=[Security(HTTPBearer(auto_error=False, description="The server's token, where it has one."))],
        responses={401: {"model": Error, "description": "The token is missing or wrong."}},
    )
    for route in ROUTES:
        _add_one(app, route, (service, dispatch, counts))
        _add_many(app, route, (service, dispatch, counts))
    _add_health(app, service, dispatch)
    _add_metrics(app, counts)
    _add_errors(app, counts)
    return app


def _error(status: int, reason: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(error_body(reason, detail), status, headers, _JSON)


def _told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    meant = {
        400: "The body is no JSON.",
        408: "The body did not come.",
        409: "The model cannot do this.",
        413: "The body is too large.",
        422: "The request has another form.",
        503: f"Too much waits, or the environment failed. {_OFTEN}",
    }
    return {status: {"model": Error, "description": meant[status]} for status in statuses}


def _add_one(app: FastAPI, route: str, parts: tuple[Serving, Dispatch, Meters]) -> None:
    service, dispatch, counts = parts

    async def one(body: PairIn) -> Response:
        if service.cannot.get(route):
            return _error(_CANNOT, "cannot", service.cannot[route])
        started = time.monotonic()
        try:
            done = await dispatch.take(route, body.pair())
        except FullError as full:
            counts.refused("full")
            again = {"retry-after": str(full.wait_s)}
            return _error(_FULL, "full", "more waits than this server takes.", again)
        except BurnishError as error:
            counts.refused("stopped")
            return _error(_STOPPED, "stopped", str(error), {"retry-after": str(dispatch.wait_s())})
        counts.took(route, time.monotonic() - started)
        return Response(done.body, media_type=_JSON)

    app.add_api_route(
        f"/v1/{route}",
        one,
        methods=["POST"],
        summary=_DOES[route],
        operation_id=route,
        response_model=Answered | Refused,
        responses=_told(400, 408, 409, 413, 422, 503),
    )


def _add_many(app: FastAPI, route: str, parts: tuple[Serving, Dispatch, Meters]) -> None:
    service, dispatch, _ = parts

    async def take(line: bytes | None) -> Answer:
        if line is None:
            return refused(_bad(Reason.TOO_LARGE, f"a line of more than {service.max_line_bytes:,} bytes"))
        try:
            pair = PairIn.model_validate(json.loads(line)).pair()  # pydantic's own parser knows no lone surrogates
        except ValidationError as error:
            return refused(_bad(Reason.BAD_LINE, first_wrong(error.errors())))
        except (ValueError, RecursionError) as error:
            return refused(_bad(Reason.BAD_LINE, f"no JSON: {error}"))
        return await dispatch.take_when_free(route, pair)

    async def many() -> Response:
        if service.cannot.get(route):
            return _error(_CANNOT, "cannot", service.cannot[route])
        return Lines(take, service.max_line_bytes, lambda: service.draining)

    app.add_api_route(
        f"/v1/{route}/batch",
        many,
        methods=["POST"],
        summary=f"The same for JSON lines, answered line by line, in order, while they come. {_DOES[route]}",
        operation_id=f"{route}_batch",
        response_class=Response,
        responses={
            200: {
                "description": "One answer a line; the last line is an error if the stream ended before its end.",
                "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
            },
            **_told(409, 413),
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": f"A body of /v1/{route} a line.",
                "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
            }
        },
    )


def _bad(reason: Reason, detail: str) -> Fault:
    """A line that is no pair; where it stands its sender can count."""
    return Fault(origin=Origin(source="request", shard="request", ordinal=0), key="", reason=reason, detail=detail)


def _add_health(app: FastAPI, service: Serving, dispatch: Dispatch) -> None:
    def told() -> Health:
        return Health(
            live=True,
            ready=not service.draining,
            draining=service.draining,
            waiting=dispatch.waiting,
            model=service.identity,
            version=burnish.__version__,
        )

    async def health() -> Health:
        return told()

    async def ready(response: Response) -> Health:
        response.status_code = _STOPPED if service.draining else 200
        return told()

    app.add_api_route("/health", health, summary="How the server is.", operation_id="health")
    app.add_api_route("/health/live", health, summary="Whether it answers at all.", operation_id="health_live")
    app.add_api_route(
        "/health/ready",
        ready,
        summary="Whether it takes pairs.",
        operation_id="health_ready",
        responses={503: {"model": Health, "description": "It is about to end."}},
    )


def _add_metrics(app: FastAPI, counts: Meters) -> None:
    async def metrics() -> Response:
        return Response(counts.text(), media_type=meters.CONTENT_TYPE)

    app.add_api_route(
        "/metrics",
        metrics,
        summary="Counts in Prometheus' text format.",
        operation_id="metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )


def _add_errors(app: FastAPI, counts: Meters) -> None:
    async def wrong_form(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        counts.refused("bad_request")
        return _error(422, "bad_request", first_wrong(error.errors()))

    async def refused_by_routing(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        counts.refused(str(error.status_code))
        return _error(error.status_code, "not_served", str(error.detail), error.headers)

    app.add_exception_handler(RequestValidationError, wrong_form)
    app.add_exception_handler(HTTPException, refused_by_routing)
