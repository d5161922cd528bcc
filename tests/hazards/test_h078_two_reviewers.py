"""Hazard 78: of two reviewers at one pair the slower one gets 409 and the pair as it is; nobody goes over it unseen."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import orjson

from burnish.review.decisions import Action, Decisions, Subject
from burnish.review.session import folder_of
from burnish.storage.verify import verify
from tests.report import outputs
from tests.review.served import served


def lay(folder):
    return outputs.lay(folder / "out", [[outputs.kept(at) for at in range(4)]])


def test_of_many_at_once_one_wins_and_all_others_are_told(tmp_path):
    out = lay(tmp_path)
    with served(out) as server, ThreadPoolExecutor(8) as people:
        for version in range(3):
            asked = [
                people.submit(server.decide, 2, action, version, by=f"reviewer {at}")
                for at, action in enumerate(["accept", "reject"] * 4)
            ]
            found = [each.result() for each in asked]
            assert sorted(status for status, _ in found) == [200] + [409] * 7
            winner = next(told for status, told in found if status == 200)["pair"]["verdict"]
            assert {told["pair"]["verdict"]["by"] for status, told in found if status == 409} == {winner["by"]}
            assert all(winner["by"] in told["error"]["detail"] for status, told in found if status == 409)
    assert Decisions(folder_of(str(out))).standing(Subject("00000.tar", 2)).version == 3
    assert verify(str(out)) == []


def test_what_was_said_to_be_stored_outlives_a_kill(tmp_path):
    out = lay(tmp_path)
    command = [sys.executable, "-m", "burnish", "review", str(out), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        url = orjson.loads(server.stdout.readline())["url"]
        with urllib.request.urlopen(f"{url}/api/overview") as answer:
            key = orjson.loads(answer.read())["key"]
        for number in range(3):
            body = orjson.dumps({"action": "edit", "version": 0, "text": f"Text {number}", "by": "Ada"})
            headers = {"Content-Type": "application/json", "X-Review-Key": key}
            asked = urllib.request.Request(f"{url}/api/pairs/{number}/decision", body, headers)
            with urllib.request.urlopen(asked) as answer:
                assert answer.status == 200
        server.send_signal(signal.SIGKILL)
        server.wait(30)
    known = Decisions(folder_of(str(out)), writing=True)  # the lock died with its process
    found = {subject.ordinal: each.last for subject, each in known.all().items()}
    known.close()
    assert {at: (e.action, e.text, e.by) for at, e in found.items()} == {
        at: (Action.EDIT, f"Text {at}", "Ada") for at in range(3)
    }
    assert verify(str(out)) == []
