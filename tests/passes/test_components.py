import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from burnish.passes.components import Components

ROWS = 40
LINKS = st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1)), max_size=60)


def by_walking(links):
    """The smallest row each row can reach, found one link at a time."""
    found = list(range(ROWS))
    while True:
        before = list(found)
        for one, other in links:
            found[one] = found[other] = min(found[one], found[other])
        if found == before:
            return found


def by_batches(links, size):
    components = Components(np.zeros(ROWS, np.int64))
    for at in range(0, len(links), size):
        batch = np.array(links[at : at + size], np.int64)
        components.link(batch[:, 0], batch[:, 1])
    components.settle()
    return components.roots(np.arange(ROWS)).tolist()


@given(LINKS, st.integers(1, 60))
def test_linked_rows_have_the_smallest_row_as_root(links, size):
    assert by_batches(links, size) == by_walking(links)


@given(LINKS, st.randoms(use_true_random=False))
def test_the_order_of_links_changes_nothing(links, random):
    shuffled = list(links)
    random.shuffle(shuffled)
    assert by_batches(links, 7) == by_batches(shuffled, 7)


def test_long_chains_are_one():
    n = 100_000
    components = Components(np.zeros(n, np.int64))
    rows = np.random.default_rng(0).permutation(n - 1)
    components.link(rows, rows + 1)
    components.settle()
    assert not components.roots(np.arange(n)).any()
