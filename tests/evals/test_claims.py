"""Measures by hand on small sets, and the command on a whole output."""

import pytest

from burnish.claims import Claim, Kind, Verdict
from burnish.errors import UsageError
from burnish.evals import claims as measures
from burnish.evals.claims import Checked
from burnish.values import Caption

YES, NO, MAYBE = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.UNKNOWN


def thing(noun, *, negated=False):
    return Claim(kind=Kind.EXISTENCE, subject=noun, negated=negated)


def red(noun):
    return Claim(kind=Kind.ATTRIBUTE, subject=noun, value="red")


def checked(*claims, role="ssc", entities=0, kept=0):
    return Checked(role=role, text="two words", claims=claims, entities=entities, kept=kept)


def test_measures_by_hand():
    found = measures.measure(
        [
            checked((thing("dog"), YES), (red("dog"), YES), (thing("cat"), NO), entities=3, kept=1),
            checked((thing("dog"), YES), (red("dog"), NO), (thing("unicorn"), MAYBE), entities=1, kept=1),
            checked(),
            checked((thing("car", negated=True), YES), role="dsc"),
        ]
    )
    ssc = found["ssc"]
    assert list(found) == ["ssc", "dsc"]
    assert (ssc.captions, ssc.words, ssc.claims, ssc.ana) == (3, 2, 2, 1)
    assert (ssc.hallucinated, ssc.unknown) == (0.4, pytest.approx(1 / 6, abs=1e-4))
    assert (ssc.chair_i, ssc.chair_s) == (pytest.approx(1 / 3, abs=1e-4), pytest.approx(1 / 3, abs=1e-4))
    assert ssc.entity_survival == 0.5
    assert (found["dsc"].ana, found["dsc"].chair_i, found["dsc"].entity_survival) == (0, None, None)


def test_entities_are_the_originals_names_numbers_and_quotations():
    def nothing(claims):
        return [MAYBE] * len(claims)

    captions = [
        Caption(text='A dog of Maria Lopez in Oslo, 2004, with the sign "BAR"', role="alt", maker="source"),
        Caption(text="A dog in Oslo in 2004.", role="afc", maker="m"),
        Caption(text="A dog.", role="ssc", maker="m"),
    ]
    alt, afc, ssc = measures.check(captions, nothing)
    assert alt.entities == alt.kept == afc.entities > 2
    assert 0 < afc.kept < alt.kept
    assert ssc.kept == 0


def test_a_name_that_is_said_twice_and_lost_has_not_survived():
    captions = [
        Caption(text="a dog in Oslo and a cat in Oslo", role="alt", maker="source"),
        Caption(text="a dog and a cat", role="ssc", maker="m"),
    ]
    alt, ssc = measures.check(captions, lambda claims: [MAYBE] * len(claims))
    assert (alt.entities, alt.kept) == (1, 1)
    assert (ssc.entities, ssc.kept) == (1, 0)


def test_an_output_without_records_and_one_of_no_scenes_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    from burnish.scenes import writing

    writing.write(tmp_path / "scenes", 1, 0, 0.0)
    with pytest.raises(UsageError, match="holds no records"):
        list(measures.against_truth(str(tmp_path / "empty"), str(tmp_path / "scenes")))
