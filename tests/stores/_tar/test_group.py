"""The short way and the general way must come to the same groups, whatever the shard."""

import os
import tempfile

from hypothesis import given, settings
from hypothesis import strategies as st

from burnish.stores._tar.group import Group, _Grouper, group, split_name
from burnish.stores._tar.scan import scan
from burnish.stores._tar.source import Source
from tests.stores._tar.shards import pairs, read, rows, spans_of, tar_bytes, triple, triples

MEMBERS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d/a", "d.x/b", "E"]),
        st.sampled_from([".jpg", ".txt", ".json", ".JPG", ".b.jpg", ".npy", "", ".", "/"]),
        st.sampled_from([b"", b"x", b"\xff\xd8\xff" + b"y" * 600]),
    ),
    max_size=30,
)
EDIT = st.tuples(st.integers(0, 30_000), st.integers(0, 1500), st.binary(max_size=700))


def outcome(entries):
    return [
        (e.key, e.start, e.verdict, e.earlier, e.flags, e.parts, e.suffixes, e.cut) if isinstance(e, Group) else e
        for e in entries
    ]


def in_general(source: Source):
    grouper = _Grouper(source)
    for span in scan(source):
        grouper.take_in(span)
    return outcome(grouper.rest())


@settings(max_examples=400, deadline=None)
@given(MEMBERS, st.lists(EDIT, max_size=2))
def test_both_ways_are_one(found, edits):
    data = tar_bytes([(key + suffix, raw) for key, suffix, raw in found])
    for at, removed, added in edits:
        data = data[:at] + added + data[at + removed :]
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        fd = os.dup(file.fileno())
        try:
            assert outcome(group(Source(fd, len(data), "a"))) == in_general(Source(fd, len(data), "a"))
        finally:
            os.close(fd)


def test_the_short_way_is_taken_up_again_behind_trouble(tmp_path):
    members = triples(300)
    members[30:36] = [members[at] for at in (30, 33, 31, 34, 32, 35)]  # two pairs interleaved
    members[100:100] = [("README", b"x")]
    data = tar_bytes(members)
    at = spans_of(data)["000000200.json"][0]
    data = data[:at] + bytes(512) + data[at + 512 :]
    items = read(data, tmp_path)
    assert [p.key for p in pairs(items)] == [f"{at:09d}" for at in range(300)]
    assert [p.key for p in pairs(items) if not p.fields] == ["000000200"]
    assert len(rows(items)) == 1


def test_a_key_that_comes_back_later_joins_its_group(tmp_path):
    items = read(tar_bytes([*triple("a")[:1], *triples(20), *triple("a")[1:], *triples(1)]), tmp_path)
    assert pairs(items)[0].key == "a"
    assert pairs(items)[0].text == "a red apple"
    assert [p.key for p in pairs(items)][1:] == [*(f"{at:09d}" for at in range(20)), "000000000"]


def test_keys_after_webdatasets_rule():
    cases = {
        "a.jpg": ("a", "jpg"),
        "d/a.b.JPG": ("d/a", "b.jpg"),
        "d.x/a.jpg": ("d.x/a", "jpg"),
        "./a.jpg": ("./a", "jpg"),
        "a.": ("a", ""),
        "a": None,
        ".a.jpg": None,
        "d/.a.jpg": None,
        "d.x/a": None,
    }
    assert {name: split_name(name) for name in cases} == cases
