import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish.errors import UsageError
from burnish.stores import open_store
from burnish.stores._parquet.reading import BATCH_BYTES
from burnish.values import Pair, Reason
from tests.builders import jpeg
from tests.stores.forms import Form, Sample, copy, faults, foreign, halves, items, pairs, samples


def table(found, *, struct=False, text_type=None):
    images = [s.image for s in found]
    columns = {
        "key": pa.array([s.key for s in found]),
        "jpg": pa.array([{"bytes": i, "path": f"{s.key}.jpg"} for i, s in zip(images, found, strict=True)])
        if struct
        else pa.array(images, pa.binary()),
        "caption": pa.array([s.text for s in found], text_type or pa.string()),
    }
    for name in found[0].foreign if found else ():
        columns[name] = pa.array([s.foreign[name] for s in found])
    return pa.table(columns)


def build(folder: Path, found) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for at, half in enumerate(halves(found)):
        pq.write_table(table(half), folder / f"{at:05d}.parquet", row_group_size=2)


def rows(folder: Path):
    found = []
    for path in sorted(folder.glob("*.parquet")):
        found += [
            Sample(key=r["key"], text=r["caption"], image=r["jpg"], foreign=foreign(r, "key", "jpg", "caption"))
            for r in pq.read_table(path).to_pylist()
        ]
    return found


def damage(folder: Path) -> int:
    """Overwrite the image pages of the last row group of the first file (4 samples of 7 in groups of 2)."""
    path = folder / "00000.parquet"
    chunk = pq.ParquetFile(path).metadata.row_group(1).column(1)
    raw = bytearray(path.read_bytes())
    raw[chunk.data_page_offset : chunk.data_page_offset + 64] = b"\xff" * 64
    path.write_bytes(raw)
    return 2


FORM = Form(build=build, rows=rows, damage=damage)


def one(tmp_path, made, **options):
    src = tmp_path / "src"
    src.mkdir(exist_ok=True)
    pq.write_table(made, src / "00000.parquet", row_group_size=options.pop("row_group_size", 4))
    return open_store(str(src), "parquet", options)


def test_struct_images_keep_their_path_and_name(tmp_path):
    store = one(tmp_path, table(samples(), struct=True))
    assert [p.image_name for p in pairs(store)] == [f"{at:09d}.jpg" for at in range(7)]
    copy(store, tmp_path / "out", lambda p: "new" if p.origin.ordinal == 1 else None)
    before, after = (pq.read_table(tmp_path / d / "00000.parquet") for d in ("src", "out"))
    assert after["jpg"].combine_chunks() == before["jpg"].combine_chunks()
    assert after["caption"].to_pylist()[1] == "new"


TEXTS = [pa.string(), pa.large_string(), pa.dictionary(pa.int16(), pa.string()), pa.string_view()]


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_text_type_is_kept(tmp_path, kind):
    store = one(tmp_path, table(samples(), text_type=kind))
    copy(store, tmp_path / "out", lambda p: "new" if p.origin.ordinal in {1, 6} else None)
    after = pq.read_table(tmp_path / "out" / "00000.parquet")
    assert (
        after.schema.field("caption").type == pq.read_schema(tmp_path / "src" / "00000.parquet").field("caption").type
    )
    expected = ["new" if at in {1, 6} else s.text for at, s in enumerate(samples())]
    assert after["caption"].to_pylist() == expected


