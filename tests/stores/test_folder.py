import json
from pathlib import Path

import pytest

from burnish.errors import UsageError
from burnish.stores import open_store
from burnish.values import Reason
from tests.builders import jpeg
from tests.stores.forms import Form, Sample, copy, faults, foreign, halves, items, pairs


def build(folder: Path, found) -> None:
    for split, half in zip(("train", "validation"), halves(found), strict=True):
        (folder / split / "pics").mkdir(parents=True, exist_ok=True)
        lines = []
        for s in half:
            name = f"pics/{s.key}.jpg"
            (folder / split / name).write_bytes(s.image)
            lines.append(json.dumps({"file_name": name, "text": s.text, **s.foreign}) + "\n")
        (folder / split / "metadata.jsonl").write_text("".join(lines), encoding="utf-8")


def rows(folder: Path):
    found = []
    for path in sorted(folder.glob("*/metadata.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            row = json.loads(line)
            image = (path.parent / row["file_name"]).read_bytes()
            key = Path(row["file_name"]).stem
            found.append(Sample(key=key, text=row["text"], image=image, foreign=foreign(row, "file_name", "text")))
    return found


def damage(folder: Path) -> int:
    """Remove the image of the last row of the first split."""
    path = folder / "train"
    last = json.loads((path / "metadata.jsonl").read_text(encoding="utf-8").split("\n")[-2])
    (path / last["file_name"]).unlink()
    return 1


FORM = Form(build=build, rows=rows, damage=damage)


def source(tmp_path: Path, *found: dict, names=("a.jpg", "b.jpg", "c.jpg"), **options):
    src = tmp_path / "src"
    src.mkdir(exist_ok=True)
    for at, name in enumerate(names):
        (src / name).parent.mkdir(parents=True, exist_ok=True)
        (src / name).write_bytes(jpeg(at))
    (src / "metadata.jsonl").write_text("\n".join(json.dumps(row) for row in found), encoding="utf-8")
    return open_store(str(src), None, options)


def test_images_without_a_row_get_one(tmp_path):
    store = source(tmp_path, {"file_name": "./b.jpg", "caption": "x"}, names=("a.jpg", "b.jpg", "sub/c.PNG"))
    (tmp_path / "src" / "notes.txt").write_text("not an image")
    assert [(p.image_name, p.text) for p in pairs(store)] == [("./b.jpg", "x"), ("a.jpg", ""), ("sub/c.PNG", "")]
    copy(store, tmp_path / "out", lambda p: "new" if p.image_name == "a.jpg" else None)
    lines = [json.loads(line) for line in (tmp_path / "out" / "metadata.jsonl").read_text("utf-8").split("\n")[:-1]]
    assert [(row["file_name"], row["caption"]) for row in lines] == [
        ("./b.jpg", "x"),
        ("a.jpg", "new"),
        ("sub/c.PNG", ""),
    ]
    assert (tmp_path / "out" / "sub" / "c.PNG").read_bytes() == jpeg(2)


def test_splits_below_have_their_own_images(tmp_path):
    store = source(tmp_path, {"file_name": "a.jpg", "text": "x"}, names=("a.jpg", "test/b.jpg", "test/c.jpg"))
    (tmp_path / "src" / "test" / "metadata.jsonl").write_text('{"file_name": "c.jpg", "text": "y"}\n')
    assert [s.name for s in store.shards()] == ["metadata.jsonl", "test/metadata.jsonl"]
    assert [(p.origin.shard, p.image_name) for p in pairs(store)] == [
        ("metadata.jsonl", "a.jpg"),
        ("test/metadata.jsonl", "c.jpg"),
        ("test/metadata.jsonl", "b.jpg"),
    ]


def test_several_images_of_a_row(tmp_path):
    store = source(
        tmp_path, {"left_file_name": "a.jpg", "right_file_name": "b.jpg", "text": "x"}, names=("a.jpg", "b.jpg")
    )
    (found,) = pairs(store)
    assert (found.image_name, found.flags) == ("a.jpg", ("several_images",))
    copy(store, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").glob("*.jpg")) == ["a.jpg", "b.jpg"]


def test_missing_outside_and_linked_files_are_faults(tmp_path):
    names = ["gone.jpg", "../a.jpg", "/etc/passwd", "link.jpg"]
    store = source(tmp_path, *({"file_name": name, "text": "x"} for name in names), names=())
    (tmp_path / "out.jpg").write_bytes(jpeg())
    (tmp_path / "src" / "link.jpg").symlink_to(tmp_path / "out.jpg")
    (tmp_path / "src" / "dangling.jpg").symlink_to(tmp_path / "src" / "nowhere")
    assert [f.reason for f in faults(items(store))] == [
        Reason.MISSING_FILE,
        Reason.PATH_ESCAPE,
        Reason.PATH_ESCAPE,
        Reason.PATH_ESCAPE,
        Reason.MISSING_FILE,
    ]


def test_a_metadata_file_can_be_named_outright(tmp_path):
    source(tmp_path, {"file_name": "a.jpg", "text": "x"})
    assert len(pairs(open_store(str(tmp_path / "src" / "metadata.jsonl")))) == 3


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.parquet"])
def test_other_metadata_is_refused_with_advice(tmp_path, name):
    (tmp_path / name).write_bytes(b"file_name,text\n")
    with pytest.raises(UsageError, match=r"only metadata.jsonl is read"):
        open_store(str(tmp_path)).shards()


def test_rows_without_a_file_name_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no row has a field 'file_name'"):
        source(tmp_path, {"image": "a.jpg", "text": "x"}).shards()
