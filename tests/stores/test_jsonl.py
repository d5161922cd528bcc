import json
from pathlib import Path

import pytest

from burnish.errors import UsageError
from burnish.stores import open_store
from burnish.stores._strict_json import MAX_BYTES
from burnish.values import Reason
from tests.builders import jpeg
from tests.stores.forms import Form, Sample, copy, faults, foreign, halves, items, pairs, record


def build(folder: Path, found) -> None:
    (folder / "img").mkdir(parents=True, exist_ok=True)
    for at, half in enumerate(halves(found)):
        lines = []
        for s in half:
            name = f"img/{s.key}.jpg"
            (folder / name).write_bytes(s.image)
            lines.append(json.dumps({"key": s.key, "image": name, "caption": s.text, **s.foreign}, ensure_ascii=False))
        (folder / f"{at:05d}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def rows(folder: Path):
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            row = json.loads(line)
            image = (folder / row["image"]).read_bytes()
            found.append(
                Sample(
                    key=row["key"], text=row["caption"], image=image, foreign=foreign(row, "key", "image", "caption")
                )
            )
    return found


def damage(folder: Path) -> int:
    """Tear the last line of the first file."""
    path = folder / "00000.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    return 1


FORM = Form(build=build, rows=rows, damage=damage)


def source(tmp_path: Path, *lines: bytes | dict, names=("a.jpg", "b.jpg", "c.jpg"), **options):
    src = tmp_path / "src"
    src.mkdir(exist_ok=True)
    for at, name in enumerate(names):
        (src / name).parent.mkdir(parents=True, exist_ok=True)
        (src / name).write_bytes(jpeg(at))
    raw = b"".join(json.dumps(line).encode() + b"\n" if isinstance(line, dict) else line for line in lines)
    (src / "rows.jsonl").write_bytes(raw)
    return open_store(str(src), "jsonl", options)


def row(name="a.jpg", text="x", **more):
    return {"image": name, "caption": text, **more}


def test_lines_are_spliced_not_rewritten(tmp_path):
    raw = b'{"n":1.0, "e" : 1e5,"big":12345678901234567890,"caption":"old","image":"a.jpg","u":"\\u00e9\xc3\xa9" }\r\n'
    store = source(tmp_path, raw)
    copy(store, tmp_path / "out", lambda _: "new")
    line = (tmp_path / "out" / "rows.jsonl").read_bytes()
    assert line.startswith(raw.replace(b"old", b"new").removesuffix(b" }\r\n"))
    assert line.endswith(b" }\r\n")
    assert json.loads(line)["caption_original"] == "old"


def test_unchanged_text_stays_as_it_was_written(tmp_path):
    lines = [
        b'{"image":"a.jpg","caption":"\\ud83d\\u00e9"}\n',
        b'{"image":"b.jpg","caption":null}\n',
        b'{"image":"c.jpg","caption":7}',
    ]
    store = source(tmp_path, *lines, text_column="caption")
    assert [p.text for p in pairs(store)] == ["\ud83dé", "", "7"]
    copy(store, tmp_path / "out")
    written = (tmp_path / "out" / "rows.jsonl").read_bytes().splitlines()
    assert [w[: len(line.strip()) - 1] for w, line in zip(written, lines, strict=True)] == [
        line.strip()[:-1] for line in lines
    ]


def test_every_bad_line_is_a_fault_with_its_place(tmp_path):
    good = json.dumps(row()).encode()
    bad = [
        b"[1]\n",
        b'{"image":"a.jpg","image":"b.jpg"}\n',
        b'{"image":NaN}\n',
        b'{"image":"a.jpg","caption":"caf\xe9"}\n',
        b"\n",
        b'{"image":"a',
    ]
    found = items(source(tmp_path, b"\xef\xbb\xbf" + good + b"\r\n", *bad[:3], good + b"\n", *bad[3:]))
    assert [i.origin.ordinal for i in found] == list(range(7))
    told = faults(found)
    assert {f.reason for f in told} == {Reason.BAD_LINE}
    assert [f.detail.split(":")[0] for f in told] == ["line 2", "line 3", "line 4", "line 6", "line 8"]
    whole = (tmp_path / "src" / "rows.jsonl").read_bytes()
    assert all(whole[f.start : f.stop] == f.raw for f in told)


def test_only_line_feeds_cut(tmp_path):
    texts = ["a\u2028b", "a\u0085b", "a\x0bb\x0cc", "a\rb"]
    lines = [json.dumps(row(text=t), ensure_ascii=False).encode() + b"\n" for t in texts]
    assert [p.text for p in pairs(source(tmp_path, *lines))] == texts


def test_a_line_without_end_is_a_fault_in_bounded_memory(tmp_path):
    long = b'{"image": "a.jpg", "caption": "' + b"x" * (MAX_BYTES + 5) + b'"}\n'
    found = items(source(tmp_path, row(), long, row()))
    (fault,) = faults(found)
    assert (fault.raw_size, len(fault.raw), fault.detail) == (len(long), 65536, f"line 2: {len(long):,} bytes long")
    assert len(found) == 3


BAD_NAMES = {
    "../secret.jpg": Reason.PATH_ESCAPE,
    "x/../../secret.jpg": Reason.PATH_ESCAPE,
    "/etc/passwd": Reason.PATH_ESCAPE,
    "~/secret.jpg": Reason.MISSING_FILE,
    "file:///etc/passwd": Reason.PATH_ESCAPE,
    "https://example.org/a.jpg": Reason.PATH_ESCAPE,
    "out_link.jpg": Reason.PATH_ESCAPE,
    "link_folder/secret.jpg": Reason.PATH_ESCAPE,
    ".burnish/a.jpg": Reason.PATH_ESCAPE,
    "nul\0.jpg": Reason.PATH_ESCAPE,
    "missing.jpg": Reason.MISSING_FILE,
    "sub": Reason.MISSING_FILE,
    "a.jpg/b": Reason.MISSING_FILE,
    "x" * 5000: Reason.MISSING_FILE,
    "lone\ud83d.jpg": Reason.MISSING_FILE,
    "loop.jpg": Reason.MISSING_FILE,
    "rows.jsonl": Reason.FORMAT_NOT_ALLOWED,
    "empty.jpg": Reason.NO_IMAGE,
    "big.jpg": Reason.TOO_LARGE,
}


def test_names_that_lead_astray(tmp_path):
    store = source(tmp_path, row(), *(row(name) for name in BAD_NAMES), max_image_mb="1")
    src = tmp_path / "src"
    (tmp_path / "secret.jpg").write_bytes(jpeg())
    (src / "out_link.jpg").symlink_to(tmp_path / "secret.jpg")
    (src / "link_folder").symlink_to(tmp_path)
    (src / "in_link.jpg").symlink_to(src / "a.jpg")
    (src / "loop.jpg").symlink_to(src / "loop.jpg")
    (src / "sub").mkdir()
    (src / ".burnish").mkdir()
    (src / ".burnish" / "a.jpg").write_bytes(jpeg())
    (src / "empty.jpg").write_bytes(b"")
    (src / "big.jpg").write_bytes(b"x" * ((1 << 20) + 1))
    found = items(store)
    assert {(n, f.reason) for n, f in zip(BAD_NAMES, faults(found), strict=True)} == set(BAD_NAMES.items())
    assert copy(store, tmp_path / "out").kept == 1


def test_links_inside_dots_and_doubled_slashes_are_fine(tmp_path):
    store = source(tmp_path, row("in_link.jpg"), row("./sub//c.jpg"), names=("a.jpg", "sub/c.jpg"))
    (tmp_path / "src" / "in_link.jpg").symlink_to(tmp_path / "src" / "a.jpg")
    copy(store, tmp_path / "out")
    assert (tmp_path / "out" / "in_link.jpg").read_bytes() == jpeg(0)
    assert (tmp_path / "out" / "sub" / "c.jpg").read_bytes() == jpeg(1)


def test_an_image_of_many_rows_is_copied_once(tmp_path):
    store = source(tmp_path, row(text="one"), row(text="two"))
    assert copy(store, tmp_path / "out").kept == 2
    assert [p.flags for p in pairs(store)] == [(), ("duplicate_key",)]


def test_several_images_are_flagged_and_copied(tmp_path):
    store = source(tmp_path, {"images": ["a.jpg", "b.jpg", "gone.jpg"], "text": "x"}, {"images": [], "text": "y"})
    (found, fault) = items(store)
    assert (found.image, found.flags, fault.reason) == (jpeg(0), ("several_images",), Reason.NO_IMAGE)
    copy(store, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").glob("*.jpg")) == ["a.jpg", "b.jpg"]


def test_images_may_count_from_another_root(tmp_path):
    store = source(tmp_path, row("pics/1.jpg"), names=(), image_root=str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere" / "pics").mkdir(parents=True)
    (tmp_path / "elsewhere" / "pics" / "1.jpg").write_bytes(jpeg(5))
    copy(store, tmp_path / "out")
    assert pairs(open_store(str(tmp_path / "out")))[0].image == jpeg(5)


def test_fields_are_guessed_from_the_first_rows_that_have_them(tmp_path):
    store = source(tmp_path, {"id": 3, "file_name": "a.jpg"}, {"id": 4, "file_name": "b.jpg", "TEXT": "x"})
    assert [(p.key, p.text) for p in pairs(store)] == [("3", ""), ("4", "x")]
    copy(store, tmp_path / "out", lambda _: "new")
    assert [p.text for p in pairs(open_store(str(tmp_path / "out")))] == ["new", "new"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"pixels": "a.jpg", "caption": "x"}, "which field names the image file.*\nIt has: pixels, caption\n"),
        ({"image": "a.jpg", "words": "x"}, "which field holds the text.*\nIt has: image, words\n"),
        ({"id": "1", "image": "a.jpg", "conversations": [{"from": "human", "value": "hi"}]}, "conversations"),
    ],
)
def test_refuses_what_it_cannot_guess(tmp_path, line, message):
    with pytest.raises(UsageError, match=message):
        source(tmp_path, line).shards()


