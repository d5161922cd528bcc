"""Reading chat samples: nothing is guessed, and every refusal names file and line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import UsageError
from burnish.train.tuning import samples as reading
from tests.train.tuning import lines


def rows(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "samples.jsonl").read_text("utf-8").splitlines()]


def test_samples_come_as_written(samples):
    found = reading.read(str(samples), ("assess", "rewrite", "joint"))
    written = rows(samples)
    assert len(found.train) == sum(row["split"] == "train" for row in written)
    assert len(found.held_out) == sum(row["split"] == "held_out" for row in written)
    each = [found.train[at] for at in range(len(found.train))]
    for sample, row in zip(each, [row for row in written if row["split"] == "train"], strict=True):
        assert sample.answer == row["messages"][2]["content"][0]["text"]
        assert sample.system == row["messages"][0]["content"][0]["text"]
        assert sample.image.is_file()
        assert sample.score == (row["score"] if row["task"] == "assess" else None)


def test_a_task_can_be_left_out(samples):
    found = reading.read(str(samples), ("assess",))
    assert {found.train[at].task for at in range(len(found.train))} == {"assess"}
    assert len(found.held_out.first(1)) == 1


@given(blank=st.lists(st.booleans(), min_size=6, max_size=6), parts=st.integers(1, 3))
def test_shards_and_blank_lines_change_nothing(tmp_path_factory, blank, parts):
    folder = tmp_path_factory.mktemp("sharded")
    (folder / "a.png").write_bytes(lines.png())
    texts = [f"{at} Käfer\u2028" for at in range(6)]
    for part in range(parts):
        said = [
            ("\n" if blank[at] else "") + json.dumps(row(text), ensure_ascii=False)
            for at, text in enumerate(texts)
            if at % parts == part
        ]
        (folder / f"samples-{part}.jsonl").write_text("\n".join(said) + "\n", "utf-8")
    found = reading.read(str(folder), ("assess",))
    assert sorted(found.train[at].answer for at in range(len(found.train))) == sorted(texts)


def row(answer: str = "5", **changed: object) -> dict:
    messages = [
        {"role": "system", "content": [{"type": "text", "text": "s"}]},
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "u"}]},
        {"role": "assistant", "content": [{"type": "text", "text": answer}]},
    ]
    given = {"id": "1", "key": "1", "kind": "good_raw", "way": "", "task": "assess", "criterion": "overall"}
    return {**given, "score": 5.0, "image": "a.png", "messages": messages, "split": "train", **changed}


def turned(at: int, **changed: object) -> list:
    messages = row()["messages"]
    messages[at] = {**messages[at], **changed}
    return messages


WRONG = [
    ("{broken", "is no chat sample"),
    ("[]", "is no chat sample"),
    (json.dumps({k: v for k, v in row().items() if k != "task"}), "lacks 'task'"),
    (json.dumps(row(score="much")), "is no chat sample"),
    (json.dumps(row(split="test")), "its split is 'test'"),
    (json.dumps(row(image="b.png")), r"b\.png is not there"),
    (json.dumps(row("")), "no answer"),
    (json.dumps(row(messages=turned(0, role="user"))), "its turns are"),
    (json.dumps(row(messages=turned(1, content=[{"type": "text", "text": "u"}]))), "its one image"),
    (json.dumps(row(messages=row()["messages"][:2])), "its turns are"),
]


@pytest.mark.parametrize(("line", "says"), WRONG, ids=[says for _, says in WRONG])
def test_a_wrong_line_is_named(tmp_path, line, says):
    (tmp_path / "a.png").write_bytes(lines.png())
    (tmp_path / "samples.jsonl").write_text(f"{json.dumps(row())}\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match=rf"samples\.jsonl, line 2.*{says}"):
        reading.read(str(tmp_path), ("assess",))


def test_a_folder_without_samples_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"(?s)holds no samples.*burnish negatives"):
        reading.read(str(tmp_path), ("assess",))
    with pytest.raises(UsageError, match="holds no samples"):
        reading.read(str(tmp_path / "nowhere"), ("assess",))


def test_no_usable_sample_is_said_with_what_there_is(tmp_path):
    (tmp_path / "a.png").write_bytes(lines.png())
    (tmp_path / "samples.jsonl").write_text(json.dumps(row(split="held_out")) + "\n", "utf-8")
    with pytest.raises(UsageError, match=r"no sample of assess in the split 'train'.*1 assess, held_out"):
        reading.read(str(tmp_path), ("assess",))
