"""Keys of a training set: file names on any file system, each its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.mixing.samples import Keys

NAME_MAX = 255
LONGEST_BESIDE = len(".jpeg.tmp.0123456789ab.01234567")


@given(st.lists(st.text(max_size=300), max_size=8))
def test_every_key_is_its_own_and_a_short_file_name(wanted):
    keys = Keys()
    made = [keys.own(key) for key in (*wanted, *wanted)]
    assert len(set(made)) == len(made)
    assert all("/" not in key and not key.startswith(".") for key in made)
    assert all(len(key.encode()) + LONGEST_BESIDE <= NAME_MAX for key in made)


@pytest.mark.parametrize(
    ("key", "made"),
    [
        ("000000001", "000000001"),
        ("a b/c.d", "a_b_c_d"),
        ("", "_"),
        ("k" * 180, "k" * 100),
        ("ü" * 80, "ü" * 75),
        ("京都" * 50, "京都" * 25),
        ("x" + "京" * 60, "x" + "京" * 49),
    ],
    ids=["a number", "marks", "nothing", "long", "two bytes each", "three bytes each", "half a character"],
)
def test_what_a_key_becomes(key, made):
    assert Keys().own(key) == made


def test_numbers_go_on_where_they_were():
    keys = Keys()
    assert [keys.own(key) for key in ("a", "a", "a_2", "a", "a_2", "a")] == ["a", "a_2", "a_2_2", "a_3", "a_2_3", "a_4"]


def test_many_keys_of_one_beginning_are_found_without_trying_all_numbers_again():
    """Addresses that differ behind what is kept: each try is a look into the set of those that are taken."""

    class Counting(set):
        looks = 0

        def __contains__(self, key):
            self.looks += 1
            return super().__contains__(key)

    taken = Counting()
    keys = Keys(taken)
    for number in range(1000):
        keys.own("https://cdn.example.com/" + "shop/images/" * 8 + f"{number}.jpg")
    assert len(taken) == 1000
    assert taken.looks <= 3000
