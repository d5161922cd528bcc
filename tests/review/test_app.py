"""What the page asks for, over a real socket: pairs, pictures, decisions; and what no client can do."""

from __future__ import annotations

import io
import json
import re
import urllib.request
from importlib.resources import files

import pytest
from PIL import Image

from burnish.review.app import CSP
from tests.report import outputs
from tests.review.served import served


def test_a_page_of_pairs_and_the_next(server):
    status, first = server.ask("/api/pairs", order="worst", most=5)
    assert status == 200
    last = first["pairs"][-1]
    _, then = server.ask("/api/pairs", order="worst", most=50, at=last["at"], id=last["id"])
    assert [p["id"] for p in first["pairs"] + then["pairs"]] == list(range(20))
    assert first["pairs"][0]["parts"] == [["", "A red apple number 0.", ""]]
    assert server.ask("/api/count", decision="kept")[1] == {"pairs": 12}


def test_a_changed_pair_comes_as_a_diff_in_parts(server):
    _, pair = server.ask("/api/pairs/12")
    assert "".join(text for tag, text, _ in pair["parts"] if tag != "ins") == pair["found"] == "IMG_0.JPG blue door"
    assert "".join(text for tag, text, _ in pair["parts"] if tag != "del") == pair["text"] == "A blue door 0."
    assert pair["scores"] == [{"criterion": "overall", "before": 1.5, "after": 4.5, "state": "ok", "reason": ""}]
    assert pair["edits"][0]["why"] == "a reason"
    assert json.loads(pair["json"])["captions"][1]["text"] == "A blue door 0."


def test_a_picture_is_the_pairs_own_and_made_anew(server, out):
    status, data = server.ask("/api/pairs/13/picture")
    assert status == 200
    shown = Image.open(io.BytesIO(data))
    assert (shown.format, shown.size) == ("WEBP", (48, 32))
    (out / "00001.tar").unlink()
    assert server.ask("/api/pairs/14/picture")[0] in {404, 503}
    assert server.ask("/api/pairs/12")[0] == 200


def test_deciding_and_taking_back(server):
    status, told = server.decide(3, "accept", 0, by="Ada")
    assert status == 200
    assert told["pair"]["verdict"] == {"action": "accept", "by": "Ada", "parts": []}
    assert told["progress"] == {"accept": 1, "reject": 0, "edit": 0, "stale": 0}
    _, told = server.decide(3, "edit", 1, text="A green apple number 3.")
    assert "".join(t for tag, t, _ in told["pair"]["verdict"]["parts"] if tag != "del") == "A green apple number 3."
    _, told = server.decide(3, "undo", 2)
    assert (told["pair"]["verdict"]["action"], told["pair"]["version"]) == ("accept", 3)


def test_deciding_behind_a_proxy_that_encrypts(out):
    with served(out, hosts=("pairs.example.org",)) as server:
        server.headers |= {"Host": "pairs.example.org", "Origin": "https://pairs.example.org"}
        assert server.decide(3, "accept", 0)[0] == 200
        server.headers["Origin"] = "https://evil.example"
        assert server.decide(4, "accept", 0)[0] == 403


def test_the_slower_of_two_gets_a_conflict_and_the_pair_as_it_is(server):
    assert server.decide(3, "accept", 0, by="Ada")[0] == 200
    status, told = server.decide(3, "reject", 0, by="Ben")
    assert status == 409
    assert told["error"] == {
        "reason": "conflict",
        "detail": "Ada accepted this pair meanwhile. Nothing of yours was stored.",
    }
    assert (told["pair"]["version"], told["pair"]["verdict"]["action"]) == (1, "accept")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"action": "accept", "version": -1}, 422),
        ({"action": "drop", "version": 0}, 422),
        ({"action": "accept"}, 422),
        ({"action": "accept", "version": 0, "path": "/etc/passwd"}, 422),
        ({"action": "edit", "version": 0, "text": " "}, 400),
        ({"action": "edit", "version": 0, "text": "A red apple number 3."}, 400),
        ({"action": "edit", "version": 0, "text": "x" * 10_001}, 422),
        ({"action": "undo", "version": 0}, 400),
        ({"action": "accept", "version": 0, "by": "x" * 61}, 422),
        ([], 422),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(body, status, server):
    found, told = server.ask("/api/pairs/3/decision", body)
    assert found == status
    assert told["error"]["detail"]
    assert server.review.decisions.all() == {}


