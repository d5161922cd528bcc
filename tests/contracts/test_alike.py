"""Every way in which pairs can be alike keeps the promises that grouping rests on."""

import numpy as np
import pytest
import xxhash
from PIL import Image

from burnish import discovery
from burnish.errors import UsageError
from burnish.passes.alike import KIND, Seen, Way
from burnish.values import Picture

NAMES = discovery.names("passes.alike")


def seen(number):
    rng = np.random.default_rng(number)
    rgb = np.asarray(Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize((64, 48)))
    picture = Picture(rgb=rgb, width=640, height=480, format="PNG", mode="RGB")
    return Seen(text=f"a caption with the number {number * 7919}", image_xxh128=digest(number), picture=picture)


def digest(number):
    return xxhash.xxh3_128_hexdigest(str(number).encode())


def signed(way, items):
    found = way.signatures(items)
    return np.frombuffer(b"".join(found), np.uint8).reshape(len(items), way.size)


@pytest.fixture(params=NAMES)
def way(request):
    return Way(name=request.param).load()


def test_there_are_ways():
    assert KIND == "passes.alike"
    assert {"image", "near_image", "text", "near_text", "embedding"} <= set(NAMES)


def test_a_signature_has_one_size_and_depends_on_its_pair_alone(way):
    items = [seen(number) for number in range(6)]
    together = way.signatures(items)
    assert all(len(signature) == way.size and way.size % 8 == 0 for signature in together)
    assert together == [way.signatures([item])[0] for item in items]
    assert together == list(reversed(way.signatures(list(reversed(items)))))


def test_a_pair_with_nothing_to_look_at_is_like_none(way):
    flat = Picture(rgb=np.full((64, 64, 3), 200, np.uint8), width=64, height=64, format="PNG", mode="RGB")
    nothing = way.signatures(
        [Seen(text="", image_xxh128=digest(0)), Seen(text=" ", image_xxh128=digest(0), picture=flat)]
    )
    assert nothing == [None, None] or way.side_px == 0


def test_equal_signatures_are_alike_and_meet_in_every_table(way):
    signatures = signed(way, [seen(1), seen(2), seen(1)])
    assert way.same(signatures[[0]], signatures[[2]]).all()
    for rows in (10, 100_000):
        for table in range(way.tables(rows)):
            keys = way.keys(signatures, table, rows)
            assert keys.dtype == np.uint64
            assert keys[0] == keys[2]


def test_alike_is_symmetric_and_maybe_is_never_wrongly_no(way):
    rng = np.random.default_rng(3)
    ones = signed(way, [seen(number) for number in range(40)])
    others = ones.copy()
    touched = rng.random(ones.shape) < 0.002
    others[touched] ^= rng.integers(1, 4, ones.shape, np.uint8)[touched]
    others[20:] = ones[:20]
    same = way.same(ones, others)
    assert (same == way.same(others, ones)).all()
    maybe = way.maybe(*(np.ascontiguousarray(rows[:, :8]).view(np.uint64)[:, 0] for rows in (ones, others)))
    assert not (same & ~maybe).any()


def test_different_pairs_are_not_alike(way):
    items = [seen(number) for number in range(30)]
    signatures = signed(
        way,
        [
            Seen(text=f"{digest(at)} {digest(at + 99)}", image_xxh128=item.image_xxh128, picture=item.picture)
            for at, item in enumerate(items)
        ],
    )
    if type(way).__name__ != "NearEmbedding":  # of noise it says that all is one kind of thing
        assert not way.same(signatures[:-1], signatures[1:]).any()


@pytest.mark.parametrize(
    "wrong", ["near_imag", "near_image:99", "near_text:0.1", "image:3", "near_image:few", "embedding:2"]
)
def test_wrong_ways_are_refused(wrong):
    with pytest.raises(UsageError):
        Way.of(wrong).load()


@pytest.mark.parametrize(
    ("text", "name", "limit"),
    [("image", "image", 0), ("near_image:4", "near_image", 4), ("near_text", "near_text", 0.8)],
)
def test_limits_are_the_ones_given_or_the_ways_own(text, name, limit):
    assert Way.of(text).name == name
    assert Way.of(text).load().limit == limit
