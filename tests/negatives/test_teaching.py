"""A teacher: a model that writes worse captions and missing rewrites, over any chat backend, and paid only once."""

from __future__ import annotations

import json
import re

import pytest

from burnish import api
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.chat.worsen import FAULTS
from burnish.errors import UsageError
from burnish.fakeserver import FakeServer
from burnish.fakeserver import Settings as ServerSettings
from burnish.mixing.sources import open_source
from burnish.negatives import sheet
from burnish.negatives.run import negatives
from burnish.negatives.settings import Settings
from burnish.negatives.teaching import Worse
from burnish.storage.opening import open_files


def oracle(scenes, **more):
    return {"truth": str(scenes), **more}


def make(source, out, **settings):
    return negatives(open_source("data", str(source)), Settings(**settings), str(out), workers=1)


def rows(folder):
    files = open_files(str(folder))
    return [row for shard in ("00000.tar", "00001.tar") for row in sheet.rows(files, shard)]


def test_the_oracle_teaches_and_a_harmless_caption_is_refused(scenes, better, tmp_path):
    taught = {"teacher": "oracle", "ways": "teacher", "judge": "oracle", "judge_options": oracle(scenes)}
    found = make(better, tmp_path / "good", **taught, teacher_options=oracle(scenes))
    assert found.tally.kept["teacher"] == found.tally.tried["teacher"] > 10
    half = make(better, tmp_path / "half", **taught, teacher_options=oracle(scenes, harmless="0.5"))
    assert 0 < half.tally.refused["teacher"]["not_worse"] < half.tally.tried["teacher"]


def test_a_teacher_mends_bad_pairs_that_have_no_rewrite(scenes, tmp_path):
    api.enhance(
        scenes, tmp_path / "scored", backend="oracle", recipe="assess_only", backend_options=oracle(scenes), workers=1
    )
    judged = {"judge": "oracle", "judge_options": oracle(scenes)}
    without = make(tmp_path / "scored", tmp_path / "without", **judged)
    assert without.tally.bad == 0
    assert without.tally.left_out["no_rewrite"] > 10
    found = make(tmp_path / "scored", tmp_path / "with", **judged, teacher="oracle", teacher_options=oracle(scenes))
    assert found.tally.bad == without.tally.left_out["no_rewrite"]


def test_models_that_only_mend_cannot_teach():
    with pytest.raises(UsageError, match="cannot teach"):
        Worse(BuiltinBackend({}))


def worsened(request):
    """A model that names another thing, whatever it is told to do; for `--oracle` of the fake server."""
    asked = request.text
    if "CAPTION" not in asked or '"caption": "..."' not in asked:  # a look at what the server can do
        return {"5": 1.0}
    nonce = re.findall(r'"id": "([0-9a-f]+)"', asked)[-1]
    caption = json.loads(re.search(r"CAPTION (\".*?\")$", asked, re.MULTILINE)[1]).replace("\u02c6", " ")
    if not any(fault in asked for fault in FAULTS.values()):
        return json.dumps({"id": nonce, "caption": caption})
    return json.dumps({"id": nonce, "caption": f"{caption} and three elephants"})


def test_a_server_teaches_and_what_it_said_is_not_paid_twice(scenes, better, tmp_path):
    with FakeServer(ServerSettings(mode="oracle", oracle="tests.negatives.test_teaching:worsened")) as server:
        taught = {
            "teacher": "openai",
            "teacher_options": {"base_url": server.url, "model": "burnish-fake"},
            "ways": "teacher",
            "judge": "oracle",
            "judge_options": oracle(scenes),
        }
        found = make(better, tmp_path / "out", **taught)
        made = [row for row in rows(tmp_path / "out") if row["way"] == "teacher" and not row["refused"]]
        assert len(made) == found.tally.kept["teacher"] > 5
        assert all(row["text"] == f"{row['target']} and three elephants" for row in made)
        billed = server.stats()["billed_calls"]
        for record in (tmp_path / "out" / ".burnish/journal/made").iterdir():
            record.unlink()
        again = make(better, tmp_path / "out", **taught)
        assert again.as_json() == found.as_json()
        assert server.stats()["billed_calls"] <= billed + 2, (
            "the answers were in the journal; two calls look who is there"
        )
