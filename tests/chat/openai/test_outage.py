"""A minute without a server, in the middle of 10,000 pairs."""

import pytest

from burnish.fakeserver import FakeServer, Settings
from burnish.values import Score
from tests.chat.openai.questions import assess, backend

PAIRS = 10_000
BATCH = 500


@pytest.mark.full("F11")
@pytest.mark.timeout(900)
def test_ten_thousand_pairs_and_a_minute_without_a_server(record_property):
    asked = [assess(f"a dog {number}") for number in range(BATCH)]
    with FakeServer() as server, backend(server.url, timeout_s="30") as model:
        clean = [repr(reply) for reply in model.answer(asked[:20])]
    settings = Settings(faults=("outage@t4-64", "status_500@1%", "cut_body@1%", "reset@1%"))
    with FakeServer(settings) as server, backend(server.url, patience_s="300", timeout_s="30") as model:
        scored = 0
        for first in range(0, PAIRS, BATCH):
            replies = model.answer([assess(f"a dog {first + number}") for number in range(BATCH)])
            scored += sum(isinstance(reply, Score) for reply in replies)
            if first == 0:
                assert [repr(reply) for reply in replies[:20]] == clean
        used, bill = model.usage(), server.stats()
    assert scored == PAIRS
    faults = bill["faults"]
    assert isinstance(faults, dict)
    assert faults["outage"] > 0
    # every answer that was seen is counted as a call, every one that was billed and not seen as possibly billed
    assert used.calls == bill["billed_calls"] - bill["billed_unseen"]
    assert used.possibly_billed >= bill["billed_unseen"]
    assert bill["distinct_bodies"] == PAIRS + 1
    record_property("pairs", scored)
    record_property("calls that failed", sum(faults.values()))
    record_property("calls counted beyond the server's bill", used.calls - bill["billed_calls"] + bill["billed_unseen"])
