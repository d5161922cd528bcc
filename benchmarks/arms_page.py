"""`benchmarks.arms`' figures as pages and as a picture: nothing is typed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from burnish.arms import curves, page, plot
from burnish.arms.training import AGAIN, BASE, CONTROL

COMMAND = "python -m benchmarks.arms --clipart DIR --work DIR"
GAPS = (
    ("enhanced", BASE),
    ("filtered", BASE),
    ("enhanced", "filtered"),
    ("filtered", "random_subset"),
    ("recaptioned", BASE),
    ("hybrid", BASE),
    (AGAIN, BASE),
)
"""What the first table and the picture of faults show."""
SURE = "*"
KEY = f"{SURE}: beyond the error of seeds and of exam pictures. {AGAIN} - {BASE} is the noise."

Told = tuple[str, str, Mapping[str, Any]]
"""World, proxy, contest."""


def write(figures: Mapping[str, Any], folder: Path) -> None:
    """arms.md, arms.svg and arms.html in `folder`."""
    told: list[Told] = [(w, p, found) for w, by_proxy in figures["worlds"].items() for p, found in by_proxy.items()]
    picture = _picture(told)
    opening = f'{page.table([*_rows(told)])}<p class="how">{KEY}</p>{picture}'
    contests = [(_title(world, proxy), found) for world, proxy, found in told]
    (folder / "arms.md").write_text("\n".join(_markdown(told, figures["machine"])) + "\n", encoding="utf-8")
    (folder / "arms.svg").write_text(picture, encoding="utf-8")
    (folder / "arms.html").write_text(page.together(contests, opening), encoding="utf-8")


def _title(world: str, proxy: str) -> str:
    return f"{world[:1].upper()}{world[1:]}, proxy {proxy}"


def _markdown(told: list[Told], machine: Mapping[str, Any]) -> Iterator[str]:
    yield "# Does it help?"
    yield ""
    yield f"Written by `{COMMAND}`;"
    yield "see there for how, and [docs](../arms.md) for what the words mean."
    yield ""
    yield from page.markdown_table([*_rows(told)])
    yield ""
    yield KEY
    yield ""
    yield "![What each arm is above the texts as found](arms.svg)"
    for world, proxy, found in told:
        yield ""
        yield f"## {_title(world, proxy)}"
        yield ""
        yield f"{found['what'][:1].upper()}{found['what'][1:]}."
        yield page.markdown(found, level=2).rstrip()
    yield ""
    yield f"Measured on: {', '.join(f'{key} {value}' for key, value in machine.items())}."


def _rows(told: list[Told]) -> Iterator[list[str]]:
    """World, proxy and pool against the differences, in points."""
    yield ["world, proxy", "pairs", "recall at", BASE, *(f"{one} - {other}" for one, other in GAPS)]
    for world, proxy, found in told:
        for size, one in _sizes(found, proxy).items():
            gaps = {(row["one"], row["other"]): row for row in one["gaps"]}
            cells = [_points(gaps[pair]) if pair in gaps else "" for pair in GAPS]
            raw = one["arms"][BASE]
            yield [f"{world}, {proxy}", f"{size:,}", f"{found['cut']}", f"{100 * raw['mean']:.1f}", *cells]


def _points(row: Mapping[str, Any]) -> str:
    mark = f" {SURE}" if "beyond both" in row["said"] else ""
    return f"{100 * row['mean']:+.1f} +- {100 * row['half']:.1f}{mark}"


def _sizes(found: Mapping[str, Any], proxy: str) -> dict[int, Mapping[str, Any]]:
    return {int(size): one for size, one in found["proxies"][proxy]["sizes"].items()}


def _picture(told: list[Told]) -> str:
    """What each arm is above the base: a panel for each world and proxy, and for each proxy one over the faults."""
    panels = [
        list(plot.panels(found, proxy, f"{world[:1].upper()}{world[1:]}, {proxy}"))[1] for world, proxy, found in told
    ]
    for name in dict.fromkeys(proxy for _, proxy, _ in told):
        by_fault = {found["fault"]: found for _, proxy, found in told if proxy == name and found["fault"] is not None}
        if len(by_fault) > 1:
            panels.append(_over_faults(dict(sorted(by_fault.items())), name))
    described = "How far a proxy trained on each arm is above one trained on the texts as found."
    return curves.svg(panels, described)


def _over_faults(by_fault: Mapping[float, Mapping[str, Any]], proxy: str) -> curves.Panel:
    """The differences from the base in the largest pool, over how often the oracle errs."""
    any_one = next(iter(by_fault.values()))
    sizes = {fault: _sizes(found, proxy) for fault, found in by_fault.items()}
    most = max(set.intersection(*(set(each) for each in sizes.values())))
    arms = [arm for arm in sizes[next(iter(sizes))][most]["arms"] if arm != CONTROL]
    place = {fault: 100 * fault / max(by_fault) for fault in by_fault}

    def curve(arm: str) -> curves.Curve:
        rows = {fault: _gap(sizes[fault][most], arm) for fault in by_fault}
        points = tuple((place[fault], 100 * row["mean"], 100 * row["half"]) for fault, row in rows.items())
        return curves.Curve(name=arm, points=points, style=arms.index(arm))

    return curves.Panel(
        title=f"By the oracle's faults, {proxy}",
        note=f"{most:,} pairs; bars: 95 % over {any_one['seeds']} seeds, paired",
        x="of what the oracle does is wrong",
        y=f"difference from {BASE}, points",
        curves=tuple(curve(arm) for arm in arms if arm != BASE),
        level=(0.0, f"as {BASE}"),
        ticks=tuple((place[fault], f"{fault:.0%}") for fault in by_fault),
    )


def _gap(size: Mapping[str, Any], arm: str) -> Mapping[str, Any]:
    return next(row for row in size["gaps"] if (row["one"], row["other"]) == (arm, BASE))
