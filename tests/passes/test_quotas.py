from collections import Counter

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import discovery
from burnish.errors import UsageError
from burnish.mixing.run import foresee
from burnish.mixing.sources import Entry
from burnish.passes import facets
from burnish.passes.duplicates import Wanted as Duplicates
from burnish.passes.duplicates import duplicates
from burnish.passes.facets import Told
from burnish.passes.quotas import Wanted, quotas
from burnish.passes.sources import given as sources
from burnish.storage.verify import verify
from burnish.values import Caption
from tests.mixing.mixtures import mixture
from tests.mixing.outputs import make, tree
from tests.passes.sets import write

KINDS = ("cat", "cat", "cat", "cat", "dog", "dog", "fish")


def captions(number):
    return {"ssc": (f"There is a {KINDS[number % len(KINDS)]}.", 1.0)}


@pytest.fixture
def known(tmp_path):
    return make(tmp_path / "out", captions, shards=2, each=35)


def left_out(folder, source="data"):
    return {
        row["key"]
        for path in sorted((folder / "pairs" / source).glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    }


def draw(known, folder, *keep, **how):
    return quotas(sources([str(known)], keep), Wanted(**{"by": "object", "of": "ssc", **how}), str(folder))


def staying(known, out):
    return Counter(KINDS[number % len(KINDS)] for number in range(known.pairs) if f"{number:09d}" not in out)


def test_at_most_so_many_of_each(known, tmp_path):
    found = draw(known.path, tmp_path / "q", at_most=12)
    assert staying(known, left_out(tmp_path / "q")) == {"cat": 12, "dog": 12, "fish": 10}
    assert [(v.name, v.pairs, v.asked, v.kept) for v in found.values] == [
        ("cat", 40, 12, 12),
        ("dog", 20, 12, 12),
        ("fish", 10, 10, 10),
    ]
    assert (found.kept, found.pairs, found.distinct, found.over) == (34, 70, 3, 0)
    assert verify(str(tmp_path / "q")) == []


def test_a_share_but_at_least_so_many(known, tmp_path):
    found = draw(known.path, tmp_path / "q", share=0.25, at_least=8)
    assert staying(known, left_out(tmp_path / "q")) == {"cat": 10, "dog": 8, "fish": 8}
    assert found.short == 0
    assert draw(known.path, tmp_path / "more", share=0.0, at_least=15).short == 1


def test_a_mixture_goes_by_it_and_the_seed_decides(known, tmp_path):
    draw(known.path, tmp_path / "a", at_most=12)
    draw(known.path, tmp_path / "b", at_most=12)
    draw(known.path, tmp_path / "c", at_most=12, seed=1)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert left_out(tmp_path / "a") != left_out(tmp_path / "c")
    toml = f'[groups.all]\nmissing = "drop"\nroles = {{ ssc = 1 }}\n[groups.all.sources.data]\nkeep = "{tmp_path}/a"\n'
    assert foresee(mixture(toml, known.path)).samples == 34


def test_fewer_are_asked_of_the_same_pairs(known, tmp_path):
    """Lower quotas take from those that stayed, so that a set can be thinned step by step."""
    draw(known.path, tmp_path / "many", at_most=20)
    draw(known.path, tmp_path / "few", at_most=5)
    assert left_out(tmp_path / "many") < left_out(tmp_path / "few")


def test_pairs_that_an_earlier_pass_leaves_out_do_not_count(tmp_path):
    source = write(tmp_path / "in")
    duplicates(sources([str(source)]), Duplicates(of="alt"), str(tmp_path / "dups"), workers=1)
    found = draw(source, tmp_path / "q", str(tmp_path / "dups"), by="source", at_most=2, of="alt")
    assert (found.out, found.kept, found.values[0].pairs) == (3, 2, 3)
    grouped = draw(source, tmp_path / "g", str(tmp_path / "dups"), by="group", at_most=1, of="alt")
    assert grouped.distinct == 3


@given(
    st.lists(st.integers(0, 1_000), min_size=1, max_size=20), st.floats(0, 1), st.integers(0, 50), st.integers(0, 50)
)
def test_quotas_lie_within_their_bounds(sizes, share, at_least, more):
    wanted = Wanted(by="source", share=share, at_least=at_least, at_most=at_least + more + 1)
    pairs = np.array(sizes, np.int64)
    quota = wanted.quota(pairs)
    assert (quota <= pairs).all()
    assert (quota <= at_least + more + 1).all()
    assert (quota >= np.minimum(pairs, at_least)).all()


def told(text="", source="web", **fields):
    entry = Entry(key="k", image_xxh128="0" * 32, captions=(Caption(text=text, role="alt", maker="source"),), chosen=0)
    return Told(source=source, entry=entry, text=text, fields=fields)


@pytest.mark.parametrize(
    ("facet", "pair", "values"),
    [
        ("source", told(), ("web",)),
        ("language", told("Der Hund läuft über die grüne Wiese und bellt laut"), ("de",)),
        ("language", told("Emperor Penguin"), ("und",)),
        ("language", told(" "), ()),
        ("object", told("A red car and a dog. There is no cat."), ("car", "dog")),
        ("host", told(url="https://www.example.org:8080/a.jpg"), ("example.org",)),
        ("host", told(url="https://[broken/a.jpg"), ()),
        ("host", told(), ()),
        ("group", told(), ()),
        ("field:license", told(license="CC0"), ("CC0",)),
        ("field:width", told(width=20), ("20",)),
        ("field:license", told(license=None), ()),
    ],
)
def test_facets(facet, pair, values):
    assert facets.load(facet).values(pair) == values


def test_every_facet_is_tried():
    assert set(discovery.names("passes.facets")) == {"source", "language", "object", "host", "group", "field"}


WRONG = [
    {},
    {"share": 2.0},
    {"at_most": 2, "at_least": 3},
    {"by": "colour", "at_most": 1},
    {"by": "host:x", "at_most": 1},
    {"by": "field", "at_most": 1},
]


@pytest.mark.parametrize("how", WRONG)
def test_wrong_quotas_are_refused(known, tmp_path, how):
    with pytest.raises(UsageError):
        draw(known.path, tmp_path / "q", **how)
    assert not (tmp_path / "q").exists()
