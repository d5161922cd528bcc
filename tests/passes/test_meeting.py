"""Which pairs meet: all near hashes, surely; near texts and embeddings as often as the bounds say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.passes.alike.embedding import DIMENSIONS, NearEmbedding, _directions
from burnish.passes.alike.near_image import MAX_BITS, masks
from burnish.passes.alike.near_text import BAND, BANDS, HASHES, NearText, minhash


@given(
    st.integers(0, 2**64 - 1),
    st.sets(st.integers(0, 63), max_size=MAX_BITS),
    st.sampled_from([2, 1_000, 10**6, 10**8]),
)
def test_hashes_within_the_limit_agree_in_a_table(one, flipped, rows):
    other = one
    for bit in flipped:
        other ^= 1 << bit
    limit = min(6, len(flipped)) if len(flipped) <= 6 else len(flipped)
    assert any(one & mask == other & mask for mask in masks(limit, rows))


@pytest.mark.parametrize("rows", [1_000, 10**6, 10**8])
def test_keys_grow_with_the_rows_and_tables_stay_few(rows):
    found = masks(6, rows)
    assert min(mask.bit_count() for mask in found) >= np.log2(rows / 16) - 1
    assert len(found) <= 462


def test_estimates_of_similarity_are_as_good_as_they_should_be():
    """400 pairs of sets with known Jaccard similarity: mean and spread of the estimate."""
    rng = np.random.default_rng(5)
    alphabet = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    off = []
    for _ in range(400):
        one = "".join(rng.choice(alphabet, 200))
        other = one[:160] + "".join(rng.choice(alphabet, 40))
        runs = [{text[at : at + 5] for at in range(len(text) - 4)} for text in (one, other)]
        true = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
        signatures = minhash([one, other])
        off.append(float((signatures[0] == signatures[1]).mean()) - true)
    expected = np.sqrt(true * (1 - true) / HASHES)
    assert abs(np.mean(off)) < 4 * expected / 20  # four standard errors of 400
    assert 0.85 * expected < np.std(off) < 1.15 * expected


def test_near_texts_meet_as_often_as_the_bands_say():
    rng = np.random.default_rng(6)
    way = NearText(None)
    n = 600
    ones = rng.integers(0, 2**16, (n, HASHES), np.uint16)
    for share in (0.5, 0.7, 0.8):
        agree = rng.random((n, HASHES)) < share
        others = np.where(agree, ones, ones + 1).astype(np.uint16)
        met = np.zeros(n, bool)
        for table in range(way.tables(n)):
            keys = [way.keys(rows.view(np.uint8).reshape(n, -1), table, n) for rows in (ones, others)]
            met |= keys[0] == keys[1]
        expected = 1 - (1 - share**BAND) ** BANDS
        assert abs(met.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / n) + 1 / n


def test_embeddings_at_the_limit_meet_as_often_as_promised():
    rng = np.random.default_rng(7)
    way = NearEmbedding(0.9)
    n = 400
    ones = rng.normal(size=(n, DIMENSIONS))
    ones /= np.linalg.norm(ones, axis=1, keepdims=True)
    away = rng.normal(size=(n, DIMENSIONS))
    away -= (away * ones).sum(1, keepdims=True) * ones
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    others = 0.9 * ones + np.sqrt(1 - 0.81) * away
    signatures = [pack(vectors) for vectors in (ones, others)]
    met = np.zeros(n, bool)
    for table in range(way.tables(10_000)):
        keys = [way.keys(rows, table, 10_000) for rows in signatures]
        met |= keys[0] == keys[1]
    assert met.mean() > 0.88  # 95 % if tables were independent; they share 256 signs


def pack(vectors):
    signs = np.packbits(vectors.astype(np.float32) @ _directions() > 0, axis=1)
    whole = np.rint(vectors / np.linalg.norm(vectors, axis=1, keepdims=True) * 127).astype(np.int8)
    return np.concatenate([signs, whole.view(np.uint8)], axis=1)