def test_untouched_columns_types_notes_codec_and_groups_stay(tmp_path):
    found = samples()
    made = table(found)
    made = made.append_column("when", pa.array(range(7), pa.timestamp("us", "Europe/Berlin")))
    made = made.append_column("vector", pa.array([[0.5, 1.5]] * 7, pa.list_(pa.float32(), 2)))
    made = made.append_column("nothing", pa.nulls(7))
    made = made.append_column("nested", pa.array([{"a": [1, None], "b": {"c": "x"}}] * 7))
    made = made.append_column("label", pa.array(["a", "b", None, "a", "b", "a", "a"]).dictionary_encode())
    made = made.replace_schema_metadata({"mine": "kept"})
    src = tmp_path / "src"
    src.mkdir()
    pq.write_table(made, src / "a.parquet", row_group_size=3, compression={"jpg": "NONE", "caption": "ZSTD"})
    copy(open_store(str(src)), tmp_path / "out", lambda p: "new" if p.origin.ordinal == 2 else None)
    after = pq.ParquetFile(tmp_path / "out" / "a.parquet")
    before = pq.read_table(src / "a.parquet")
    kept = [name for name in before.schema.names if name != "caption"]
    assert after.read().select(kept).replace_schema_metadata() == before.select(kept).replace_schema_metadata()
    assert after.schema_arrow.metadata[b"mine"] == b"kept"
    assert [after.metadata.row_group(g).num_rows for g in range(after.metadata.num_row_groups)] == [3, 3, 1]
    codecs = {
        c.path_in_schema: c.compression
        for c in (after.metadata.row_group(0).column(i) for i in range(after.metadata.num_columns))
    }
    assert codecs["jpg"] == "UNCOMPRESSED"
    assert codecs["caption"] == codecs["caption_original"] == codecs["burnish_captions.list.element.text"] == "ZSTD"


def test_null_and_broken_texts_are_empty_or_lossless_and_stay(tmp_path):
    odd = pa.array([b"ok", b"caf\xe9", None, b"x"]).cast(pa.binary())
    bad = pa.Array.from_buffers(pa.string(), 4, odd.buffers())
    made = pa.table({"image": pa.array([jpeg(i) for i in range(4)]), "caption": bad, "note": bad})
    store = one(tmp_path, made)
    assert [p.text for p in pairs(store)] == ["ok", "caf\udce9", "", "x"]
    copy(store, tmp_path / "out", lambda p: "new" if p.text == "x" else None)
    after = pq.read_table(tmp_path / "out" / "00000.parquet")
    assert after["caption"].cast(pa.binary()).to_pylist() == [b"ok", b"caf\xe9", None, b"new"]
    assert after["caption_original"].to_pylist() == ["ok", "caf\ufffd", "", "x"]


def test_a_null_text_column_can_take_texts(tmp_path):
    made = pa.table({"image": [jpeg(0), jpeg(1)], "caption": pa.nulls(2)})
    store = one(tmp_path, made)
    copy(store, tmp_path / "out", lambda p: "new" if p.origin.ordinal else None)
    assert pq.read_table(tmp_path / "out" / "00000.parquet")["caption"].to_pylist() == [None, "new"]


def test_bad_images_are_faults_and_leave_the_output(tmp_path):
    images = [jpeg(0), None, b"", jpeg(3), b"x" * (1 << 20) + b"y"]
    store = one(tmp_path, pa.table({"image": images, "caption": list("abcde")}), max_image_mb="1")
    found = items(store)
    assert [f.reason for f in faults(found)] == [Reason.NO_IMAGE, Reason.NO_IMAGE, Reason.TOO_LARGE]
    assert [i.origin.ordinal for i in found] == [0, 1, 2, 3, 4]
    copy(store, tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "00000.parquet")["caption"].to_pylist() == ["a", "d"]


def test_struct_without_bytes_says_so(tmp_path):
    made = pa.table({"image": pa.array([{"bytes": None, "path": "/data/1.jpg"}, None, {"bytes": jpeg(), "path": None}],
                    pa.struct([("bytes", pa.binary()), ("path", pa.string())])), "text": ["a", "b", "c"]})  # fmt: skip
    found = items(one(tmp_path, made))
    assert [f.detail for f in faults(found)] == [
        "no image bytes, only the path of a file that is not in the table",
        "the image cell is null or empty",
    ]
    assert isinstance(found[2], Pair)
    assert found[2].key == found[2].image_name == "000000002"


def test_corrupt_row_group_costs_its_rows_only(tmp_path):
    build(tmp_path / "src", samples())
    damage(tmp_path / "src")
    store = open_store(str(tmp_path / "src"))
    found = items(store)
    assert [i.origin.ordinal for i in found] == [0, 1, 2, 3, 0, 1, 2]
    assert [f.reason for f in faults(found)] == [Reason.BAD_PARQUET] * 2
    assert all(f.detail.startswith("row group 1: ") for f in faults(found))
    copy(store, tmp_path / "out")
    assert [s.key for s in rows(tmp_path / "out")] == [s.key for s in samples() if s.key[-1] not in "23"]


