import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish.errors import UsageError
from burnish.stores import open_store
from burnish.stores._strict_json import MAX_BYTES
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


def lay(folder: Path, found) -> list[tuple[Path, list[dict]]]:
    """Write the images; the rows of each split, and where its metadata goes."""
    splits = []
    for split, half in zip(("train", "validation"), halves(found), strict=True):
        (folder / split / "pics").mkdir(parents=True, exist_ok=True)
        for s in half:
            (folder / split / "pics" / f"{s.key}.jpg").write_bytes(s.image)
        splits.append((folder / split, [{"file_name": f"pics/{s.key}.jpg", "text": s.text, **s.foreign} for s in half]))
    return splits


def drop_last(folder: Path) -> int:
    (folder / "train" / "pics" / f"{3:09d}.jpg").unlink()
    return 1


def sample(path: Path, row: dict) -> Sample:
    image = (path.parent / row["file_name"]).read_bytes()
    return Sample(
        key=Path(row["file_name"]).stem, text=row["text"], image=image, foreign=foreign(row, "file_name", "text")
    )


def build_csv(folder: Path, found) -> None:
    for path, listed in lay(folder, found):
        with (path / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(listed[0]), lineterminator="\r\n")
            writer.writeheader()
            for row in listed:
                writer.writerow({k: v if isinstance(v, str) else json.dumps(v) for k, v in row.items()})


