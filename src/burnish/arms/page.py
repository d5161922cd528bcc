"""A contest as a page: what follows first, then the picture, then every figure. Markdown, and HTML that needs nothing
else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from burnish.arms import compare, plot
from burnish.arms.training import AGAIN, BASE, CONTROL

TITLE = "Does it help? Arms of the same pairs, compared"
CLAIM = (("enhanced", "filtered"), ("filtered", BASE), ("enhanced", BASE))
"""What is expected of AITQE (arXiv 2410.16166): the first of each is better."""
BESIDE = (("filtered", "random_subset"), ("recaptioned", BASE), ("hybrid", BASE))
_STYLE = """body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem;
color: #111; background: #fff } table { border-collapse: collapse; font-size: 14px; margin: 1rem 0 }
td, th { padding: .25rem .6rem; border-bottom: 1px solid #ddd; text-align: right }
td:first-child, th:first-child { text-align: left } td + td { white-space: nowrap }
svg { max-width: 100%; height: auto } .how { color: #444 }
code { font-size: 90%; overflow-wrap: anywhere }"""

Rows = list[list[str]]


def html(found: Mapping[str, Any]) -> str:
    """The whole page, pictures inside."""
    return together([("", found)])


def together(contests: Sequence[tuple[str, Mapping[str, Any]]], opening: str = "") -> str:
    """One page of several contests, each with what it is called; `opening`: HTML above the first."""
    parts = [f"<h1>{TITLE}</h1>", *([opening] if opening else [])]
    for title, found in contests:
        parts += [f"<h2>{escape(title)}</h2>"] if title else []
        told = [*([found["what"]] if "what" in found else []), *how(found)]
        parts += [*(f'<p class="how">{escape(line)}</p>' for line in told), *_proxies(found)]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{TITLE}</title>'
    top = f'<!doctype html>\n<html lang="en"><head>{head}<style>{_STYLE}</style></head>\n<body>'
    return "\n".join([top, *parts, "</body></html>", ""])


def _proxies(found: Mapping[str, Any]) -> Iterator[str]:
    for name in found["proxies"]:
        yield f"<h3>{escape(name)}</h3>"
        yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in said(found, name))}</ul>"
        yield plot.svg(found, name)
        yield from (table(rows) for rows in tables(found, name))
        yield f'<p class="how">Proxy <code>{escape(found["proxies"][name]["identity"])}</code></p>'


def markdown(found: Mapping[str, Any], level: int = 1) -> str:
    """The same without pictures."""
    lines = [f"{'#' * level} {TITLE}", "", *how(found)] if level == 1 else list(how(found))
    for name in found["proxies"]:
        lines += ["", f"{'#' * (level + 1)} {name}", "", *(f"- {line}" for line in said(found, name))]
        for rows in tables(found, name):
            lines += ["", *markdown_table(rows)]
        lines += ["", f"Proxy `{found['proxies'][name]['identity']}`."]
    return "\n".join(lines) + "\n"


def how(found: Mapping[str, Any]) -> Iterator[str]:
    """What was done, in sentences."""
    asked = ", ".join(
        f"{name}: {one['pictures']} pictures, {one['texts']} texts" for name, one in found["exams"].items()
    )
    yield (
        f"{found['pairs']:,} pairs to train on, {found['held_out']:,} left out because an exam asks about their "
        f"pictures. Exams: {asked}. The figure is recall at {found['cut']}, the mean of both directions and of all "
        f"exams; chance is {100 * found['chance']:.1f} %."
    )
    yield f"Arms: {'; '.join(f'{name}, {what}' for name, what in found['arms'].items())}."
    yield (
        "All arms of a pool have the same pairs to begin with, the same number of samples an epoch and the same "
        f"steps. The filter's threshold is {found['below']:g}: {100 * found['kept']:.0f} % of the pairs stay "
        f"({found['scored']:,} of {found['pairs']:,} texts have a score; those without stay)."
        + (f" Synthetic captions: role {found['caption']}." if found["caption"] else "")
    )
    yield (
        f"Error bars are 95 % intervals of the mean over {found['seeds']} seeds (Student's t; differences seed by "
        "seed). In brackets, behind a difference: its 95 % interval over other exam pictures (bootstrap over groups of "
        "alike ones)."
    )
    for name, why in found["left_out"].items():
        yield f"Left out: {name} ({why})."


def said(found: Mapping[str, Any], name: str) -> Iterator[str]:
    """What follows from the figures of the proxy called `name`."""
    proxy = found["proxies"][name]
    for one, other in (*CLAIM, *BESIDE):
        told = [(size, row) for size, row in _rows(proxy) if (row["one"], row["other"]) == (one, other)]
        if told:
            each = "; ".join(f"{size:,} pairs: {row['said']}, {_gap(row)}" for size, row in told)
            yield f"{one} against {other}. {each}."
    for arm, row in proxy["growth"].items():
        if arm in {"enhanced", "filtered", "recaptioned", "hybrid"}:
            least, most = _sizes(proxy)[0], _sizes(proxy)[-1]
            yield (
                f"From {least:,} to {most:,} pairs the gain of {arm} over {BASE} changes by {_points(row)} points: "
                f"{row['said']}."
            )
    noise = [row for _, row in _rows(proxy) if row["one"] == AGAIN]
    told_apart = [row for row in noise if row["said"] != compare.SAME]
    yield (
        f"The noise: {BASE} trained again with other weights and order differs by "
        f"{', '.join(_points(row) for row in noise)} points; {len(told_apart)} of {len(noise)} told apart. Of the "
        f"{proxy['comparisons']} comparisons {0.05 * proxy['comparisons']:.1f} would pass the seeds' error by chance."
    )
    control = [proxy["sizes"][str(size)]["arms"][CONTROL] for size in _sizes(proxy)]
    yield f"With texts on pictures drawn for them: {', '.join(_bar(one) for one in control)} %."


def tables(found: Mapping[str, Any], name: str) -> Iterator[Rows]:
    """Every arm by pool, the differences by pool, and what each arm was given."""
    proxy = found["proxies"][name]
    sizes = _sizes(proxy)
    head = [f"{size:,} pairs" for size in sizes]
    by_size = {size: proxy["sizes"][str(size)] for size in sizes}
    first = by_size[sizes[0]]
    yield [[f"recall at {found['cut']}, %", *head]] + [
        [arm, *(_bar(by_size[size]["arms"][arm]) for size in sizes)] for arm in first["arms"]
    ]
    yield [["difference, points", *head]] + [
        [f"{row['one']} - {row['other']}", *(_gap(by_size[size]["gaps"][at]) for size in sizes)]
        for at, row in enumerate(first["gaps"])
    ]
    yield [["samples an epoch / pictures / texts", *head]] + [
        [arm, *(_given(by_size[size]["arms"][arm]) for size in sizes)] for arm in first["arms"]
    ]


def _sizes(proxy: Mapping[str, Any]) -> list[int]:
    return sorted(map(int, proxy["sizes"]))


def _rows(proxy: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for size in _sizes(proxy):
        for row in proxy["sizes"][str(size)]["gaps"]:
            yield size, row


def _bar(spread: Mapping[str, float]) -> str:
    return f"{100 * spread['mean']:.1f} +- {100 * spread['half']:.1f}"


def _points(spread: Mapping[str, float]) -> str:
    return f"{100 * spread['mean']:+.1f} +- {100 * spread['half']:.1f}"


def _gap(row: Mapping[str, float]) -> str:
    return f"{_points(row)} ({100 * row['low']:+.1f} to {100 * row['high']:+.1f})"


def _given(arm: Mapping[str, int]) -> str:
    return f"{arm['samples']:,} / {arm['pictures']:,} / {arm['texts']:,}"


def table(rows: Rows) -> str:
    """HTML of a head and rows of text."""
    head, *rest = rows
    lines = ["".join(f"<th>{escape(cell)}</th>" for cell in head)]
    lines += ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rest]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def markdown_table(rows: Rows) -> Iterator[str]:
    """The same as lines of Markdown."""
    head, *rest = rows
    yield f"| {' | '.join(head)} |"
    yield f"|---{'|---:' * (len(head) - 1)}|"
    yield from (f"| {' | '.join(row)} |" for row in rest)
