"""The hand-labelled titles: every label speaks of words that stand there and of a row that is there."""

from __future__ import annotations

from benchmarks import entities, entities_page, entities_titles
from benchmarks.entities_texts import Text


def test_labels_are_words_of_their_titles_and_rows_of_the_table() -> None:
    known = {row.id for row in entities_titles.rows()}
    assert len(known) == len(entities_titles.rows()) == 60
    for title in entities_titles.titles():
        for said, own in title.means:
            assert said in title.text
            assert own in known or not own


def test_titles_are_drawn_with_those_that_name_nothing() -> None:
    found = entities_titles.titles()
    assert len({title.text for title in found}) == len(found) == 130
    assert sum(not title.means for title in found) > 10


def test_a_wrong_link_and_a_missing_one_are_counted_and_told() -> None:
    built = entities.linker(0, rows=entities_titles.rows())
    right = entities._counted(built, Text(text="Map of Norway", kind="k", means=(("Norway", "no"),)))
    assert (right["wanted"], right["links"], right["right"], right["held"]) == (1, 1, 1, 1)
    wrong = entities._counted(built, Text(text="Map of Norway", kind="k", means=(("Norway", "se"),)))
    assert (wrong["wanted"], wrong["links"], wrong["right"]) == (1, 1, 0)
    none = entities._counted(built, Text(text="a fish", kind="k", means=()))
    assert (none["wanted"], none["links"]) == (0, 0)
    told = entities_page._wrong([{"title": "Tux", "means": ["Tux=tux"], "found": []}])
    assert "`Tux`: means Tux=tux; found nothing" in told
