import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import tokens
from burnish.mixing import draws
from burnish.mixing.draws import Why
from burnish.mixing.mixture import TextRules
from burnish.mixing.pieces import parts

LONG = (
    "A brown dog runs over wet sand. Behind it the sea is grey, with white foam. Dr. Smith holds a red leash!\n"
    "Two gulls stand on a post"
)
BY_SENTENCE = TextRules(max_tokens=12, long="sentence")
WORDS = st.lists(
    st.sampled_from(["dog", "sand.", "grey,", "Red!", "the?", "U.S.", "sea…", "海", "12", "unbelievably"]),
    min_size=1,
    max_size=40,
)


def test_a_short_caption_stays_whole():
    assert parts("A dog. A cat.", BY_SENTENCE, tokens.estimate) == ["A dog. A cat."]


def test_a_long_one_becomes_its_sentences():
    found = parts(LONG, BY_SENTENCE, tokens.estimate)
    assert found[0] == "A brown dog runs over wet sand."
    assert "Dr. Smith holds a red leash!" in found
    assert found[-1] == "Two gulls stand on a post"


def test_every_sentence_is_reached():
    found = parts(LONG, BY_SENTENCE, tokens.estimate)
    for who in range(50):
        reached = {found[draws.cycled(who, Why.PIECE, turn, len(found))] for turn in range(len(found))}
        assert reached == set(found)


@given(WORDS.map(" ".join), st.integers(4, 20), st.sampled_from(["sentence", "cut"]))
def test_pieces_fit_and_lose_no_word(text, limit, long):
    found = parts(text, TextRules(max_tokens=limit, long=long), tokens.estimate)
    assert found
    assert all(tokens.estimate(piece) <= limit for piece in found)
    if long == "sentence":
        assert " ".join(found).split() == text.split()
    else:
        assert text.split()[: len(found[0].split())] == found[0].split()


def test_cut_ends_behind_a_whole_sentence():
    assert parts(
        "A dog runs. It is wet. The sea is grey and wide.", TextRules(max_tokens=8, long="cut"), tokens.estimate
    ) == ["A dog runs. It is wet."]


@pytest.mark.parametrize("up_to", [0, 5])
def test_whole_up_to_splits_what_would_fit(up_to):
    rules = TextRules(max_tokens=40, long="sentence", whole_up_to=up_to)
    assert len(parts("A dog runs. It is wet.", rules, tokens.estimate)) == (2 if up_to else 1)


def test_a_text_without_words_comes_back():
    assert parts("  ", TextRules(max_tokens=4, long="sentence", whole_up_to=0), lambda _: 9) == ["  "]
