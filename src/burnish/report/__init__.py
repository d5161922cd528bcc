"""`burnish report`: what a run did, as one self-contained page, as lines for a terminal, and as figures.

One pass over the records, in bounded memory; then the few pairs that are shown are read whole. The output is not
changed: the page lies beside it and no seal speaks of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from burnish.errors import UsageError
from burnish.plan import CostRules
from burnish.report import page
from burnish.report.cards import cards
from burnish.report.opened import Run, open_run
from burnish.report.reading import batches
from burnish.report.sections import load
from burnish.storage.files import Files, put_whole
from burnish.storage.layout import REPORT, new_run_id
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.redact import redact
from burnish.storage.stopping import stopping
from burnish.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was written: `path` of the page and its size; `lines` for a terminal; `figures` by section."""

    path: str
    size_bytes: int
    lines: Sequence[str]
    warnings: Sequence[str]
    figures: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How the report is to be: `destination` of the page ("" beside the output), the run to `compare` with, what tokens
    cost, what a dry run had expected, and what decides which pairs are drawn.
    """

    destination: str = ""
    compare: str = ""
    prices: CostRules = field(default_factory=CostRules)
    estimate: Mapping[str, Json] | None = None
    seed: int = 0


def build(output: str, wanted: Wanted | None = None) -> Report:
    """The report of the run that wrote `output`.

    Raises `UsageError` if that is no output with decisions, or if the page would take the place of something else.
    """
    wanted = wanted or Wanted()
    run = open_run(output, wanted.prices, wanted.estimate, wanted.seed)
    other = open_run(wanted.compare) if wanted.compare else None
    files, name = _place(run, wanted.destination)
    sections = load(run, other)
    for batch in batches(run):
        for section in sections.values():
            section.take(batch)
    found, note = cards(run, {place for section in sections.values() for place in section.wants()})
    for section in sections.values():
        section.finish(found)
    content = page.render(run, sections, note)
    with stopping("write", f"{files.shown}/{name}"):
        put_whole(files, name, content, new_run_id())
    return Report(
        path=f"{files.shown}/{name}",
        size_bytes=len(content),
        lines=page.terminal(sections),
        warnings=[warning for section in sections.values() for warning in section.warnings()],
        figures={name: dict(told) for name, section in sections.items() if (told := section.figures())},
    )


def _place(run: Run, destination: str) -> tuple[Files, str]:
    """Where the page may be written: beside the output, or where nothing is but an earlier report."""
    if not destination or destination == f"{run.path.rstrip('/')}/{REPORT}":
        files, name = run.files, REPORT
    else:
        folder, _, name = destination.rpartition("/")
        if name in {"", ".", ".."}:
            raise UsageError(f"{redact(destination)!r} is no name of a file.\nExample: -o report.html")
        refuse_overlap(run.path, destination)
        files = open_files(folder or ("/" if destination.startswith("/") else "."))
    with stopping("read", f"{files.shown}/{name}"):
        files.make_folder("")
        if not _may_replace(files, name):
            raise UsageError(
                f"{files.shown}/{name} is there already and is no report of burnish.\nGive another name with -o."
            )
    return files, name


def _may_replace(files: Files, name: str) -> bool:
    try:
        with files.open(name) as file:
            return file.read(len(page.MARK)) == page.MARK
    except FileNotFoundError:
        return True
