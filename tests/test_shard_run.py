"""The order of a reader's items is part of the ledger."""

import pytest

from burnish.shard_run import _Tally
from burnish.storage.ledger import LedgerError
from burnish.values import Gap, Origin, Reason
from tests.builders import record


def tally(*ordinals: int) -> _Tally:
    made = _Tally(breaker=0)
    for ordinal in ordinals:
        made.add(record(ordinal=ordinal))
    return made


def test_items_in_order_are_counted():
    made = tally(0, 1, 2)
    made.add(Gap(origin=Origin(source="s", shard="s", ordinal=3), reason=Reason.BAD_HEADER, detail="", start=0, stop=1))
    assert (made.counts().total, made.counts().gaps) == (4, 1)


@pytest.mark.parametrize("ordinals", [(1,), (0, 2), (0, 0), (0, 1, 0)])
def test_an_item_left_out_given_twice_or_out_of_turn_ends_the_shard(ordinals):
    with pytest.raises(LedgerError, match=f"was to come, but it was {ordinals[-1]}"):
        tally(*ordinals)
