"""Decisions: one line each, on disk before they count, the same state after any order and any restart."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import UsageError
from burnish.review.decisions import FILE, MAX_TEXT_CHARS, Action, ConflictError, Decisions, Event, Standing, Subject


def event(ordinal=0, action=Action.ACCEPT, version=1, **more):
    text = more.pop("text", "A better text." if action is Action.EDIT else "")
    return Event(shard="00000.tar", ordinal=ordinal, of="d", version=version, action=action, text=text, **more)


@pytest.fixture
def decisions(tmp_path):
    found = Decisions(tmp_path, writing=True)
    yield found
    found.close()


def test_what_is_decided_is_there_after_a_restart(tmp_path, decisions):
    decisions.add(event(0, by="Ada"))
    decisions.add(event(1, Action.EDIT, text="Zwei \u00c4pfel\nund \U0001f34e"))
    again = Decisions(tmp_path)
    assert again.all() == decisions.all()
    assert again.standing(Subject("00000.tar", 1)).last.text == "Zwei \u00c4pfel\nund \U0001f34e"
    assert again.standing(Subject("00000.tar", 0)).last.by == "Ada"
    assert again.standing(Subject("00000.tar", 7)) == Standing()


def test_undo_takes_back_one_decision_after_the_other(decisions):
    decisions.add(event(action=Action.ACCEPT, version=1))
    decisions.add(event(action=Action.REJECT, version=2))
    first = decisions.add(event(action=Action.UNDO, version=3))
    assert first.last.action is Action.ACCEPT
    second = decisions.add(event(action=Action.UNDO, version=4))
    assert (second.last, second.version) == (None, 4)
    with pytest.raises(UsageError, match="nothing to take back"):
        decisions.add(event(action=Action.UNDO, version=5))


@pytest.mark.parametrize("version", [0, 1, 3])
def test_another_version_than_the_next_is_a_conflict_and_changes_nothing(version, decisions, tmp_path):
    decisions.add(event(by="Ada"))
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(ConflictError) as caught:
        decisions.add(event(action=Action.REJECT, version=version))
    assert caught.value.standing.last.by == "Ada"
    assert (tmp_path / FILE).read_bytes() == before


def test_the_file_is_only_added_to(decisions, tmp_path):
    so_far = b""
    for version, action in enumerate((Action.ACCEPT, Action.EDIT, Action.UNDO, Action.REJECT), 1):
        decisions.add(event(action=action, version=version))
        now = (tmp_path / FILE).read_bytes()
        assert now.startswith(so_far)
        assert now.count(b"\n") == version
        so_far = now


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_a_line_that_was_being_written_is_no_decision(cut, tmp_path, decisions):
    decisions.add(event(0))
    whole = (tmp_path / FILE).read_bytes()
    decisions.add(event(1))
    decisions.close()
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:-cut])
    again = Decisions(tmp_path, writing=True)
    lost = cut > 1  # without its line end alone the line is whole
    assert (again.standing(Subject("00000.tar", 1)).version == 0) == lost
    again.add(event(2))
    again.close()
    assert file.read_bytes().startswith(whole)
    assert set(Decisions(tmp_path).all()) == {Subject("00000.tar", at) for at in ({0, 2} if lost else {0, 1, 2})}


def test_damage_is_refused_by_its_line(tmp_path, decisions):
    for ordinal in range(3):
        decisions.add(event(ordinal))
    file = tmp_path / FILE
    data = bytearray(file.read_bytes())
    data[data.index(b"\n") + 20] ^= 1
    file.write_bytes(data)
    with pytest.raises(UsageError, match=r"line 2 of .*decisions\.jsonl is damaged"):
        Decisions(tmp_path)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + lines[2])
    assert {each.ordinal for each in Decisions(tmp_path).all()} == {0, 2}


def test_only_one_writes_at_a_time(tmp_path, decisions):
    with pytest.raises(UsageError, match="another review"):
        Decisions(tmp_path, writing=True)
    assert Decisions(tmp_path).all() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": Action.EDIT, "text": "  "},
        {"action": Action.ACCEPT, "text": "more"},
        {"action": Action.EDIT, "text": "x" * (MAX_TEXT_CHARS + 1)},
    ],
)
def test_what_makes_no_sense_is_refused(wrong, decisions):
    with pytest.raises(UsageError):
        decisions.add(event(**wrong))
    assert decisions.all() == {}


def test_texts_that_no_file_can_hold_become_ones_it_can(decisions, tmp_path):
    decisions.add(event(action=Action.EDIT, text="a \ud800 b"))
    assert Decisions(tmp_path).standing(Subject("00000.tar", 0)).last.text == "a \ufffd b"


STEP = st.tuples(
    st.sampled_from(["Ada", "Ben"]),
    st.integers(0, 2),
    st.sampled_from(list(Action)),
    st.integers(0, 2),
    st.text(max_size=8),
)


@given(st.lists(STEP, max_size=30))
def test_any_order_of_two_reviewers_replays_to_the_same_state(tmp_path_factory, steps):
    """Each acts on what it saw last: `behind` versions ago. The model is a list for each pair."""
    folder = tmp_path_factory.mktemp("review")
    decisions = Decisions(folder, writing=True)
    model: dict[int, list[tuple[str, Action]]] = {}
    versions: dict[int, int] = {}
    for who, ordinal, action, behind, text in steps:
        version = versions.get(ordinal, 0) + 1 - behind
        given = f"a {text}" if action is Action.EDIT else ""
        made = event(ordinal, action, version, by=who, text=given)
        stands = model.setdefault(ordinal, [])
        if behind:
            with pytest.raises(ConflictError):
                decisions.add(made)
        elif action is Action.UNDO and not stands:
            with pytest.raises(UsageError):
                decisions.add(made)
        else:
            decisions.add(made)
            versions[ordinal] = version
            stands.pop() if action is Action.UNDO else stands.append((who, action))
    decisions.close()
    replayed = Decisions(folder).all()
    assert replayed == decisions.all()
    assert {subject.ordinal: each.version for subject, each in replayed.items()} == versions
    for subject, each in replayed.items():
        assert [(e.by, e.action) for e in each.events] == model[subject.ordinal]
        assert all(asdict(e)["of"] == "d" for e in each.events)
