"""The level of alignment: from quantiles or fixed edges, in a column and, if asked, in the text."""

import json
from collections import Counter

import pytest

from burnish.errors import UsageError
from burnish.mixing import foresee, mix
from burnish.tokens import estimate
from tests.mixing.mixtures import mixture
from tests.mixing.outputs import make
from tests.mixing.test_mix import samples

ONLY = '[groups.all]\nmissing = "drop"\nroles = { ssc = 1 }\n'


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    def spaced(number):
        return {"ssc": (f"short {number}", None if number % 10 == 0 else 1 + number / 25)}

    return make(tmp_path_factory.mktemp("known") / "out", spaced, shards=2, each=50)


def rows(known, folder, levels):
    mix(mixture(f"{ONLY}[levels]\n{levels}", known.path), str(folder / "train"), workers=1)
    return samples(folder / "train")


@pytest.mark.parametrize("count", [2, 3, 8])
def test_quantiles_make_levels_of_equal_size_in_the_order_of_scores(known, tmp_path, count):
    found = rows(known, tmp_path, f"count = {count}")
    levels = Counter(row["alignment"] for row in found)
    assert levels.pop(0) == 10  # the unscored
    assert set(levels) == set(range(1, count + 1))
    assert max(levels.values()) - min(levels.values()) <= 1
    ordered = sorted((row["score"], row["alignment"]) for row in found if row["alignment"])
    assert [level for _, level in ordered] == sorted(level for _, level in ordered)


def test_fixed_edges(known, tmp_path):
    for row in rows(known, tmp_path, "edges = [2.0, 4.0]"):
        expected = 0 if row["score"] < 0 else 1 + (row["score"] >= 2) + (row["score"] >= 4)
        assert row["alignment"] == expected


def low_ones_do_not_train(number):
    return {"ssc": (f"short {number}", 1.0 if number % 2 else 3.0 + number / 100)}


CHOSEN_FEW = {
    "pairs of weight 0": (
        f'{ONLY}[groups.all.scores]\nof = "ssc"\nunscored = 1\nweights = {{ "< 3" = 0, ">= 3" = 1 }}\n'
    ),
    "captions that the role turns away": (
        '[groups.all]\nmissing = "drop"\n[groups.all.roles.ssc]\nweight = 1\n'
        '[groups.all.roles.ssc.scores]\nunscored = 1\nweights = { "< 3" = 0, ">= 3" = 1 }\n'
    ),
    "roles that only take another's place": (
        '[groups.all]\nmissing = ["ssc"]\n[groups.all.roles.dsc]\nweight = 1\n'
        '[groups.all.scores]\nof = "ssc"\nunscored = 1\nweights = { "< 3" = 0, ">= 3" = 1 }\n'
    ),
    "sources of weight 0": (
        f'{ONLY}[groups.all.scores]\nof = "ssc"\nunscored = 1\nweights = {{ "< 3" = 0, ">= 3" = 1 }}\n'
        '[groups.none]\nweight = 0\nmissing = "drop"\nroles = { ssc = 1 }\n'
    ),
}


@pytest.mark.parametrize("name", CHOSEN_FEW)
def test_quantiles_are_over_the_captions_that_may_train(name, tmp_path):
    out = make(tmp_path / "out", low_ones_do_not_train, shards=2, each=40)
    sources = [f"all/data={out.path}"] + ([f"none/more={out.path}"] if "groups.none" in CHOSEN_FEW[name] else [])
    made = mixture(f"{CHOSEN_FEW[name]}[levels]\ncount = 4\n", *sources)
    levels = foresee(made).levels
    assert levels == {"1": 10, "2": 10, "3": 10, "4": 10}
    assert mix(made, str(tmp_path / "train"), workers=1).levels == levels


def test_a_caption_that_two_roles_reach_counts_once(tmp_path):
    """Each text is `alt` and `chosen` at once: half of the captions, not two thirds, so not two of three levels."""
    out = make(tmp_path / "out", lambda n: {"ssc": ("s", 1 + n / 20)}, shards=1, each=40, alt=4.5)
    toml = '[groups.all]\nmissing = "drop"\nroles = { alt = 1, chosen = 1, ssc = 2 }\n[levels]\ncount = 3\n'
    assert set(mix(mixture(toml, out.path), str(tmp_path / "train"), workers=1).levels) == {"1", "2", "3"}


def test_a_dry_run_gives_the_levels_of_a_part_too(known, tmp_path):
    made = mixture(f"{ONLY}[levels]\nedges = [2.0, 4.0]\n", known.path)
    assert foresee(made, limit=37).as_json() == mix(made, str(tmp_path / "train"), workers=1, limit=37).as_json()


