import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import edits
from burnish.values import Budget, Edit

ATOMS = [
    "red",
    "Apple",
    "a",
    "pair",
    "of",
    "glasses",
    " ",
    "  ",
    "_",
    "-",
    ".",
    "01",
    "\n",
    "日本",
    "é",
    "\udce9",
    "😀",
]
WORDS = ["red", "apple", "a", "of", "glasses", "日", "dog"]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(ATOMS), max_size=25).map("".join))


@given(TEXTS, TEXTS)
def test_a_difference_applied_gives_exactly_the_other_text(before, after):
    steps = edits.diff(before, after, "test")
    assert edits.apply(before, steps) == after
    assert all(step.before != step.after and step.why == "test" for step in steps)


@given(TEXTS)
def test_a_text_differs_from_itself_in_nothing(text):
    assert edits.diff(text, text, "test") == ()
    assert edits.changed_share(text, text) == 0
    assert edits.inserted_words(text, text) == ()
    assert edits.new_facts(text, text) == ()
    assert edits.keeps_protected(text, text)
    assert edits.within(Budget(max_changed=0, max_inserted=0), text, text) is None


@given(TEXTS, TEXTS)
def test_shares_are_shares_and_symmetric(before, after):
    share = edits.changed_share(before, after)
    assert 0 <= share <= 1
    assert share == edits.changed_share(after, before)


@given(TEXTS)
def test_spans_are_in_order_apart_and_inside(text):
    stop = 0
    for span in edits.protected(text):
        assert stop <= span.start < span.stop <= len(text)
        stop = span.stop
    stop = 0
    for start, end in edits.word_spans(text):
        assert stop <= start < end <= len(text)
        stop = end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red_apple_02.svg", ["red", "apple", "02", "svg"]),
        ("RedApple", ["red", "apple"]),
        ("it's Bob’s", ["it's", "bob’s"]),
        ("日本の犬", ["日", "本", "の", "犬"]),
        ("NASA logo", ["nasa", "logo"]),
        ("Straße café", ["strasse", "café"]),
        ("F-16", ["f", "16"]),
        ("собака и кошка", ["собака", "и", "кошка"]),
        ("", []),
        ("-- _ !", []),
    ],
)
def test_words(text, expected):
    assert edits.words(text) == expected


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ("a red apple", "A Red Apple.", 0),
        ("red_apple_02.svg", "red apple", 0.5),
        ("a dog", "a brown dog", 1 / 3),
        ("", "a dog", 1),
        ("a dog", "", 1),
        ("", "", 0),
        ("glasses of A pair", "A pair of glasses", 0.5),
    ],
)
def test_changed_share(before, after, share):
    assert edits.changed_share(before, after) == pytest.approx(share)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a dog", "a brown dog", ("brown",)),
        ("dog", "a dog and a cat", ("a", "and", "a", "cat")),
        ("the the dog", "the dog", ()),
        ("dog", "dog dog", ("dog",)),
        ("RED_APPLE", "red apple", ()),
    ],
)
def test_inserted_words_count_repeats(before, after, expected):
    assert edits.inserted_words(before, after) == expected


def test_budget_gives_reasons_in_words():
    budget = Budget(max_changed=0.5, max_inserted=1)
    assert edits.within(budget, "a red apple", "a red juicy apple") is None
    assert edits.within(Budget(max_changed=0, max_inserted=0), "l&eacute;zard", "lézard") is None
    assert edits.within(budget, "a red apple", "a big red juicy apple") == "2 new words, 1 allowed: big juicy"
    assert edits.within(budget, "a red apple on a table", "table") == "83% of the words changed, 50% allowed"


def junk(before, after=""):
    return Edit(start=0, before=before, after=after, why="junk", junk=True)


