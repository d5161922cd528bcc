"""What a run's model was used for and how long it took, from the answers and the log beside the output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from burnish.storage.answers import answers_folder, entries
from burnish.storage.layout import LOG
from burnish.storage.stopping import stopping
from burnish.usage import Usage
from burnish.values import Draft, JointReply, Score

if TYPE_CHECKING:
    from burnish.report.opened import Run

MAX_LOG_BYTES = 64 << 20
_SCORES = frozenset({Score.__name__, JointReply.__name__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What all answers used; `answers` by kind of reply, `on_scores` what those batches used that asked for scores."""

    used: Usage = field(default_factory=Usage)
    on_scores: Usage = field(default_factory=Usage)
    answers: Mapping[str, int] = field(default_factory=dict)

    @property
    def scores(self) -> int:
        """Answers that were scores."""
        return sum(number for kind, number in self.answers.items() if kind in _SCORES)

    @property
    def drafts(self) -> int:
        """Answers that were texts."""
        return self.answers.get(Draft.__name__, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How a run went, by its log: how often it was started, stopped and finished, and the seconds of all of that."""

    started: int = 0
    stopped: int = 0
    seconds: float = 0.0
    whole: bool = True


def spending(output: str) -> Spending:
    """What the model of the run into `output` was used for; nothing if it costs nothing or answers lie elsewhere."""
    used, on_scores = Usage(), Usage()
    answers: Counter[str] = Counter()
    for kinds, cost in entries(answers_folder(output)):
        batch = Usage.of(cost)
        used += batch
        answers.update(kinds)
        if kinds and kinds.most_common(1)[0][0] in _SCORES:
            on_scores += batch
    return Spending(used=used, on_scores=on_scores, answers=dict(answers))


def work(run: Run) -> Work:
    """What the log says. It is a log: where it is missing or cut, `whole` is False."""
    started = stopped = ended = 0
    milliseconds = 0.0
    for event in _events(run):
        match event:
            case {"event": "run started"}:
                started += 1
            case {"event": "run done" | "run stopped" as how, "ms": int() | float() as ms}:
                ended += 1
                stopped += how == "run stopped"
                milliseconds += ms
    return Work(started=started, stopped=stopped, seconds=milliseconds / 1_000, whole=0 < started == ended)


def _events(run: Run) -> Iterator[Mapping[str, Any]]:
    with stopping("read", f"{run.files.shown}/{LOG}"):
        try:
            if run.files.size(LOG) > MAX_LOG_BYTES:
                return
            lines = run.files.read(LOG).splitlines()
        except FileNotFoundError:
            return
    for line in lines:
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue  # a line that a crash cut
        if isinstance(event, dict):
            yield event