def rows_csv(folder: Path):
    found = []
    for path in sorted(folder.glob("*/metadata.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                typed = {k: json.loads(v) if k in {"width", "ratio", "nsfw"} else v for k, v in row.items()}
                found.append(sample(path, typed))
    return found


def build_parquet(folder: Path, found) -> None:
    for path, listed in lay(folder, found):
        pq.write_table(pa.Table.from_pylist(listed), path / "metadata.parquet", row_group_size=3)


def rows_parquet(folder: Path):
    return [
        sample(path, row)
        for path in sorted(folder.glob("*/metadata.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


VARIANTS = {
    "csv": Form(build=build_csv, rows=rows_csv, damage=drop_last),
    "parquet": Form(build=build_parquet, rows=rows_parquet, damage=drop_last),
}


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


def test_metadata_of_two_forms_is_refused(tmp_path):
    source(tmp_path, {"file_name": "a.jpg", "text": "x"})
    (tmp_path / "src" / "metadata.csv").write_bytes(b"file_name,text\na.jpg,x\n")
    with pytest.raises(UsageError, match="metadata of one form"):
        open_store(str(tmp_path / "src")).shards()


def test_rows_without_a_file_name_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no row has a field 'file_name'"):
        source(tmp_path, {"image": "a.jpg", "text": "x"}).shards()


def csv_source(tmp_path: Path, raw: bytes, names=("a.jpg", "b.jpg", "c.jpg")):
    src = tmp_path / "src"
    src.mkdir(exist_ok=True)
    for at, name in enumerate(names):
        (src / name).write_bytes(jpeg(at))
    (src / "metadata.csv").write_bytes(raw)
    return open_store(str(src))


def written(tmp_path: Path, store, rewrite=lambda _: None) -> bytes:
    copy(store, tmp_path / "out", rewrite)
    return (tmp_path / "out" / "metadata.csv").read_bytes()


def test_csv_rows_stand_as_they_were_with_ours_behind(tmp_path):
    parts = [
        b'\xef\xbb\xbffile_name,"text",n\r\n',
        b'a.jpg,"=cmd()"  ,1.0\r\n',
        b'b.jpg,"two\nlines, ""so""",\xff\n',
        b"c.jpg,,",
    ]
    raw = b"".join(parts)
    store = csv_source(tmp_path, raw)
    assert [(p.text, p.fields["n"]) for p in pairs(store)] == [
        ("=cmd()  ", "1.0"),
        ('two\nlines, "so"', "\udcff"),
        ("", ""),
    ]
    out = written(tmp_path, store)
    at = 0
    for part in parts:
        at = out.index(part.rstrip(b"\r\n") + b",", at) + 1
    assert not out.endswith(b"\n")
    assert list(csv.DictReader(io.StringIO(out[3:].decode("utf-8", "surrogateescape"), newline="")))[1]["n"] == "\udcff"


def test_csv_rewrites_keep_the_values_of_other_cells(tmp_path):
    store = csv_source(tmp_path, b'n,file_name,text\n"=1+1,",a.jpg,x\r\n@x,b.jpg,y\n', names=("a.jpg", "b.jpg"))
    out = written(tmp_path, store, lambda p: 'new, "one"' if p.text == "x" else None)
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert [(row["n"], row["file_name"], row["text"]) for row in rows] == [
        ("=1+1,", "a.jpg", 'new, "one"'),
        ("@x", "b.jpg", "y"),
    ]
    assert [row["caption_original"] for row in rows] == ["x", "y"]


def test_csv_without_a_text_column_or_rows_gets_them(tmp_path):
    store = csv_source(tmp_path, b"file_name\nb.jpg\n")
    assert [(p.image_name, p.text) for p in pairs(store)] == [("b.jpg", ""), ("a.jpg", ""), ("c.jpg", "")]
    rows = list(csv.DictReader(io.StringIO(written(tmp_path, store, lambda _: "new").decode(), newline="")))
    assert [(row["file_name"], row["text"]) for row in rows] == [("b.jpg", "new"), ("a.jpg", "new"), ("c.jpg", "new")]


def test_csv_rows_that_do_not_fit_are_faults_with_their_place(tmp_path):
    raw = b'file_name,text\na.jpg,x,too,many\n\nb.jpg\nc.jpg,z\rz\nc.jpg,"open\n'
    found = items(csv_source(tmp_path, raw))
    told = faults(found)
    assert [(f.reason, f.detail.split(":")[0]) for f in told] == [
        (Reason.BAD_LINE, "line 2"),
        (Reason.BAD_LINE, "line 5"),
        (Reason.BAD_LINE, "line 6"),
    ]
    assert [raw[f.start : f.stop] for f in told] == [b"a.jpg,x,too,many\n", b"c.jpg,z\rz\n", b'c.jpg,"open\n']
    assert [(p.image_name, p.text) for p in found if p not in told] == [("b.jpg", ""), ("a.jpg", ""), ("c.jpg", "")]
    assert copy(open_store(str(tmp_path / "src")), tmp_path / "out").total == 6


def test_an_endless_csv_line_is_a_fault_in_bounded_memory(tmp_path):
    long = b'a.jpg,"' + b"x" * (MAX_BYTES + 5) + b'"\n'
    found = items(csv_source(tmp_path, b"file_name,text\n" + long + b"b.jpg,y\n", names=("b.jpg",)))
    (fault,) = faults(found)
    assert (fault.start, fault.raw_size, len(fault.raw)) == (15, len(long), 65536)
    assert [p.text for p in found if p is not fault] == ["y"]


def test_two_csv_columns_of_one_name_are_refused(tmp_path):
    with pytest.raises(UsageError, match="two columns are called 'text'"):
        csv_source(tmp_path, b"file_name,text,text\na.jpg,x,y\n").shards()


def test_a_table_keeps_types_and_gets_rows_for_images_without(tmp_path):
    src = tmp_path / "src"
    src.mkdir()
    for at, name in enumerate(("a.jpg", "b.jpg", "c.jpg")):
        (src / name).write_bytes(jpeg(at))
    kinds = pa.schema(
        [
            ("file_name", pa.large_string()),
            pa.field("n", pa.int16(), nullable=False),
            ("tags", pa.list_(pa.string())),
            ("text", pa.dictionary(pa.int8(), pa.string())),
        ]
    )
    made = {"file_name": ["b.jpg", "gone.jpg"], "n": [1, 2], "tags": [["x"], []], "text": ["=A1", "y"]}
    pq.write_table(pa.Table.from_pydict(made, schema=kinds), src / "metadata.parquet")
    store = open_store(str(src))
    copy(store, tmp_path / "out", lambda p: "new" if p.image_name == "c.jpg" else None)
    table = pq.read_table(tmp_path / "out" / "metadata.parquet")
    assert [table.schema.field(f.name).type for f in kinds] == [f.type for f in kinds]
    assert table.select(kinds.names).to_pylist() == [
        {"file_name": "b.jpg", "n": 1, "tags": ["x"], "text": "=A1"},
        {"file_name": "a.jpg", "n": None, "tags": None, "text": ""},
        {"file_name": "c.jpg", "n": None, "tags": None, "text": "new"},
    ]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"file_name,text\ra.jpg,hello\rb.jpg,there\r", "line ends LF"),
        ("file_name,text\na.jpg,hello\n".encode("utf-16"), "UTF-8"),
        ("file_name,text\na.jpg,hello\n".encode("utf-16-le"), "UTF-8"),
    ],
)
def test_csv_in_which_no_row_would_be_found_is_refused(raw, told, tmp_path):
    with pytest.raises(UsageError, match=told):
        csv_source(tmp_path, raw).shards()
