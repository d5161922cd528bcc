"""What stores can tell of outputs without reading them whole is what reading them whole gives."""

from __future__ import annotations

import pytest

from burnish.errors import VerifyError
from burnish.protocols import Seeking, Telling
from burnish.stores import open_store
from tests.stores.forms import contents, copy, forms, items, pairs, samples, written

VARIANTS = [(store, name) for store in written() for name in forms(store)]
NAMES = ("url", "width", "ratio", "nsfw")


@pytest.fixture(params=VARIANTS, ids="-".join)
def output(request, tmp_path):
    """The store of an output of 70 pairs in two shards."""
    store, name = request.param
    (tmp_path / "in").mkdir()
    forms(store)[name].build(tmp_path / "in", samples(70))
    copy(open_store(str(tmp_path / "in")), tmp_path / "out")
    return open_store(str(tmp_path / "out"), store)


def test_fields_without_images(output):
    assert isinstance(output, Telling)
    whole = [{name: value for name, value in pair.fields.items() if name in NAMES} for pair in pairs(output)]
    assert len(whole) == 70
    told = [output.fields_of(shard, NAMES.__contains__) for shard in output.shards()]
    packed = [shard.name for shard in output.shards() if shard.name.endswith(("gz", "zst"))]
    if packed:
        assert told == [None] * len(packed)
    else:
        assert [fields for shard in told for fields in shard] == whole
        nothing = [output.fields_of(shard, str.isupper) for shard in output.shards()]
        assert [fields for shard in nothing for fields in shard] == [{}] * 70


def test_a_few_images(output):
    if not isinstance(output, Seeking):
        assert hasattr(output, "pick"), "a tar is asked for members instead"
        return
    for shard in output.shards():
        whole = list(output.read(shard))
        wanted = [len(whole) - 1, 0, len(whole) // 2]
        found = dict(output.images_of(shard, {at: whole[at].image_name for at in wanted}))
        assert found == {at: whole[at].image for at in wanted}
        assert dict(output.images_of(shard, {10_000: "no such image.jpg"})) == {}


def told(store, shard):
    """How many pairs are told of, and images found in vain."""
    try:
        fields = len(list(store.fields_of(shard, NAMES.__contains__) or ()))
        images = dict(store.images_of(shard, {34: "no such image.jpg"})) if isinstance(store, Seeking) else {}
    except VerifyError:
        return 0, {}
    return fields, images


def test_of_what_is_damaged_fewer_pairs_are_told_and_no_image_is_found(output, tmp_path):
    for name in contents(tmp_path / "out"):
        path = tmp_path / "out" / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    damaged = type(output)(output.source)
    assert items(damaged)
    for shard in damaged.shards():
        fields, images = told(damaged, shard)
        assert fields < 35
        assert images == {}
