"""Run the tiny job in child processes and SIGKILL them at random moments; prints how many kills struck work.

``python -m tests.storage.killing FOLDER SHARDS KILLS SEED``: outputs FOLDER/0, FOLDER/1, ... are each finished.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.storage.job import work


def finish(out, shards, chance, kills, longest_s):
    """Start and kill the job until it ends by itself; returns the number of kills."""
    struck = 0
    while True:
        child = os.fork()
        if not child:
            work(out, shards)
            os._exit(0)
        if struck < kills:
            time.sleep(chance.uniform(0, longest_s))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert status == 0, f"{out}: the job ended with {status}"
            return struck
        struck += 1


def main(folder, shards, kills, seed):
    chance = random.Random(seed)
    started = time.monotonic()
    assert finish(Path(folder, "quiet"), shards, chance, 0, 0) == 0
    quiet_s = time.monotonic() - started
    struck = runs = 0
    while struck < kills:
        struck += finish(Path(folder, str(runs)), shards, chance, kills - struck, quiet_s / 5)
        runs += 1
    print(struck, runs)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
