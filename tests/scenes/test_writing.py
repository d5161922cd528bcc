import hashlib
import json
import tarfile

import orjson
import pytest

from burnish import api, images
from burnish.errors import UsageError
from burnish.scenes import compose, truth, writing
from burnish.scenes.scene import from_json


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenes") / "s"
    writing.write(path, 12, 6, 0.5)
    return path


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_a_longer_run_the_same_pairs(folder, tmp_path):
    writing.write(tmp_path / "again", 12, 6, 0.5)
    assert digest(tmp_path / "again" / "00000.tar") == digest(folder / "00000.tar")
    writing.write(tmp_path / "more", 14, 6, 0.5)
    pairs = list(api.open(tmp_path / "more"))
    assert [(p.key, p.text, p.image) for p in pairs[:12]] == [(p.key, p.text, p.image) for p in api.open(folder)]


def test_shards_are_cut_and_keys_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "PER_SHARD", 5)
    ticks = []
    shards = writing.write(tmp_path / "s", 12, 1, 0.0, ticks.append)
    assert [path.name for path in shards] == ["00000.tar", "00001.tar", "00002.tar"]
    assert len(ticks) == 12
    assert [p.key for p in api.open(tmp_path / "s")][4:6] == ["000000004", "000010000"]


def test_it_is_an_ordinary_source_with_the_truth_in_each_pair(folder):
    for number, pair in enumerate(api.open(folder)):
        scene = compose.scene(6, number)
        assert pair.text == scene.alt.text
        assert from_json(pair.fields["scene"]) == scene
        picture = images.decode(pair.image, 384)
        assert writing.digest(picture.rgb) == pair.fields[writing.PIXELS]


def test_every_json_has_the_same_keys_and_types_and_no_empty_list(folder):
    with tarfile.open(folder / "00000.tar") as tar:
        rows = [json.loads(tar.extractfile(m).read()) for m in tar.getmembers() if m.name.endswith(".json")]
    kinds = [{key: type(value) for key, value in row.items()} for row in rows]
    assert all(kind == kinds[0] for kind in kinds)
    assert set(kinds[0].values()) <= {str, int}
    assert all(orjson.loads(row["questions"]) and orjson.loads(row["negatives"]) for row in rows)


def test_a_folder_with_something_in_it_is_refused(folder):
    before = digest(folder / "00000.tar")
    with pytest.raises(UsageError, match="not an empty folder"):
        writing.write(folder, 1, 0, 0.0)
    assert digest(folder / "00000.tar") == before


@pytest.mark.parametrize("side_px", [0, 384, 100])
def test_truth_is_found_by_the_picture_at_any_size(folder, side_px):
    known = truth.load(str(folder), side_px)
    for number, pair in enumerate(api.open(folder)):
        picture = images.decode(pair.image, side_px or 384)
        assert known.of_picture(picture) == compose.scene(6, number)


def test_a_source_without_scenes_is_refused(tmp_path):
    from tests.shards import write_shard

    write_shard(tmp_path / "00000.tar", ["A dog."])
    with pytest.raises(UsageError, match="burnish scenes"):
        truth.load(str(tmp_path))
