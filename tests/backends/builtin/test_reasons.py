"""The built-in model's reasons: from evidence, the same every time, and none where it has none."""

from __future__ import annotations

import numpy as np
import pytest

from burnish.backends.builtin.backend import BuiltinBackend
from burnish.values import AssessRequest, Draft, ExplainRequest, Failure, Picture, Reply, Score, State


@pytest.fixture(scope="module")
def backend() -> BuiltinBackend:
    return BuiltinBackend({})


@pytest.fixture(scope="module")
def picture() -> Picture:
    """A red disc on white."""
    y, x = np.mgrid[:96, :96]
    rgb = np.full((96, 96, 3), 255, np.uint8)
    rgb[(y - 48) ** 2 + (x - 48) ** 2 < 30**2] = (200, 20, 20)
    return Picture(rgb=rgb, width=96, height=96, format="PNG", mode="RGB")


def why(backend: BuiltinBackend, picture: Picture, text: str, criterion: str) -> Reply:
    (reply,) = backend.answer([ExplainRequest(picture=picture, text=text, criterion=criterion, value=1.0)])
    return reply


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Clipart by Nicu Buculei - compact_disc", "a file's name"),
        ("Part of the Flat Icon Collection (Wed Aug 25 23:29:46 2004)", "time stamp of a file"),
        ("IMG_20190412_103355.jpg", "a file name"),
    ],
)
def test_junk_in_the_text_is_named_but_never_quoted(
    backend: BuiltinBackend, picture: Picture, text: str, part: str
) -> None:
    for criterion in ("overall", "text_quality"):
        reply = why(backend, picture, text, criterion)
        assert isinstance(reply, Draft)
        assert part in reply.text
        assert not any(word in reply.text for word in ("Nicu", "Flat Icon", "2004", "IMG_2019"))
        assert reply == why(backend, picture, text, criterion)


def test_a_mismatch_is_told_by_what_the_picture_looks_like(backend: BuiltinBackend, picture: Picture) -> None:
    reply = why(backend, picture, "A group of people playing football in a stadium", "image_text_matching")
    assert isinstance(reply, Draft)
    assert reply.text.startswith("the picture looks most like ")
    assert "the text fits it with p=" in reply.text


@pytest.mark.parametrize("criterion", ["object_detail", "semantic_understanding", "text_chart_description", "other"])
def test_where_it_has_no_evidence_it_abstains(backend: BuiltinBackend, picture: Picture, criterion: str) -> None:
    reply = why(backend, picture, "a red disc", criterion)
    assert isinstance(reply, Failure)
    assert reply.state is State.ABSTAINED
    foreign = why(backend, picture, "Ein roter Kreis vor wei\u00dfem Grund, gemalt von Hand", "overall")
    assert isinstance(foreign, Failure)


def test_without_the_picture_it_judges_the_text_and_abstains_from_the_match(
    backend: BuiltinBackend, picture: Picture
) -> None:
    def scores(*, blind: bool) -> dict[str, Score]:
        names = ("text_quality", "image_text_matching", "overall")
        asked = [AssessRequest(picture=picture, text="A bunch of bananas", criterion=n, blind=blind) for n in names]
        return {reply.criterion: reply for reply in backend.answer(asked) if isinstance(reply, Score)}

    seen, blind = scores(blind=False), scores(blind=True)
    assert blind["text_quality"] == seen["text_quality"]
    assert (blind["image_text_matching"].value, blind["image_text_matching"].state) == (None, State.ABSTAINED)
    assert blind["overall"].value == seen["text_quality"].value
