"""The page: one file that asks nothing of anybody. Autoescape, a policy by hashes, texts made visible by default.

What the policy allows is this style sheet, this script, and pictures inside of the page. A caption that got through all
escaping could still not run, load or send anything.
"""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from burnish.report import visible
from burnish.report.opened import Run

if TYPE_CHECKING:
    from jinja2 import Environment

    from burnish.report.sections import Section

MARK = b"<!doctype html>\n<!-- burnish report 1 -->"
"""How every report begins: what begins otherwise is never written over."""

MAX_BYTES = 5_000_000
MOST = (50, 35, 24, 16, 10, 6, 3, 1, 0)
"""Pairs shown in a list: so many that the page stays below `MAX_BYTES`."""

_NONE = "\N{EN DASH}"


def render(run: Run, sections: Mapping[str, Section], note: str = "") -> bytes:
    """The page with as many pairs in each list as fit. `note` is said of pictures."""
    views = {name: view for name, section in sections.items() if (view := section.view())}
    titles = {name: sections[name].title for name in views}
    warnings = [warning for section in sections.values() for warning in section.warnings()]
    content = b""
    for most in MOST:
        content = _page(run, titles, views, {"warnings": warnings, "most": most, "pictures_note": note})
        if len(content) <= MAX_BYTES:
            break
    return content


def _page(run: Run, titles: Mapping[str, str], views: Mapping[str, Any], shared: Mapping[str, Any]) -> bytes:
    environment = _environment()
    parts: list[dict[str, Any]] = []
    for name, view in views.items():
        body = environment.get_template(f"sections/{name}.html").render({**shared, **view})
        parts.append({"name": name, "title": titles[name], "body": Markup(body)})  # noqa: S704 -- escaped by its template
    style, script = _text("page.css"), _text("page.js")
    page = environment.get_template("page.html").render(
        run=run,
        parts=parts,
        style=Markup(style),  # noqa: S704 -- our own files
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
        **shared,
    )
    return page.encode()


def _policy(style: str, script: str) -> Markup:
    """Nothing but what is here: https://www.w3.org/TR/CSP3/."""
    rules = (
        "default-src 'none'",
        f"style-src '{_digest(style)}'",
        f"script-src '{_digest(script)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return Markup("; ".join(rules))  # noqa: S704 -- constants and digests


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _text(name: str) -> str:
    return (files("burnish.report") / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("burnish.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= _filters()
    return made


def _filters() -> dict[str, Callable[..., Markup]]:
    return {
        "attr": visible.in_attribute,
        "attr_uri": _uri,
        "count": lambda number: Markup(f"{number:,}"),  # noqa: S704 -- digits
        "long": visible.visible,
        "path": _path,
        "quoted": lambda path: visible.visible(shlex.quote(path)),
        "score": lambda value: Markup(_NONE if value is None else f"{value:.2f}"),  # noqa: S704 -- digits
        "seconds": lambda value: Markup(_seconds(value)),  # noqa: S704 -- digits
        "share": lambda value: Markup(f"{value:.1%}"),  # noqa: S704 -- digits
    }


def _shown(value: Any) -> Any:
    """Every text that a template names: with what is hidden in it made visible. What is made for the page stays."""
    return visible.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _uri(uri: str) -> Markup:
    """Only pictures that are in the page."""
    if not uri.startswith("data:image/webp;base64,"):
        raise ValueError(f"no thumbnail: {uri[:40]!r}")
    return escape(uri)


def _path(drawn: str) -> Markup:
    """Only what a path of SVG is made of."""
    if set(drawn) - set("MLHVhvz0123456789.- "):
        raise ValueError(f"no path: {drawn[:40]!r}")
    return escape(drawn)


def _seconds(value: float) -> str:
    minutes, left = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {left} s" if minutes else f"{value:.1f} s"


def terminal(sections: Mapping[str, Section]) -> Sequence[str]:
    """What all sections say to a terminal, 80 columns."""
    lines: list[str] = []
    for section in sections.values():
        said = list(section.lines())
        lines += [section.title, *(f"  {line.removeprefix('  ')}" for line in said)] if said else []
    return lines
