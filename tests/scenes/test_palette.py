import numpy as np
import pytest

from burnish.scenes import catalogue, palette

RECOLOURABLE = [thing.noun for thing in catalogue.objects() if thing.recolour]


def test_there_is_something_to_recolour():
    assert len(RECOLOURABLE) >= 15


@pytest.mark.parametrize("noun", RECOLOURABLE)
@pytest.mark.parametrize("colour", palette.COLOURS)
def test_the_colour_asked_is_the_colour_found(noun, colour):
    assert palette.found(palette.painted(noun, colour)) == colour


@pytest.mark.parametrize("noun", RECOLOURABLE)
def test_painting_changes_no_outline(noun):
    before, after = catalogue.cut_out(noun), palette.painted(noun, "green")
    assert after.size == before.size
    assert after.getchannel("A").tobytes() == before.getchannel("A").tobytes()
    dark = np.asarray(before.convert("HSV"))[..., 2] < 40
    assert np.array_equal(np.asarray(before.convert("RGB"))[dark], np.asarray(after.convert("RGB"))[dark]), (
        "dark lines stay as they are"
    )


def test_no_colour_leaves_the_drawing_as_it_is():
    assert palette.painted("apple", "") is catalogue.cut_out("apple")
