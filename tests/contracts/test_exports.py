"""What every export must hold to: one JSON object a pair, a key only where there is a score, nothing lost."""

import orjson
import pytest

from burnish import discovery, exports
from burnish.exports import Told
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
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_line_is_json_and_names_its_pair(form):
    line = dict(exports.load(form).line(told(Score(criterion="overall", value=3.0, confidence=1.0))))
    assert orjson.loads(orjson.dumps(line)) == line
    assert "000000007" in line.values()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scores", [(), (FAILED,)])
def test_no_score_is_no_key(form, scores):
    made = exports.load(form)
    assert made.keys
    assert not set(made.keys) & set(made.line(told(*scores)))


@pytest.mark.parametrize("form", FORMS)
def test_the_same_pair_gives_the_same_line(form):
    made = exports.load(form)
    assert orjson.dumps(dict(made.line(told(FAILED)))) == orjson.dumps(dict(made.line(told(FAILED))))
