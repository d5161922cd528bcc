import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from burnish.mixing.draws import RANGE
from burnish.mixing.ranks import cuts, sortable, unsorted

NUMBERS = st.lists(st.integers(0, RANGE - 1) | st.integers(0, 70_000), max_size=60, unique=True)


@given(NUMBERS, st.integers(1, 7), st.data())
def test_exactly_k_are_below_the_kth_cut(numbers, size, data):
    wanted = data.draw(st.lists(st.integers(0, len(numbers)), min_size=1, max_size=4))
    pieces = [np.array(numbers[at : at + size], np.uint64) for at in range(0, len(numbers), size)]
    for k, cut in zip(wanted, cuts(lambda: iter(pieces), wanted), strict=True):
        assert sum(number < cut for number in numbers) == k


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_floats_keep_their_order_as_whole_numbers(values):
    whole = sortable(np.array(values, np.float64))
    order = np.argsort(whole, kind="stable")
    assert [values[at] for at in order] == sorted(values)
    assert [unsorted(int(number)) for number in whole] == values


@given(NUMBERS.filter(bool), st.data())
def test_the_same_with_hardly_any_memory(numbers, data):
    wanted = data.draw(st.lists(st.integers(0, len(numbers)), min_size=1, max_size=4))
    pieces = [np.array(numbers, np.uint64)]
    for k, cut in zip(wanted, cuts(lambda: iter(pieces), wanted, held=1), strict=True):
        assert sum(number < cut for number in numbers) == k