def test_junk_that_went_is_outside_the_budget_and_new_words_are_not():
    tight = Budget(max_changed=0, max_inserted=1)
    assert edits.within(tight, "a dog IMG_1234.jpg", "a dog", [junk(" IMG_1234.jpg")]) is None
    assert edits.within(tight, "a dog IMG_1234.jpg", "a dog") == "60% of the words changed, 0% allowed"
    assert edits.within(tight, "IMG_1234.jpg", "Goldfish", [junk("IMG_1234.jpg", "Goldfish")]) is None
    assert edits.within(tight, "IMG_1234.jpg", "Red fish", [junk("IMG_1234.jpg", "Red fish")]) is not None
    assert edits.within(tight, "a dog IMG_1234.jpg", "a", [junk(" IMG_1234.jpg")]) == (
        "50% of the words changed, 0% allowed"
    )


def test_tidying_brings_no_word_and_takes_only_junk():
    assert edits.only_tidied("RED l&eacute;zard_02", "Red lézard", [junk("02")])
    assert edits.only_tidied("glasses of A pair", "A pair of glasses", [])
    assert not edits.only_tidied("red dog 02", "red dog", [])
    assert not edits.only_tidied("IMG_1234", "Goldfish", [junk("IMG_1234", "Goldfish")])


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (Edit(start=0, before="cat", after="dog", why=""), "a cat"),
        (Edit(start=-3, before="cat", after="dog", why=""), "a cat"),
        (Edit(start=2, before="cats", after="dog", why=""), "a cat"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(edit, text):
    with pytest.raises(ValueError, match="edit expects"):
        edits.apply(text, [edit])


def test_edits_see_what_the_one_before_left():
    steps = [
        Edit(start=0, before="IMG_1 ", after="", why="camera name"),
        Edit(start=0, before="a", after="A", why="starts a sentence"),
        Edit(start=5, before="", after=".", why="ends one"),
    ]
    assert edits.apply("IMG_1 a cat", steps) == "A cat."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a photo of the Taj Mahal in Agra, 1632", ["name:Taj", "name:Mahal", "name:Agra", "year:1632"]),
        ("Boeing 747 at 30 km", ["name:Boeing 747", "number:30 km"]),
        ("an F-16 on 12 March 2004", ["name:F-16", "date:12 March 2004"]),
        ('a sign that says "keep out"', ['quote:"keep out"']),
        ("a sign that says 'keep out', it's Bob's", ["quote:'keep out'", "name:Bob's"]),
        ("a „Wort“ and «mot»", ["quote:„Wort“", "quote:«mot»"]),
        ("the 1920s in 2 rooms", ["year:1920s", "number:2"]),
        ("shot on 2019-05-04", ["date:2019-05-04"]),
        ("a bag for $19.99 or 20%", ["number:$19.99", "number:20%"]),
        ("Red Apple Pie With Cream", []),
        ("a red apple", []),
        ("10000 people and 3.5 million dollars", ["number:10000", "number:3.5"]),
        ("1,200,000 visitors, 7 of them late", ["number:1,200,000"]),
        ("7 dogs,8 cats", ["number:7", "number:8"]),
        ("A red apple. The green one", []),
    ],
)
def test_protected(text, expected):
    assert [f"{span.kind}:{text[span.start : span.stop]}" for span in edits.protected(text)] == expected


@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        ("a dog in Paris", "a brown dog in Paris", ()),
        ("a dog in Paris", "a dog", ("Paris",)),
        ("a 5 kg bag", "a bag", ("5 kg",)),
        ("a 5 kg bag", "a 15 kg bag", ("5 kg",)),
        ('a sign "keep out"', "a sign keep out", ()),
        ('a sign "keep out"', "a sign out keep", ('"keep out"',)),
        ("the Boeing 747", "the boeing 747", ()),
    ],
)
def test_lost(before, after, gone):
    assert edits.lost(before, after) == gone
    assert edits.keeps_protected(before, after) is (not gone)


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        ("a dog in Paris and a cat in Paris", "a dog and a cat", (1, 0)),
        ("a dog in Paris and a cat in Paris, 1999", "a dog in Paris", (2, 1)),
        ("a house in W&uuml;rzburg", "a house in Würzburg", (1, 1)),
        ("a dog", "a cat", (0, 0)),
    ],
)
def test_every_protected_part_survives_or_does_not_once(before, after, counted):
    assert edits.survival(before, after) == counted


