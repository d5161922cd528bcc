"""Our word pieces are those of `tokenizers`, id for id: the shipped heads were trained on them."""

import json
import random
import sys
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tokenizers import Tokenizer

from burnish.backends.builtin import language, lexicon, manifest
from burnish.backends.builtin.wordpiece import WordPiece
from tests.zoo.texts import mixtures

FILE = manifest.FOLDER / "tokenizer.json"
HERE = Path(__file__).parent
EVERY = [chr(code) for code in chain(range(0xD800), range(0xE000, sys.maxunicode + 1))]
NAMED = ["[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[mask]", "[", "]"]
EDGES = ["x" * 99, "x" * 100, "y" * 101, "\u0130", "\u03a3", "\ud55c\uad6d\uc5b4", "\u1100\u1161", "\uf900", "\u0345"]


@pytest.fixture(scope="module")
def ours():
    return WordPiece(FILE)


@pytest.fixture(scope="module")
def theirs():
    tokenizer = Tokenizer.from_file(str(FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(language.MAX_TOKENS)
    return tokenizer


def same(ours, theirs, texts):
    """How many texts were compared."""
    count = 0
    for text in texts:
        count += 1
        valid = text.encode("utf-8", "replace").decode()
        assert ours.ids(valid, language.MAX_TOKENS) == theirs.encode(valid).ids, ascii(text)
    return count


@pytest.mark.parametrize("count", [0x3000, pytest.param(len(EVERY), marks=pytest.mark.slow)])
def test_every_character_there_is(ours, theirs, count):
    """Inside a word and alone, a few to a text so that none is cut off: a text of eight has 48 pieces at most."""
    groups = (EVERY[at : at + 8] for at in range(0, count, 8))
    texts = (" ".join(f"ab{letter}cd {letter}" for letter in group) for group in groups)
    assert same(ours, theirs, texts) == count / 8


@pytest.mark.parametrize("count", [3_000, pytest.param(60_000, marks=pytest.mark.slow)])
def test_random_texts(ours, theirs, count):
    chance = random.Random(4)
    pieces = [piece.removeprefix("##") for piece in ours.vocabulary]
    kinds = [
        lambda: chr(chance.randrange(32, 127)),
        lambda: chr(chance.randrange(0xA0, 0x530)),
        lambda: chr(chance.randrange(0x300, 0x370)),  # accents
        lambda: chance.choice(EVERY),
        lambda: chance.choice(pieces),
        lambda: chance.choice(pieces).upper(),
        lambda: chance.choice(NAMED + EDGES),
        lambda: " ",
    ]
    texts = ("".join(chance.choice(kinds)() for _ in range(chance.randrange(40))) for _ in range(count))
    assert same(ours, theirs, texts) == count
    assert same(ours, theirs, mixtures(count // 5, seed=4)) == count // 5


def test_real_texts(ours, theirs):
    sample = files("burnish.sample")
    captions = [pq.read_table(sample / f"{shard:05}.parquet")["caption"].to_pylist() for shard in range(2)]
    lines = [path.read_text(encoding="utf-8").splitlines() for path in sorted(HERE.glob("*.tsv"))]
    labels = (manifest.FOLDER / "labels.txt").read_text(encoding="utf-8").splitlines()
    words = sorted(lexicon._words())
    random.Random(4).shuffle(words)
    sentences = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
    texts = [text for text in chain(*captions, *lines, labels, sentences) if text is not None]
    assert same(ours, theirs, texts) > 7_000


def test_a_long_text_is_cut_where_the_tower_ends(ours):
    ids = ours.ids("cat " * 500, 64)
    assert len(ids) == 64
    assert ids[0] == ours.vocabulary["[CLS]"]
    assert ids[-1] == ours.vocabulary["[SEP]"]
    assert set(ids[1:-1]) == {ours.vocabulary["cat"]}


def test_the_table_fits_the_vocabulary():
    """A tokenizer set up in another way would need another encoder."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    assert found["normalizer"] == {
        "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
        "lowercase": True,
    }  # fmt: skip
    assert found["pre_tokenizer"] == {"type": "BertPreTokenizer"}
    assert found["model"]["type"] == "WordPiece"
    assert found["model"]["max_input_chars_per_word"] == 100
