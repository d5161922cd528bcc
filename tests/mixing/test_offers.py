"""Which captions of a pair may train."""

import pytest

from burnish.mixing.offers import captions_of
from burnish.mixing.sources import Entry
from burnish.values import Caption


def entry(*captions: Caption, chosen: int = 0) -> Entry:
    alt = Caption(text="alt", role="alt", maker="source")
    return Entry(key="k", image_xxh128="0", captions=(alt, *captions), chosen=chosen)


def caption(verdict: str = "", role: str = "ssc", text: str = "short") -> Caption:
    return Caption(text=text, role=role, maker="m", verdict=verdict)


@pytest.mark.parametrize("verdict", ["", "accepted", "accepted:reasked", "accepted:reasked,low"])
def test_accepted_captions_train(verdict):
    assert len(captions_of(entry(caption(verdict)), "ssc")) == 1


@pytest.mark.parametrize("verdict", ["rejected:no_gain", "outdone", "missed:too_long", "failed:refused"])
def test_refused_captions_do_not_unless_they_were_chosen(verdict):
    assert captions_of(entry(caption(verdict)), "ssc") == ()
    assert len(captions_of(entry(caption(verdict), chosen=1), "ssc")) == 1
    assert len(captions_of(entry(caption(verdict), chosen=1), "chosen")) == 1


def test_empty_captions_do_not_train():
    assert captions_of(entry(caption(text=" \n")), "ssc") == ()
    assert captions_of(Entry(key="k", image_xxh128="0", captions=(caption(text=""),), chosen=0), "chosen") == ()


def test_several_captions_of_a_role_are_all_there():
    found = captions_of(entry(caption(text="one"), caption("outdone", text="two"), caption(text="three")), "ssc")
    assert [c.text for c in found] == ["one", "three"]
