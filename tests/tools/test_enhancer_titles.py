"""Titles that a tiny enhancer learns: of drawings that may train alone, and a judge that knows what they should be."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip("resvg_py", reason="drawing needs the extra [train]")
pytest.importorskip("torch", reason="models need the extra [transformers]")
pytest.importorskip("transformers", reason="models need the extra [transformers]")
pytest.importorskip("llguidance", reason="models need the extra [transformers]")

import burnish
from burnish import images
from burnish.errors import UsageError
from burnish.train.builtin import split
from burnish.train.tuning import samples
from burnish.values import AssessRequest, Budget, Draft, Picture, RewriteRequest, Score
from tools import enhancer_titles as titles
from tools import train_tiny_enhancer as tiny

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><title>{title}</title>
<rect x="{at}" y="3" width="9" height="20" fill="red"/></svg>"""
THINGS = ("anchor", "bottle", "candle", "dragon", "feather", "guitar", "hammer", "island", "jacket", "kettle")


@pytest.fixture(scope="module")
def clipart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty drawings that may train, and one that may not."""
    folder: Path = tmp_path_factory.mktemp("clipart")
    parts = split.load()
    stems = [*sorted(parts["train"])[:20], min(parts["test"])]
    for at, stem in enumerate(stems):
        path = folder / "svg" / f"{stem}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        title = f"{('red', 'large', 'old')[at // 10]} {THINGS[at % 10]}"
        path.write_text(DRAWING.format(title=title, at=at), encoding="utf-8")
    return folder


def test_only_what_may_train_is_learnt_from(clipart: Path) -> None:
    told = titles.titles(clipart)
    assert len(told) == 20
    assert "old anchor" not in told.values()
    read = list(islice(titles.texts(clipart, 0), 200))
    assert {wanted for _, wanted in read} <= set(told.values())
    assert all(wanted in given for given, wanted in read), "nothing has to be guessed without a picture"
    assert 0.1 < sum(given == wanted for given, wanted in read) / len(read) < 0.5


def test_a_folder_without_clip_art_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no clip art to learn from"):
        titles.titles(tmp_path)


def test_the_judge_knows_each_pictures_title(clipart: Path, tmp_path: Path) -> None:
    titles.write(clipart, tmp_path / "set", 20, 0)
    judge = titles.truth({"truth": str(tmp_path / "set")})
    pairs = list(burnish.open(tmp_path / "set"))
    assert len(pairs) == 20
    told, good = set(titles.titles(clipart).values()), 0
    for pair in pairs:
        picture = images.decode(pair.image, titles.SIDE_PX)
        assert isinstance(picture, Picture)
        score, draft = judge.answer(
            [
                AssessRequest(picture=picture, text=pair.text, criterion="overall"),
                RewriteRequest(picture=picture, text=pair.text, budget=Budget(max_changed=1.0, max_inserted=8)),
            ]
        )
        assert isinstance(score, Score)
        assert isinstance(draft, Draft)
        assert draft.text in told
        assert (score.value == titles.BEST) == (pair.text == draft.text)
        good += pair.text == draft.text
    assert 10 <= good < 15, "half of them, and what a kind of damage left alone"


def test_a_title_is_worth_its_words() -> None:
    assert titles.worth("red anchor", "red anchor") == titles.BEST
    assert titles.worth("buy red anchor cheap", "red anchor") == titles.MOST_SPOILT
    assert titles.LEAST < titles.worth("red", "red anchor") < titles.MOST_SPOILT
    assert titles.worth("old kettle", "red anchor") == titles.LEAST


def test_samples_of_titles_join_those_of_scenes(clipart: Path, tmp_path: Path) -> None:
    made = tiny.samples(tmp_path, 8, 0, clipart, 20)
    found = samples.read(str(made), ("assess", "rewrite"))
    each = [found.train[at] for at in range(len(found.train))]
    assert {sample.id.partition("/")[0] for sample in each} == {"scenes", "titles"}
    assert all(sample.image.exists() for sample in each)
    wanted = set(titles.titles(clipart).values())
    rewrites = [sample for sample in each if sample.id.startswith("titles/") and sample.task == "rewrite"]
    assert rewrites
    assert all(any(title in sample.answer for title in wanted) for sample in rewrites)
