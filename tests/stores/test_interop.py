"""What we write loads, row for row, with what people train from."""

import io
import json
import os
import tarfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image
from pyarrow import dataset

from burnish.card import card
from burnish.stores import open_store
from burnish.values import Pair
from tests.builders import jpeg
from tests.stores.forms import copy, forms, samples

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

ODD = "Zwei\u2028Äpfel"


def rewrite(pair: Pair) -> str | None:
    return ODD if pair.origin.ordinal == 1 else None


def texts() -> list[str]:
    return [ODD if at in {1, 5} else s.text for at, s in enumerate(samples())]


def output(name: str, tmp_path: Path, variant: str = "main") -> Path:
    """An output folder of the form `name`, with its card."""
    forms(name)[variant].build(tmp_path / "src", samples())
    store = open_store(str(tmp_path / "src"))
    counts = copy(store, tmp_path / "out", rewrite)
    summary = {"counts": counts.as_json()}
    (tmp_path / "out" / "README.md").write_text(card(summary, [s.name for s in store.shards()]), encoding="utf-8")
    return tmp_path / "out"


def pixels(raw: bytes) -> bytes:
    return Image.open(io.BytesIO(raw)).convert("RGB").tobytes()


def loaded(folder: Path, tmp_path: Path, *, streaming: bool) -> list[dict]:
    datasets = pytest.importorskip("datasets", reason="the hf extra is not installed")
    found = datasets.load_dataset(str(folder), streaming=streaming, cache_dir=str(tmp_path / "cache"))
    return [row for split in ("train", "validation") if split in found for row in found[split]]


STREAMING = pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])


@STREAMING
def test_datasets_loads_tars(tmp_path, streaming):
    rows = loaded(output("webdataset", tmp_path), tmp_path, streaming=streaming)
    assert [row["__key__"] for row in rows] == [s.key for s in samples()]
    assert [row["txt"] for row in rows] == texts()
    assert [row["json"]["caption_original"] for row in rows] == [s.text for s in samples()]
    assert [row["jpg"].convert("RGB").tobytes() for row in rows] == [pixels(s.image) for s in samples()]
    assert {row["json"]["burnish_decision"] for row in rows} == {"kept", "rewritten"}


@STREAMING
def test_datasets_loads_tars_although_side_files_are_there(tmp_path, streaming):
    folder = output("webdataset", tmp_path)
    pq.write_table(pq.read_table(io.BytesIO(table_bytes())), folder / "00000.parquet")
    assert "txt" in loaded(folder, tmp_path, streaming=streaming)[0]


def table_bytes() -> bytes:
    import pyarrow as pa

    sink = io.BytesIO()
    pq.write_table(pa.table({"key": ["1"], "caption": ["x"]}), sink)
    return sink.getvalue()


@STREAMING
def test_datasets_loads_parquet(tmp_path, streaming):
    rows = loaded(output("parquet", tmp_path), tmp_path, streaming=streaming)
    assert [row["caption"] for row in rows] == texts()
    assert [row["jpg"] for row in rows] == [s.image for s in samples()]
    assert [[c["text"] for c in row["burnish_captions"]] for row in rows][1] == [samples()[1].text, ODD]


@STREAMING
def test_datasets_loads_parquet_that_datasets_wrote(tmp_path, streaming):
    datasets = pytest.importorskip("datasets", reason="the hf extra is not installed")
    (tmp_path / "src").mkdir()
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "text": datasets.Value("string"),
            "kind": datasets.ClassLabel(names=["a", "b"]),
            "box": datasets.List(datasets.Value("float32"), length=4),
        }
    )
    made = datasets.Dataset.from_dict(
        {
            "image": [{"bytes": jpeg(at), "path": f"{at}.jpg"} for at in range(4)],
            "text": list("wxyz"),
            "kind": [0, 1, 0, 1],
            "box": [[0.0, 1.0, 2.0, 3.0]] * 4,
        },
        features=features,
    )
    made.to_parquet(str(tmp_path / "src" / "train.parquet"))
    copy(open_store(str(tmp_path / "src")), tmp_path / "out", rewrite)
    found = datasets.load_dataset(
        str(tmp_path / "out"), streaming=streaming, cache_dir=str(tmp_path / "cache"), split="train"
    )
    assert {name: found.features[name] for name in features} == dict(features)
    rows = list(found)
    assert [row["text"] for row in rows] == ["w", ODD, "y", "z"]
    assert [row["image"].tobytes() for row in rows] == [Image.open(io.BytesIO(jpeg(at))).tobytes() for at in range(4)]
    assert [row["burnish_score_overall"] for row in rows] == [4.25] * 4


