"""The language of --only: what each term wants, and a clear word for what it does not have."""

import pytest

from burnish.errors import UsageError
from burnish.only import Only, parse
from burnish.values import Caption

ALT = Caption(text="a boat", role="alt", maker="source")
EMPTY = Caption(text="  ", role="alt", maker="source")
REWRITE = Caption(text="a red boat", role="rewrite", maker="m", verdict="accepted")
DSC = Caption(text="a long one", role="dsc", maker="m", verdict="accepted")
FAILED = Caption(text="a long one", role="dsc", maker="m", verdict="rejected:x")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Only()),
        ("  ", Only()),
        ("missing", Only(missing=True)),
        ("empty", Only(empty=True)),
        ("below 3", Only(below=3.0)),
        ("below 2.5 and role alt", Only(below=2.5, roles=("alt",))),
        ("role alt,edited and missing", Only(roles=("alt", "edited"), missing=True)),
        ("role dsc+", Only(roles=("dsc+",))),
    ],
)
def test_what_is_said(text, found):
    assert parse(text) == found


@pytest.mark.parametrize(
    "text",
    ["Missing", "below", "below x", "below 0", "below 6", "below nan", "role", "role a b", "missing 3", "x and y"],
)
def test_what_it_does_not_have(text):
    with pytest.raises(UsageError, match="Terms: missing, empty, below NUMBER"):
        parse(text)


@pytest.mark.parametrize("text", ["role alt and role ssc", "below 2 and below 4", "missing and empty and missing"])
def test_a_term_that_stands_twice(text):
    with pytest.raises(UsageError, match=r"stands twice.*\nSay each term once"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "captions", "at", "wanted"),
    [
        ("", (ALT,), 0, True),
        ("missing", (ALT,), 0, True),
        ("missing", (ALT, DSC), 0, False),
        ("missing", (ALT, FAILED), 0, True),
        ("empty", (ALT,), 0, False),
        ("empty", (EMPTY,), 0, True),
        ("role alt", (ALT, REWRITE), 0, True),
        ("role alt", (ALT, REWRITE), 1, False),
        ("role rewrite", (ALT, REWRITE), 1, True),
        ("role rewrite and missing", (ALT, REWRITE, DSC), 1, False),
    ],
)
def test_which_pairs_are_wanted(text, captions, at, wanted):
    assert parse(text).wants(captions, at, "dsc") is wanted
