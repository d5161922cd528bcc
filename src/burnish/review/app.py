"""The review as a web application: a page, its script and styles, and what they ask for. `burnish.web` guards it.

Everything that changes something carries a key that only this server's own page can read, beside the check of where a
request comes from. No answer holds markup, and no path comes from a client: files are named here, pictures by number.
"""

from __future__ import annotations

import secrets
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import orjson
from fastapi import Body, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from burnish.errors import BurnishError, StopError, UsageError
from burnish.review import labels
from burnish.review.decisions import MAX_NAME_CHARS, MAX_TEXT_CHARS, Action, ConflictError
from burnish.review.queries import MAX_PAGE, PAGE, After, Filter
from burnish.review.session import Review, Wish

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
KEY = "X-Review-Key"
_KINDS = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
_PAGES = {
    "/": ("review", "page.html"),
    "/review.js": ("review", "page.js"),
    "/elements.js": ("review", "elements.js"),
    "/asking.js": ("review", "asking.js"),
    "/cards.js": ("review", "cards.js"),
    "/agreement.js": ("review", "agreement.js"),
    "/review.css": ("review", "page.css"),
    "/icon.svg": ("review", "icon.svg"),
    "/report.css": ("report", "page.css"),
}
"""The report's looks are the review's too: one home for colours, badges and diffs."""
_FOREVER = "private, max-age=86400, immutable"


class Answer(Response):
    """JSON as the rest of burnish writes it."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Numbers that are none become null."""
        return orjson.dumps(content)


class Asked(BaseModel):
    """Filter, order and place of a page."""

    model_config = ConfigDict(extra="forbid")

    decision: str = ""
    reason: str = ""
    role: str = ""
    flag: str = ""
    language: str = Field("", max_length=12)
    shard: str = ""
    verdict: str = Field("", pattern="^(|accept|reject|edit|any|none)$")
    by: str = ""
    text: str = Field("", max_length=400)
    criterion: int = -1
    side: str = Field("after", pattern="^(before|after)$")
    low: float | None = None
    high: float | None = None
    order: str = Field("output", max_length=40)
    at: float | None = None
    id: int | None = None
    most: int = Field(PAGE, ge=1, le=MAX_PAGE)

    def filter(self) -> Filter:
        """Which pairs."""
        return Filter(**self.model_dump(exclude={"order", "at", "id", "most"}))

    def after(self) -> After | None:
        """Behind which row."""
        return None if self.at is None or self.id is None else After(value=self.at, id=self.id)


class Decided(BaseModel):
    """What a reviewer wants."""

    model_config = ConfigDict(extra="forbid")

    action: Action
    version: int = Field(ge=0)
    text: str = Field("", max_length=MAX_TEXT_CHARS)
    by: str = Field("", max_length=MAX_NAME_CHARS)


def make_app(review: Review) -> FastAPI:
    """The application for an open review."""
    app = FastAPI(title="burnish review", docs_url=None, redoc_url=None, openapi_url=None)
    _handlers(app)
    _pages(app)
    _questions(app, review)
    _summaries(app, review)
    _changes(app, review, secrets.token_urlsafe(24))
    return app


def _pages(app: FastAPI) -> None:
    def add(path: str, package: str, name: str) -> None:
        def page() -> Response:
            return Response(_text(package, name), media_type=_KINDS[name.rpartition(".")[2]])

        app.get(path)(page)

    for path, (package, name) in _PAGES.items():
        add(path, package, name)


def _questions(app: FastAPI, review: Review) -> None:
    @app.get("/api/pairs")
    def pairs(asked: Annotated[Asked, Query()]) -> Response:
        return Answer({"pairs": review.page(asked.filter(), asked.order, asked.after(), asked.most)})

    @app.get("/api/count")
    def count(asked: Annotated[Asked, Query()]) -> Response:
        return Answer({"pairs": review.queries.count(asked.filter())})

    @app.get("/api/pairs/{number}")
    def pair(number: int) -> Response:
        return Answer(review.pair(number))

    @app.get("/api/pairs/{number}/picture")
    def picture(number: int) -> Response:
        found = review.pictures.get(review.row(number))
        if found is None:
            return _error(404, "no_picture", "the picture was not found in its shard, or cannot be decoded.")
        return Response(found, media_type="image/webp", headers={"Cache-Control": _FOREVER})


def _summaries(app: FastAPI, review: Review) -> None:
    @app.get("/api/agreement")
    def agreement() -> Response:
        return Answer(review.agreement())

    @app.get("/api/labels/{name}")
    def exported(name: str) -> Response:
        if name not in labels.FORMS:
            return _error(404, "no_such_form", f"labels come as {', '.join(labels.FORMS)}.")
        content = labels.FORMS[name](labels.rows(review.reviewed()))
        sent = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type="application/octet-stream", headers=sent)


def _changes(app: FastAPI, review: Review, key: str) -> None:
    @app.get("/api/overview")
    def overview() -> Response:
        return Answer({**review.overview(), "key": key})

    @app.get("/api/progress")
    def progress() -> Response:
        return Answer({**review.progress(), "languages_known": review.languages.known()})

    @app.post("/api/pairs/{number}/decision")
    def decide(
        number: int, wanted: Annotated[Decided, Body()], shown: Annotated[str, Header(alias=KEY)] = ""
    ) -> Response:
        if not secrets.compare_digest(shown.encode("utf-8", "replace"), key.encode()):
            return _error(403, "no_key", "reload the page: its server was started again.")
        wish = Wish(action=wanted.action, version=wanted.version, text=wanted.text, by=wanted.by)
        try:
            return Answer({"pair": review.decide(number, wish), "progress": review.progress()})
        except ConflictError as conflict:
            told = review.conflict(number, conflict)
            return Answer({"error": {"reason": "conflict", "detail": told["detail"]}, "pair": told["pair"]}, 409)


def _handlers(app: FastAPI) -> None:
    @app.exception_handler(UsageError)
    def wrong(_: Request, error: UsageError) -> Response:
        return _error(400, "wrong", str(error))

    @app.exception_handler(StopError)
    def stopped(_: Request, error: StopError) -> Response:
        return _error(503, "stopped", str(error))

    @app.exception_handler(RequestValidationError)
    def unreadable(_: Request, error: RequestValidationError) -> Response:
        where = {".".join(map(str, each["loc"][1:])): each["msg"] for each in error.errors()[:3]}
        return _error(422, "unreadable", "; ".join(f"{name}: {what}" for name, what in where.items()))

    @app.exception_handler(BurnishError)
    def failed(_: Request, error: BurnishError) -> Response:
        return _error(500, "failed", str(error))


def _error(status: int, reason: str, detail: str) -> Response:
    return Answer({"error": {"reason": reason, "detail": detail}}, status)


@cache
def _text(package: str, name: str) -> bytes:
    return (files(f"burnish.{package}") / name).read_bytes()
