"""Mixture files: what is right is read, what is wrong gets one clear message with its key."""

import pytest

from burnish.cli._command import MAX_MESSAGE_LINES
from burnish.errors import UsageError
from burnish.mixing import forms, presets
from burnish.mixing.mixture import Mixture
from burnish.mixing.reading import bind, load, parse, preset
from tests.mixing.mixtures import HALF

SCORES = "[groups.all.scores]\nunscored = 0\n"

WRONG = {
    "not TOML": ("groups = [", "is not valid TOML"),
    "empty": ("", "'groups' is missing"),
    "no group": ("groups = {}", "at least one group"),
    "groups is a list": ("groups = [1]", "groups = [1] does not fit"),
    "unknown key at the top": (f"sed = 1\n{HALF}", "unknown key 'sed'. Did you mean 'seed'?"),
    "unknown key in a group": (f"{HALF}wieght = 2", "unknown key 'groups.all.wieght'. Did you mean 'weight'?"),
    "no roles": ("[groups.all]\nweight = 1", "'groups.all.roles' is missing"),
    "all roles weigh nothing": ("[groups.all]\nroles = { alt = 0 }", "groups.all: roles must hold at least one role"),
    "a negative role": ("[groups.all]\nroles = { alt = -1 }", "groups.all.roles.alt: weight must be 0 to 1,000,000"),
    "a role of words": ('[groups.all]\nroles = { alt = "half" }', "groups.all.roles.alt.weight = 'half' does not fit"),
    "an infinite role": ("[groups.all]\nroles = { alt = inf }", "groups.all.roles.alt: weight must be 0 to 1,000,000"),
    "a role that is not a number": ("[groups.all]\nroles = { alt = nan }", "weight must be 0 to 1,000,000, not nan"),
    "missing is not said": ("[groups.all]\nroles = { ssc = 1 }", "groups.all: missing must say what is done"),
    "missing is a wrong word": (HALF.replace("renormalise", "ignore"), "groups.all.missing = 'ignore' does not fit"),
    "missing is an empty list": (HALF.replace('"renormalise"', "[]"), "groups.all: missing = [] names no role"),
    "a gap between scores": (
        f'{HALF}{SCORES}weights = {{ "< 3" = 0, ">= 4" = 1 }}',
        "groups.all.scores: scores from 3 to 4 are in no interval",
    ),
    "two intervals for a score": (
        f'{HALF}{SCORES}weights = {{ "< 3" = 0, "2-4" = 1, ">= 4" = 1 }}',
        "groups.all.scores: scores from 2 to 3 are in two intervals",
    ),
    "no interval at all": (f'{HALF}{SCORES}weights = {{ "good" = 1 }}', "'good' is no interval of scores"),
    "unscored is not said": (
        f'{HALF}[groups.all.scores]\nweights = {{ "< 3" = 0, ">= 3" = 1 }}',
        "'groups.all.scores.unscored' is missing",
    ),
    "a role's scores repeat": (
        '[groups.all.roles.alt]\nweight = 1\nscores = { unscored = 1, weights = { "< 3" = 0, ">= 3" = 2 } }',
        "groups.all.roles.alt: a role's weights by score are shares",
    ),
    "size with epochs": (f"size = 10\n{HALF}", 'size needs weights = "shares"'),
    "weights are neither": (f'weights = "many"\n{HALF}', "weights = 'many' does not fit"),
    "a seed of words": (f'seed = "one"\n{HALF}', "seed = 'one' does not fit"),
    "sentences without a limit": (f'[text]\nlong = "sentence"\n{HALF}', "text: text.long = 'sentence' needs"),
    "levels twice": (f"[levels]\ncount = 4\nedges = [3.0]\n{HALF}", "levels: levels takes either count"),
    "edges that fall": (f"[levels]\nedges = [3.0, 2.0]\n{HALF}", "levels: levels.edges must rise"),
    "a prefix without levels": (f'[levels]\nprefix = "<{{level}}>"\n{HALF}', "levels: levels.prefix needs levels"),
    "a prefix of something else": (f'[levels]\ncount = 4\nprefix = "{{score}}"\n{HALF}', "{level} and {count} only"),
    "a role of more than numbers hold": ("[groups.all]\nroles = { alt = 1e308 }", "weight must be 0 to 1,000,000"),
    "a source of more": (f"{HALF}sources = {{ a = {{ weight = 1e20 }} }}", "weight must be 0 to 1,000,000"),
    "a score's weight of more": (
        f'{HALF}[groups.all.scores]\nunscored = 0\nweights = {{ "< 3" = 0, ">= 3" = 1e9 }}',
        "the weight of '>= 3' must be 0 to 1,000,000",
    ),
    "no prompt": (f"[chat]\nprompts = []\n{HALF}", "chat: chat.prompts must hold"),
    "a source of two groups": (
        f'{HALF}sources = {{ a = {{ path = "x" }} }}\n[groups.b]\nroles = {{ alt = 1 }}\nsources = {{ a = {{}} }}',
        "two groups have a source 'a'",
    ),
    "a name with a slash": ('[groups."a/b"]\nroles = { alt = 1 }', "'a/b' is no name"),
    "a source weight below 0": (f"{HALF}sources = {{ a = {{ weight = -1 }} }}", "groups.all.sources.a: weight must be"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_mixture_gets_one_clear_message(name):
    toml, said = WRONG[name]
    with pytest.raises(UsageError) as caught:
        parse(toml, "mixture.toml")
    message = str(caught.value)
    assert message.startswith("mixture.toml")
    assert said in message
    assert message.count("\n") < MAX_MESSAGE_LINES


def test_there_are_enough_wrong_ones():
    assert len(WRONG) >= 25


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="cannot read the mixture"):
        load(str(tmp_path / "none.toml"))
    (tmp_path / "latin.toml").write_bytes(b"\xe4")
    with pytest.raises(UsageError, match="not UTF-8"):
        load(str(tmp_path / "latin.toml"))


@pytest.mark.parametrize(
    ("toml", "given", "said"),
    [
        (HALF, [], "the group 'all' has no source"),
        (HALF, ["a", "b"], "give each a name of its own"),
        (HALF, ["web/x=a"], "no group 'web'"),
        (f"{HALF}sources = {{ a = {{}} }}", [], "the source 'a' has no path"),
        (f"{HALF}sources = {{ a = {{}} }}\n[groups.b]\nroles = {{ alt = 1 }}", ["c=x"], "which source is 'c'?"),
        (HALF, ["web=a", "web=b"], "the source 'web' is given twice: a and b"),
        (f"{HALF}sources = {{ web = {{}} }}", ["all/web=a", "web=b"], "the source 'web' is given twice"),
        (f"{HALF}sources = {{ math = {{}} }}", ["maths=a"], "which source is 'maths'? Did you mean 'math'?"),
        (f"{HALF}sources = {{ math = {{}} }}", ["math=b", "code=a"], "To add one: all/code=PATH"),
        (
            f"{HALF}sources = {{ a = {{}}, b = {{}} }}",
            ["one"],
            "which source is this?\nGive each as NAME=PATH; the mixture",
        ),
    ],
)
def test_wrong_sources(toml, given, said):
    with pytest.raises(UsageError) as caught:
        bind(parse(toml, "m"), given)
    assert said in str(caught.value)


def test_a_source_that_the_mixture_does_not_name_is_added_on_purpose():
    made = bind(parse(f"{HALF}sources = {{ math = {{}} }}", "m"), ["math=a", "all/code=b"])
    assert [(name, rule.path) for _, name, rule in made.entries()] == [("math", "a"), ("code", "b")]


@pytest.mark.parametrize("ending", ["{00000..00001}.tar", "*.tar", "", "00000.tar"])
def test_a_path_of_partitions_is_no_name(tmp_path, monkeypatch, ending):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lake" / "date=2024").mkdir(parents=True)
    (tmp_path / "lake" / "date=2024" / "00000.tar").touch()
    made = bind(parse(HALF, "m"), [f"lake/date=2024/{ending}"])
    assert [(name, rule.path) for _, name, rule in made.entries()] == [("data", f"lake/date=2024/{ending}")]


def test_sources_find_their_places(tmp_path):
    odd = tmp_path / "a=b"
    odd.mkdir()
    one = bind(parse(HALF, "m"), [str(odd)])
    assert [(g, n, s.path) for g, n, s in one.entries()] == [("all", "data", str(odd))]
    two = bind(parse(HALF, "m"), ["x=one", "y=s3://bucket/two?a=b"])
    assert [(n, s.path) for _, n, s in two.entries()] == [("x", "one"), ("y", "s3://bucket/two?a=b")]
    toml = f"{HALF}[groups.b]\nroles = {{ alt = 1 }}\nsources = {{ c = {{ optional = true }}, d = {{ weight = 2 }} }}"
    three = bind(parse(toml, "m"), ["all/x=one", "d=two"])
    assert [(g, n, s.path, s.weight) for g, n, s in three.entries()] == [
        ("all", "x", "one", 1.0),
        ("b", "d", "two", 2.0),
    ]


@pytest.mark.parametrize("name", presets.names())
def test_every_preset_says_where_it_comes_from_and_how_sure_it_is(name):
    made = preset(name)
    assert isinstance(made, Mixture)
    assert "arXiv" in made.about.source
    assert made.about.sure in {"paper", "inferred", "guess"}
    assert len(made.about.note) > 40


def test_the_presets_that_were_promised_are_there():
    assert {"clip", "mllm-pretrain", "mllm-sft", "diffusion", "mm1", "mm1.5"} <= set(presets.names())
    with pytest.raises(UsageError, match="Did you mean 'clip'"):
        preset("clipp")


def test_forms_are_found_by_name():
    assert {"webdataset", "llava", "swift", "parquet", "folder"} <= set(forms.names())
    with pytest.raises(UsageError, match="Did you mean 'parquet'"):
        forms.load("parqet")


def test_changes_are_laid_over_a_preset():
    made = preset("clip", [{"seed": 7}, {"groups": {"all": {"roles": {"ssc": 0.3}}}}])
    assert made.seed == 7
    assert made.groups["all"].roles["ssc"].weight == 0.3
    assert made.groups["all"].roles["alt"].weight == 0.55
