"""The section drift: its figures, and what the page shows of them."""

from burnish import report
from tests.report import outputs

ENGLISH = "this is a long sentence about the brown dog in the garden of the house number"


def build(out, rows):
    return report.build(str(outputs.lay(out, [rows])))


def test_lengths_words_and_openings_of_both_sides(tmp_path):
    rows = [outputs.rewritten(at, f"IMG {at} red pear", f"a photo of pear {at}") for at in range(10)]
    done = build(tmp_path / "out", [*rows, outputs.kept(10, "red apple"), outputs.kept(11, "red apple")])
    told = done.figures["drift"]
    assert (told["sampled"], told["of"]) == (12, 12)
    assert told["before"]["mean_words"] == round((10 * 4 + 4) / 12, 3)
    assert told["after"]["photo_openings"] == 10
    assert told["before"]["repeated_texts"] == 1
    assert told["falling"]["img"] == [10, 0]
    assert told["rising"]["photo"] == [0, 10]
    assert any('83% of the texts now begin with "a photo of"' in warning for warning in done.warnings)


def test_a_vocabulary_that_shrinks_is_a_warning(tmp_path):
    rows = [outputs.rewritten(at, f"pear word{'abcdefghij'[at]}", "pear") for at in range(10)]
    warnings = build(tmp_path / "out", rows).warnings
    assert [warning for warning in warnings if "the vocabulary shrinks by" in warning]


def test_no_warning_where_nothing_changes(tmp_path):
    assert list(build(tmp_path / "out", [outputs.kept(at, f"text {at}") for at in range(20)]).warnings) == []


def test_languages_where_there_are_words_enough(tmp_path):
    german = "Dies ist ein langer Satz über den braunen Hund im Garten des Hauses Nummer"
    rows = [outputs.kept(at, f"{ENGLISH} {at}") for at in range(3)] + [outputs.kept(3, german), outputs.kept(4, "kurz")]
    told = build(tmp_path / "out", rows).figures["drift"]["after"]["languages"]
    assert told == {"en": 3, "de": 1, "too short to say": 1}


def test_a_sample_is_said_to_be_one(tmp_path, monkeypatch):
    monkeypatch.setattr("burnish.report.sections.drift.SAMPLED", 40)
    told = build(tmp_path / "out", [outputs.kept(at, f"text {at}") for at in range(400)]).figures["drift"]
    assert 15 < told["sampled"] < 80
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert f"A sample of {told['sampled']} of 400 pairs (seed 0)" in page