def test_without_the_pages_key_nothing_is_decided(server):
    for key in ("", "x", "é"):
        server.headers["X-Review-Key"] = key.encode().decode("latin-1")
        assert server.decide(3, "accept", 0)[0] == 403
    assert server.review.decisions.all() == {}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/pairs/20", 400),
        ("/api/pairs/-1", 400),
        ("/api/pairs/99999999999999999999", 400),
        ("/api/pairs/1e3/picture", 422),
        ("/api/pairs/..%2f..%2fetc%2fpasswd/picture", 404),
        ("/api/pairs?order=nothing", 400),
        ("/api/pairs?most=100000", 422),
        ("/api/pairs?most=5&file=/etc/passwd", 422),
        ("/api/labels/passwd", 404),
        ("/../decisions.jsonl", 404),
        ("/docs", 404),
        ("/openapi.json", 404),
    ],
)
def test_no_path_leads_to_anything_else(path, status, server):
    found, told = server.ask(path)
    assert found == status
    assert "passwd:" not in json.dumps(told)
    assert "root" not in json.dumps(told)


def test_every_answer_carries_the_policy(server):
    for path in ("/", "/review.js", "/review.css", "/report.css", "/icon.svg", "/api/overview", "/api/pairs/1/picture"):
        with urllib.request.urlopen(server.url + path) as answer:
            assert answer.headers["Content-Security-Policy"] == CSP
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Access-Control-Allow-Origin"] is None
    assert "unsafe" not in CSP


def test_every_script_that_another_one_imports_is_served(server):
    scripts = [each for each in (files("burnish") / "review").iterdir() if each.name.endswith(".js")]
    imported = {name for each in scripts for name in re.findall(r'from "\./([^"]+)"', each.read_text("utf-8"))}
    assert imported == {each.name for each in scripts} - {"page.js"}
    for name in imported:
        with urllib.request.urlopen(f"{server.url}/{name}") as answer:
            assert answer.headers["Content-Type"].startswith("text/javascript")


def test_decisions_outlive_the_server_and_changed_texts_are_told_apart(out, tmp_path):
    with served(out) as server:
        server.decide(1, "accept", 0)
        server.decide(2, "reject", 0)
    records = out / ".burnish" / "review" / "decisions.jsonl"
    before = records.read_bytes()
    with served(out) as server:
        assert server.ask("/api/progress")[1]["accept"] == 1
    changed = [outputs.kept(at, "Another text." if at == 1 else f"A red apple number {at}.") for at in range(3)]
    again = outputs.lay(tmp_path / "again", [changed])
    (again / ".burnish" / "review").mkdir()
    (again / ".burnish" / "review" / "decisions.jsonl").write_bytes(before)
    with served(again) as server:
        assert server.ask("/api/progress")[1] == {"accept": 0, "reject": 1, "edit": 0, "stale": 1, "languages_known": 0}
        _, pair = server.ask("/api/pairs/1")
        assert (pair["verdict"], pair["version"]) == (None, 1)
        assert server.decide(1, "accept", 1)[0] == 200
        assert server.ask("/api/progress")[1]["accept"] == 1


def test_agreement_and_labels(server):
    for number, action in ((0, "accept"), (1, "accept"), (2, "reject"), (12, "accept"), (13, "reject")):
        assert server.decide(number, action, 0)[0] == 200
    server.decide(14, "edit", 0, text="IMG_2.JPG blue door")
    _, told = server.ask("/api/agreement")
    assert (told["reviewed"], told["labelled"], told["agreed"]) == (6, 5, 3)
    assert (told["both_good"], told["both_bad"], told["only_people_good"], told["only_model_good"]) == (2, 1, 1, 1)
    assert told["kappa"] == pytest.approx((0.6 - 0.52) / 0.48, abs=1e-6)
    assert told["by_decision"]["kept"]["accepted_share"] == pytest.approx(2 / 3)
    _, labels = server.ask("/api/labels/labels.jsonl")
    rows = [json.loads(line) for line in labels.splitlines()]
    assert [(row["key"][-2:], row["good"]) for row in rows] == [("00", 1), ("01", 1), ("02", 0), ("12", 0), ("14", 1)]
