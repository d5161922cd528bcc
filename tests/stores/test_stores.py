import json

import pytest

from burnish import discovery
from burnish.errors import MissingExtra, UsageError
from burnish.stores import open_store
from tests.builders import jpeg


def files(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return str(folder)


@pytest.mark.parametrize(
    ("names", "form"),
    [
        (["0.tar", "1.tar.gz"], "webdataset"),
        (["00000.tar", "00000.parquet", "00000_stats.json"], "webdataset"),
        (["a/0.parquet", "README.md"], "parquet"),
        (["rows.jsonl", "img/1.jpg"], "jsonl"),
        (["train/metadata.jsonl", "train/1.jpg"], "folder"),
        (["metadata.parquet", "1.jpg"], "folder"),
    ],
)
def test_form_is_told_by_what_is_there(tmp_path, names, form):
    assert type(open_store(files(tmp_path, *names))) is discovery.load("stores", form)


@pytest.mark.parametrize("name", ["0.tar", "0.parquet", "rows.jsonl", "metadata.jsonl"])
def test_a_single_file_is_told_by_its_name(tmp_path, name):
    files(tmp_path, "0.tar", "0.parquet", "rows.jsonl", "metadata.jsonl")
    forms = {"0.tar": "webdataset", "0.parquet": "parquet", "rows.jsonl": "jsonl", "metadata.jsonl": "folder"}
    assert type(open_store(str(tmp_path / name))) is discovery.load("stores", forms[name])


def message(source, name=None):
    with pytest.raises(UsageError) as told:
        open_store(source, name)
    assert len(str(told.value).splitlines()) <= 6
    return str(told.value)


def test_more_than_one_form_asks(tmp_path):
    said = message(files(tmp_path, "a.jsonl", "b.parquet"))
    assert "more than one form: jsonl, parquet." in said
    assert "--store jsonl or --store parquet" in said


def test_no_form_says_what_is_there(tmp_path):
    assert "there are 2 x .txt, 1 x no ending." in message(files(tmp_path, "a.txt", "b.txt", "c"))


def test_nothing_there_is_said_as_such(tmp_path):
    assert "does not exist" in message(str(tmp_path / "gone"))
    assert "holds no files" in message(str(tmp_path))
    assert "cannot open" in message("nosuch://place/x")
    assert "Did you mean 'parquet'?" in message(str(tmp_path), "parqet")


def test_a_missing_extra_is_named(tmp_path, monkeypatch):
    import fsspec

    def missing(*_args: object, **_options: object) -> object:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(MissingExtra, match=r"pip install 'burnish\[s3\]'"):
        open_store("s3://bucket/x")


def test_options_reach_the_store(tmp_path):
    (tmp_path / "a.jpg").write_bytes(jpeg())
    (tmp_path / "rows.jsonl").write_text(json.dumps({"image": "a.jpg", "caption": "x", "words": "y"}) + "\n")
    store = open_store(str(tmp_path), None, {"text_column": "words"})
    assert [p.text for shard in store.shards() for p in store.read(shard)] == ["y"]
