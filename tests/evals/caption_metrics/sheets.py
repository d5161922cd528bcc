"""Captions and references by hand."""

from __future__ import annotations

from burnish.evals.captions import Sheet, words_of

SAID = (
    "a red car and two dogs",
    "two cats on a mat",
    "the the the the bird",
    "a house",
    "big green tree by the river in spring",
    "",
)
REFERENCES = (
    ("a red car and two dogs on a plain background", "two dogs and a red car"),
    ("two cats lie on a mat", "a pair of cats on the mat", "cats"),
    ("a bird sings", "the bird"),
    ("a small house",),
    ("a green tree stands by a river", "tree near water in spring time"),
    ("nothing is here",),
)


def sheet(said=SAID, references=REFERENCES) -> Sheet:
    return Sheet(
        said=[words_of(text) for text in said],
        references=[tuple(map(words_of, several)) for several in references],
        groups=[str(at) for at in range(len(said))],
    )


def values(metric, of: Sheet) -> dict[str, float]:
    return {reading.of: reading.statistic(reading.cases) for reading in metric(of)}