def test_a_file_without_any_sound_row_is_faults_only(tmp_path):
    store = source(tmp_path, b"\xff\xfe{\x00\n\x00", b"nonsense\n", b"{}")
    assert [f.reason for f in faults(items(store))] == [Reason.BAD_LINE, Reason.BAD_LINE, Reason.NO_IMAGE]
    assert copy(store, tmp_path / "out").quarantined == 3


def test_writer_never_breaks_lines(tmp_path):
    store = source(tmp_path, row())
    copy(store, tmp_path / "out", lambda _: "a\u2028b\nc\u0085")
    assert len((tmp_path / "out" / "rows.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert record(pairs(open_store(str(tmp_path / "out")))[0]).pair.text == "a\u2028b\nc\u0085"


def test_a_list_of_texts_is_no_empty_text_that_may_be_written_over(tmp_path):
    lines = [row(text="one"), row("b.jpg", ["one", "two"]), row("c.jpg", {"en": "three"})]
    store = source(tmp_path, *lines)
    assert [p.text for p in pairs(store)] == ["one"]
    assert [(f.reason, f.detail, json.loads(f.raw)) for f in faults(items(store))] == [
        (Reason.BAD_LINE, "line 2: field 'caption' holds a list, not a text", lines[1]),
        (Reason.BAD_LINE, "line 3: field 'caption' holds a struct, not a text", lines[2]),
    ]


def test_human_captions_under_our_names_stay(tmp_path):
    theirs = {"captions": ["human one", "human two"], "caption_original": "theirs"}
    store = source(tmp_path, row(text="old", **theirs))
    copy(store, tmp_path / "out", lambda _: "new")
    [line] = map(json.loads, (tmp_path / "out" / "rows.jsonl").read_bytes().splitlines())
    assert (line["captions"], line["source_caption_original"]) == (theirs["captions"], "theirs")
    assert (line["caption_original"], line["caption"]) == ("old", "new")
    assert line["burnish_captions"][0]["text"] == "old"


def test_metadata_alone_is_read_if_this_form_is_asked_for(tmp_path):
    src = tmp_path / "src"
    source(tmp_path)
    (src / "rows.jsonl").rename(src / "metadata.jsonl")
    (src / "metadata.jsonl").write_text(json.dumps(row()) + "\n")
    assert [p.text for p in pairs(open_store(str(src), "jsonl"))] == ["x"]
    assert [p.text for p in pairs(open_store(str(src / "metadata.jsonl"), "jsonl"))] == ["x"]


def test_links_of_the_hubs_cache_lead_to_its_own_files_only(tmp_path):
    home = tmp_path / "datasets--me--cats"
    (home / "blobs").mkdir(parents=True)
    (home / "blobs" / "0a1b").write_bytes(jpeg(1))
    (tmp_path / "secret.jpg").write_bytes(jpeg(2))
    src = home / "snapshots" / "c0ffee"
    src.mkdir(parents=True)
    (src / "a.jpg").symlink_to("../../blobs/0a1b")
    (src / "b.jpg").symlink_to("../../../secret.jpg")
    (src / "rows.jsonl").write_text("".join(json.dumps(row(f"{name}.jpg")) + "\n" for name in "ab"))
    store = open_store(str(src))
    assert [p.key for p in pairs(store)] == ["a.jpg"]
    assert [f.reason for f in faults(items(store))] == [Reason.PATH_ESCAPE]