@STREAMING
def test_datasets_loads_jsonl(tmp_path, streaming):
    rows = loaded(output("jsonl", tmp_path), tmp_path, streaming=streaming)
    assert [row["caption"] for row in rows] == texts()
    assert [(tmp_path / "out" / row["image"]).read_bytes() for row in rows] == [s.image for s in samples()]
    assert [row["ratio"] for row in rows] == [1.0] * 7


# `datasets` leaves the CSV files it reads to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@STREAMING
@pytest.mark.parametrize("variant", forms("folder"))
def test_datasets_loads_image_folders(tmp_path, streaming, variant):
    rows = loaded(output("folder", tmp_path, variant), tmp_path, streaming=streaming)
    assert [row["text"] or "" for row in rows] == texts()  # it reads an empty cell of CSV as null
    assert [row["caption_original"] or "" for row in rows] == [s.text for s in samples()]
    assert [row["burnish_score_overall"] for row in rows] == [4.25] * 7
    assert [row["image"].convert("RGB").tobytes() for row in rows] == [pixels(s.image) for s in samples()]


# webdataset leaves its streams to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_webdataset_loads_tars(tmp_path):
    webdataset = pytest.importorskip("webdataset", reason="webdataset is not installed")
    urls = sorted(str(path) for path in output("webdataset", tmp_path).glob("*.tar"))
    rows = list(webdataset.WebDataset(urls, shardshuffle=False))
    assert [row["__key__"] for row in rows] == [s.key for s in samples()]
    assert [row["txt"].decode() for row in rows] == texts()
    assert [row["jpg"] for row in rows] == [s.image for s in samples()]
    assert [json.loads(row["json"])["caption_original"] for row in rows] == [s.text for s in samples()]


def open_clip_samples(path: Path) -> list[dict[str, bytes]]:
    """Samples by open_clip's rule: the key ends at the first dot of the last part of the name, endings count in lower
    case, and another key or an ending seen before starts a new sample. Those without text or image are not used.
    """
    found: list[dict] = []
    with tarfile.open(path) as tar:
        for member in tar:
            folder, slash, last = member.name.rpartition("/")
            key, _, ending = last.partition(".")
            key, ending = folder + slash + key, ending.lower()
            if not found or found[-1]["__key__"] != key or ending in found[-1]:
                found.append({"__key__": key})
            found[-1][ending] = tar.extractfile(member).read()
    return [s for s in found if "txt" in s and {"png", "jpg", "jpeg", "webp"} & set(s)]


def test_open_clip_groups_tars(tmp_path):
    folder = output("webdataset", tmp_path)
    rows = [row for path in sorted(folder.glob("*.tar")) for row in open_clip_samples(path)]
    assert [(row["__key__"], row["txt"].decode(), row["jpg"]) for row in rows] == [
        (s.key, text, s.image) for s, text in zip(samples(), texts(), strict=True)
    ]


def test_pandas_loads_parquet_and_jsonl(tmp_path):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    folder = output("parquet", tmp_path / "a")
    frame = pandas.concat([pandas.read_parquet(path) for path in sorted(folder.glob("*.parquet"))])
    assert frame["caption"].tolist() == texts()
    assert frame["jpg"].tolist() == [s.image for s in samples()]
    folder = output("jsonl", tmp_path / "b")
    frame = pandas.concat([pandas.read_json(path, lines=True) for path in sorted(folder.glob("*.jsonl"))])
    assert frame["caption"].tolist() == texts()
    assert frame["caption_original"].tolist() == [s.text for s in samples()]


def test_pandas_keeps_its_index(tmp_path):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame({"image": [jpeg(0), jpeg(1)], "text": ["x", "y"]}, index=pandas.Index([7, 9], name="nr"))
    (tmp_path / "src").mkdir()
    frame.to_parquet(tmp_path / "src" / "a.parquet")
    copy(open_store(str(tmp_path / "src")), tmp_path / "out", rewrite)
    after = pandas.read_parquet(tmp_path / "out" / "a.parquet")
    assert (after.index.name, after.index.tolist(), after["text"].tolist()) == ("nr", [7, 9], ["x", ODD])


def test_pyarrow_reads_all_files_as_one_table(tmp_path):
    folder = output("parquet", tmp_path)
    found = dataset.dataset(folder, exclude_invalid_files=True).to_table()  # the card lies there too
    assert found["caption"].to_pylist() == texts()