@pytest.mark.parametrize("kept", [0, 1, 3, 4, 900, -1])
def test_corrupt_footer_is_one_fault_and_writes_nothing(tmp_path, kept):
    build(tmp_path / "src", samples())
    path = tmp_path / "src" / "00000.parquet"
    raw = path.read_bytes()
    path.write_bytes(raw[:kept] + b"\0" * (len(raw) - kept - 8) * (kept == 3) + raw[-8:] * (kept == 3))
    store = open_store(str(tmp_path / "src"))
    assert [(f.reason, f.raw_size) for f in faults(items(store))] == [(Reason.BAD_PARQUET, path.stat().st_size)]
    copy(store, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").glob("*.parquet")] == ["00001.parquet"]


def test_duplicate_keys_are_flagged(tmp_path):
    made = pa.table({"key": ["a", "a", "b"], "image": [jpeg(i) for i in range(3)], "caption": ["x"] * 3})
    assert [p.flags for p in pairs(one(tmp_path, made))] == [(), ("duplicate_key",), ()]


def test_notes_for_datasets_name_our_columns(tmp_path):
    made = table(samples(), struct=True)
    features = {"key": {"dtype": "string", "_type": "Value"}, "jpg": {"_type": "Image"}}
    made = made.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    copy(one(tmp_path, made), tmp_path / "out")
    note = json.loads(pq.read_schema(tmp_path / "out" / "00000.parquet").metadata[b"huggingface"])
    assert note["info"]["features"]["jpg"] == {"_type": "Image"}
    assert note["info"]["features"]["burnish_score_overall"] == {"dtype": "float64", "_type": "Value"}


def test_our_own_output_can_be_a_source(tmp_path):
    build(tmp_path / "src", samples())
    copy(open_store(str(tmp_path / "src")), tmp_path / "out")
    copy(open_store(str(tmp_path / "out"), "parquet"), tmp_path / "again")
    first, second = (pq.read_table(tmp_path / d / "00000.parquet") for d in ("out", "again"))
    assert first == second


def test_large_images_are_read_in_small_batches_and_written_in_small_pages(tmp_path):
    found = np.random.default_rng(0).integers(0, 256, (100, 1 << 20), np.uint8)
    store = one(
        tmp_path, pa.table({"image": [row.tobytes() for row in found], "caption": ["x"] * 100}), row_group_size=100
    )
    copy(store, tmp_path / "out")
    store = open_store(str(tmp_path / "out"), "parquet")
    before = pa.total_allocated_bytes()
    assert max(pa.total_allocated_bytes() - before for _ in store.read(store.shards()[0])) < 3 * BATCH_BYTES


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"image": [b"x"], "words": ["a"]}, {}, "which column holds the text"),
        ({"photo_a": [b"x"], "photo_b": [b"y"], "text": ["a"]}, {}, "which column holds the image"),
        ({"image": [b"x"], "text": ["a"]}, {"text_column": "caption"}, "there is no column 'caption'"),
        ({"image": [b"x"], "text": ["a"], "n": [1]}, {"text_column": "n"}, "column 'n' holds no text"),
        ({"image": [b"x"], "text": ["a"]}, {"textcolumn": "x"}, "no option 'textcolumn'"),
        ({"image": [b"x"], "text": ["a"]}, {"max_image_mb": "-1"}, "whole number"),
    ],
)
def test_refuses_what_it_cannot_guess(tmp_path, columns, options, message):
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(UsageError, match=message):
        open_store(str(tmp_path), "parquet", options).shards()


def test_two_columns_of_one_name_are_refused(tmp_path):
    made = pa.Table.from_arrays([pa.array([b"x"]), pa.array(["a"]), pa.array(["b"])], names=["image", "text", "text"])
    sink = io.BytesIO()
    pq.write_table(made, sink)
    (tmp_path / "a.parquet").write_bytes(sink.getvalue())
    with pytest.raises(UsageError, match="two columns are called 'text'"):
        open_store(str(tmp_path), "parquet").shards()
