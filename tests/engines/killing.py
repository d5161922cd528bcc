"""Whole runs in child processes, SIGKILLed at random moments until they get through, again and again.

``python -m tests.engines.killing SOURCE FOLDER KILLS SEED``: outputs FOLDER/0, FOLDER/1, ... are each finished, and
FOLDER/quiet was never disturbed. Writes to FOLDER/struck: the kills of engines, of workers, the outputs, and in how
many different states of the journal the kills struck. Children are forked from a process that has done the quiet run
itself, so a start imports nothing, compiles no patterns and loads no word lists: a quarter of what it costs otherwise.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from burnish import plan as plans
from burnish.engines import local
from burnish.errors import StopError

POOL_EVERY = 8
"""Every eighth start has two worker processes: starting them takes longer than all the rest."""
DECODER = b"burnish.images.child"


@dataclass
class Struck:
    """What was killed, and how many shards stood committed at the moments it was."""

    engines: int = 0
    workers: int = 0
    states: set[int] = field(default_factory=set)

    @property
    def kills(self) -> int:
        return self.engines + self.workers


def enhance(source: Path, output: Path, workers: int) -> None:
    settings = {"source": str(source), "output": str(output), "workers": workers, "backend": "fake"}
    local.run(plans.build(settings))


def start(source: Path, output: Path, workers: int) -> int:
    """The run as a child of this process; exits with 0, or 75 if a worker of its own was killed."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        enhance(source, output, workers)
        code = 0
    except StopError:
        code = StopError.exit_code
    finally:
        if code == 1:
            traceback.print_exc()
        os._exit(code)


def below(process: int) -> list[int]:
    """All living descendants of `process`, but no decoder: losing one of those is a fault of a pair (hazard 26)."""
    found, todo = [], [process]
    while todo:
        tasks = Path(f"/proc/{todo.pop()}/task")
        try:
            children = [int(c) for task in tasks.iterdir() for c in (task / "children").read_text().split()]
            found += [c for c in children if DECODER not in Path(f"/proc/{c}/cmdline").read_bytes()]
        except OSError:  # it ended while we looked
            continue
        todo += children
    return found


def committed(output: Path) -> int:
    """How many shards are in the journal."""
    return len(list(output.glob(".burnish/journal/*.json")))


def disturb(child: int, output: Path, delay_s: float, struck: Struck, chance: random.Random) -> int:
    """Kill the run, or one of its workers, after a while; its exit status once it has ended."""
    time.sleep(delay_s)
    workers = below(child)
    victim = chance.choice(workers) if workers and chance.random() < 0.5 else child
    before = committed(output)
    try:
        os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:
        victim = 0
    status = os.waitpid(child, 0)[1]
    if status:
        struck.engines += victim == child
        struck.workers += victim != child
        struck.states.add(before)
    assert status == 0 or os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == StopError.exit_code, status
    return status


def main(source: Path, folder: Path, kills: int, seed: int) -> None:
    chance, struck, runs, starts = random.Random(seed), Struck(), 0, 0
    enhance(source, folder / "quiet", 1)
    started = time.monotonic()
    assert os.waitpid(start(source, folder / "timed", 1), 0)[1] == 0
    quiet_s = time.monotonic() - started
    while struck.kills < kills:
        output = folder / str(runs)
        status, stuck = 1, 0
        while status and struck.kills < kills:
            starts += 1
            workers = 2 if starts % POOL_EVERY == 0 else 1
            longest_s = quiet_s * workers * (1 + stuck / 4)  # or a machine that is busier by now would never get on
            before = committed(output)
            child = start(source, output, workers)
            status = disturb(child, output, chance.uniform(0, longest_s), struck, chance)
            stuck = 0 if committed(output) > before else stuck + 1
        if status:
            assert os.waitpid(start(source, output, 1), 0)[1] == 0
        runs += 1
    told = f"{struck.engines} {struck.workers} {runs} {len(struck.states)}"
    (folder / "struck").write_text(told)  # no pipe: orphans of killed runs would keep it open for a while


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
