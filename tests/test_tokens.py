"""Counting as the consumer counts: an estimate without files, CLIP's vocabulary, any tokenizer.json."""

import gzip
from importlib.resources import files
from pathlib import Path

import pytest

from burnish import tokens
from burnish.errors import UsageError

BUILTIN = str(files("burnish.backends.builtin") / "weights" / "tokenizer.json")


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("a red dog", 3), ("A dog, asleep.", 5), ("photography", 2), ("1999", 4), ("赤い", 2), ("don't!?", 4)],
)
def test_the_estimate(text, count):
    assert tokens.load("words").count(text) == count


def test_a_tokenizer_json_counts_as_its_model_reads_and_without_marks():
    tokenizer = tokens.load(BUILTIN)
    assert tokenizer.count("a cat sits there") == 4
    assert tokenizer.count("a cat " * 300) == 600  # its own limit of 128 is not ours
    assert len(tokenizer.digest) == 16


@pytest.mark.parametrize("name", ["words", BUILTIN])
def test_half_a_character_counts_as_something(name):
    assert tokens.load(name).count("a \ud83d cat") in {3, 4}


def test_another_file_is_another_tokenizer(tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_bytes(Path(BUILTIN).read_bytes() + b"\n")
    assert tokens.load(str(path)).digest != tokens.load(BUILTIN).digest


@pytest.fixture
def open_clip(tmp_path, monkeypatch):
    """A package of that name with a vocabulary of three merges, in the file's own form."""
    package = tmp_path / "open_clip"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('it must not be imported')")
    merges = "version\nd o\ndo g</w>\nc a\n"
    (package / "bpe_simple_vocab_16e6.txt.gz").write_bytes(gzip.compress(merges.encode()))
    monkeypatch.syspath_prepend(tmp_path)
    tokens.load.cache_clear()
    yield
    tokens.load.cache_clear()


@pytest.mark.parametrize(
    ("text", "count"), [("dog", 1), ("Dog  DOG", 2), ("cat", 2), ("dogs", 3), ("12", 2), ("dog&amp;dog", 3)]
)
def test_the_vocabulary_of_open_clip_is_read_without_importing_it(open_clip, text, count):
    assert tokens.load("open_clip").count(text) == count


@pytest.mark.parametrize("name", ["no/such/tokenizer.json", "word"])
def test_what_is_not_there_is_refused_with_the_choices(name):
    with pytest.raises(UsageError, match=r"open_clip.*tokenizer.json"):
        tokens.load(name)


def test_what_is_no_tokenizer_is_refused(tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text("{}")
    with pytest.raises(UsageError, match=r"is no tokenizer.json"):
        tokens.load(str(path))


def test_open_clip_that_is_not_installed_is_refused_with_the_pip_line(monkeypatch):
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.path_importer_cache", {})
    with pytest.raises(UsageError, match="pip install open_clip_torch"):
        tokens.load("open_clip")
