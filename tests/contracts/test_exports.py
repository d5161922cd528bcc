"""What every export must hold to: one JSON object a pair, a failure never told as a score, nothing lost."""

import orjson
import pytest

from burnish import discovery, exports
from burnish.exports import Facts, Told
from burnish.values import Caption, Score, State

FORMS = discovery.names("exports")
TEXT = 'na\u00efve \udcff \u2028 "x"'
FAILED = Score(criterion="overall", value=None, confidence=0.0, state=State.REFUSED)


def told(*scores: Score) -> Told:
    return Told(
        key="000000007",
        image_name="000000007.jpg",
        captions=(Caption(text=TEXT, role="alt", maker="source", scores=scores),),
        chosen=0,
        criteria=("overall",),
    )


def flat(line):
    """Names and values of a line and of the objects in it."""
    for name, value in line.items():
        yield name, value
        if isinstance(value, dict):
            yield from flat(value)


@pytest.mark.parametrize("form", FORMS)
def test_a_line_is_json_and_names_its_pair(form):
    line = dict(exports.load(form).line(told(Score(criterion="overall", value=3.0, confidence=1.0))))
    assert orjson.loads(orjson.dumps(line)) == line
    assert "000000007" in dict(flat(line)).values()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scores", [(), (FAILED,)])
def test_no_score_is_no_key(form, scores):
    made = exports.load(form)
    names = dict(flat(dict(made.line(told(*scores)))))
    assert not set(made.keys) & set(names)
    if not made.keys:
        assert names["score_overall"] == -1.0
        assert names["state_overall"] == ("refused" if scores else "not_asked")


@pytest.mark.parametrize("form", FORMS)
def test_a_score_has_its_key(form):
    made = exports.load(form)
    found = dict(flat(dict(made.line(told(Score(criterion="overall", value=3.0, confidence=1.0))))))
    assert set(made.keys) & set(found) or found["score_overall"] == 3.0


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_says_which_files_it_has_and_they_do_not_depend_on_chance(form):
    made = exports.load(form)
    if isinstance(made, exports.FolderExport):
        facts = Facts(pairs=1, criteria=("overall", "my:own"), model="m")
        small = made.beside(facts)
        assert small == made.beside(facts)
        assert made.layout.lines not in small


@pytest.mark.parametrize("form", FORMS)
def test_the_same_pair_gives_the_same_line(form):
    made = exports.load(form)
    assert orjson.dumps(dict(made.line(told(FAILED)))) == orjson.dumps(dict(made.line(told(FAILED))))