def test_repaired_letters_are_neither_lost_nor_new():
    assert edits.lost("a house in W&uuml;rzburg", "a house in Würzburg") == ()
    assert edits.new_facts("a house in W&uuml;rzburg", "a house in Würzburg") == ()
    assert edits.lost("a house in WÃ¼rzburg", "a house in Würzburg") == ()
    assert edits.new_facts("a house in WÃ¼rzburg", "a house in Würzburg") == ()


@pytest.mark.parametrize(
    ("before", "after", "known", "facts"),
    [
        ("a dog", "A dog. buy at shop.example", "", ("shop.example",)),
        ("a dog", "a dog, write to me@shop.example", "", ("me@shop.example",)),
        ("a dog", "a dog https://x.example/a?b=1", "", ("https://x.example/a?b=1", "1")),
        ("a dog", "5 dogs", "", ("5",)),
        ("5 dogs", "a pack of 5 dogs", "", ()),
        ("a dog", "a dog named Rex", "", ("Rex",)),
        ("a dog", "NASA dog", "", ("NASA",)),
        ("a dog", "A brown dog. It sits.", "", ()),
        ("a dog", "a dog named Rex", "rex_02.jpg", ()),
        ("eiffel tower", "The Eiffel Tower", "", ()),
        ("a dog", "I see a dog", "", ()),
    ],
)
def test_new_facts(before, after, known, facts):
    assert edits.new_facts(before, after, known) == facts


def test_a_megabyte_stays_quick():
    text = "a red apple lies, in Paris on 3 tables; " * 25_000
    other = text[: len(text) // 2] + "new words " + text[len(text) // 2 :].replace("Paris", "paris")
    edits.changed_share(text, other)
    edits.within(Budget(max_changed=0.5, max_inserted=1), text, other)
    edits.protected(text)
    edits.new_facts(text, other)
    assert edits.apply(text, edits.diff(text, other, "test")) == other
    counts = ("1," * 500_000, "1/" * 500_000, "1.1," * 250_000, "1 x" * 300_000)
    for hostile in (
        *counts,
        "'" * 10**6,
        '"a' * 500_000,
        "A" * 10**6,
        "1" * 10**6,
        "a." * 500_000,
        "aB" * 500_000,
        " " * 10**6,
    ):
        edits.protected(hostile)
        edits.new_facts("", hostile)
        edits.changed_share(hostile, hostile[:-3])


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.lists(st.sampled_from(WORDS), max_size=8))
def test_words_that_come_into_a_fused_rewrite_count_by_number_alone(kept, come):
    before, after = " ".join(kept), " ".join((*kept, *come))
    room = len(edits.inserted_words(before, after))
    assert edits.within(Budget(max_changed=0, max_inserted=room), before, after, fused=True) is None
    if room:
        assert edits.within(Budget(max_changed=1, max_inserted=room - 1), before, after, fused=True) is not None


def test_an_address_at_the_end_of_a_sentence_is_new_all_the_same():
    assert edits.new_facts("a red boat", "A red boat from boats.example.") == ("boats.example",)
    assert edits.new_facts("a red boat", "A red boat e.g. at 3 p.m. at sea.") == ("3",)


@given(TEXTS, TEXTS)
def test_pieces_are_both_texts(before, after):
    found = list(edits.pieces(before, after))
    assert "".join(text for kind, text in found if kind in {"kept", "come"}) == after
    assert "".join(text for kind, text in found if kind in {"kept", "gone"}) == before
    if before == after:
        assert {kind for kind, _ in found} <= {"kept"}


def test_pieces_keep_words_rather_than_spaces():
    assert list(edits.pieces("Clipart by X - compact_disc", "compact disc")) == [
        ("gone", "Clipart by X - "),
        ("kept", "compact"),
        ("gone", "_"),
        ("come", " "),
        ("kept", "disc"),
    ]