def test_equal_scores_share_a_level(tmp_path):
    out = make(tmp_path / "out", lambda _: {"ssc": ("s", 3.0)}, shards=1, each=20)
    assert len({row["alignment"] for row in rows(out, tmp_path, "count = 4")}) == 1


def test_the_level_stands_in_the_text_of_a_share(known, tmp_path):
    found = rows(known, tmp_path, 'count = 4\nprefix = "<quality {level}/{count}> "\nsuffix = " ."\nshare = 0.7')
    marked = 0
    for row in found:
        plain = row["captions"]["ssc"]
        if row["text"] != plain:
            assert row["text"] == f"<quality {row['alignment']}/4> {plain} ."
            marked += 1
        if not row["alignment"]:
            assert row["text"] == plain
    assert 45 <= marked <= 81  # 0.7 of 90, 4 sigma


LONG = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("long", ["cut", "sentence"])
def test_a_marked_text_fits_into_the_window_too(tmp_path, long):
    out = make(tmp_path / "out", lambda n: {"dsc": (f"{LONG[: 7 * (n + 1)]}. {LONG}", 1 + n / 8)}, shards=1, each=26)
    text = f'[text]\nmax_tokens = 12\nlong = "{long}"\n'
    levels = '[levels]\nedges = [2.0]\nprefix = "<quality {level}> "\nsuffix = " end."\nshare = 0.5\n'
    made = mixture(f'{text}{levels}[groups.all]\nmissing = "drop"\nroles = {{ dsc = 1 }}\n', out.path)
    mix(made, str(tmp_path / "train"), workers=1)
    rows = samples(tmp_path / "train")
    assert len(rows) == 26
    assert max(estimate(row["text"]) for row in rows if "quality" in row["text"]) == 12
    unmarked = [row["text"] for row in rows if "quality" not in row["text"]]
    assert max(estimate(f"<quality 2> {text} end.") for text in unmarked) == 12


def test_marks_that_leave_no_room_are_refused_before_anything_is_read(known, tmp_path):
    text = '[text]\nmax_tokens = 7\nlong = "cut"\n'
    levels = '[levels]\ncount = 4\nprefix = "<quality {level}> "\n'
    with pytest.raises(UsageError, match=r"take 4 of the 7 tokens of text.max_tokens.\nShorten them: at least 4"):
        mix(mixture(f"{ONLY}{text}{levels}", known.path), str(tmp_path / "train"))
    assert not (tmp_path / "train").exists()


def test_levels_are_counted_in_the_report(known, tmp_path):
    made = mixture(f"{ONLY}[levels]\ncount = 3", known.path)
    found = mix(made, str(tmp_path / "train"), workers=2)
    assert found.levels == {"0": 10, "1": 30, "2": 30, "3": 30}


@pytest.mark.parametrize("form", ["llava", "swift"])
def test_in_a_conversation_the_level_stands_with_the_user_not_in_the_answer(known, tmp_path, form):
    levels = '[levels]\ncount = 4\nprompt = " Quality: {level} of {count}."\n'
    made = mixture(f'{ONLY}{levels}[chat]\nprompts = ["Describe it."]\n', known.path, head=f'form = "{form}"')
    mix(made, str(tmp_path / "train"), workers=1)
    lines = [json.loads(row) for path in (tmp_path / "train").rglob("*.jsonl") if ".burnish" not in path.parts
             for row in path.read_text().splitlines()]  # fmt: skip
    asked, answered = zip(
        *([turn.get("value", turn.get("content")) for turn in _turns(line)] for line in lines), strict=True
    )
    assert all(answer.startswith("short ") and "Quality" not in answer for answer in answered)
    levels = Counter(question.partition("Describe it.")[2] for question in asked)
    assert levels.pop("") == 10  # the unscored
    assert set(levels) == {f" Quality: {level} of 4." for level in range(1, 5)}
    assert max(levels.values()) - min(levels.values()) <= 1
    if form == "llava":
        assert [line["alignment"] for line in lines] == [int(q.partition("Quality: ")[2][:1] or 0) for q in asked]


def _turns(line):
    return line.get("conversations") or line["messages"]


def test_what_names_levels_needs_them(known):
    for name in ("prefix", "suffix", "prompt"):
        with pytest.raises(UsageError, match=f"levels.{name} needs levels"):
            mixture(f'{ONLY}[levels]\n{name} = "x"', known.path)
