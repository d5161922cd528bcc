"""F20: what schemathesis makes of the service's own description never ends in a status of 500 or above, answers keep to
the description, and nothing is answered without the token.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.serve.servers import Site, served
from tests.web.servers import TOKEN

schemathesis.checks.load_all_checks()
CHECKS = schemathesis.checks.CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)
FULL_S = 300
EXAMPLES = 40


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served() as running:
        yield running


@schemathesis.serializer("application/x-ndjson")
def _lines(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def operations(site: Site) -> list[Any]:
    schema = schemathesis.openapi.from_dict(site.client.get("/openapi.json").json())
    schema.config.update(base_url=site.url)
    return [found.ok() for found in schema.get_all_operations()]


def fuzz(site: Site, operation: Any, examples: int, number: int) -> list[int]:
    """Valid and invalid requests for one operation; the statuses that came."""
    modes = schemathesis.GenerationMode
    codes: list[int] = []

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)))
    def every(case: Any) -> None:
        answer = case.call(base_url=site.url)
        assert answer.status_code < 500, answer.text
        codes.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    every()
    return codes


def test_made_up_requests_are_answered_as_described(site):
    found = [fuzz(site, operation, EXAMPLES, 0) for operation in operations(site)]
    assert len(found) >= 10
    assert {200, 422} <= {code for codes in found for code in codes}


def test_nothing_made_up_is_answered_without_the_token(site):
    """Schemathesis makes up tokens as well: none of them is the right one."""
    described = operations(site)
    with served(token=TOKEN) as closed:
        for operation in described:
            assert set(fuzz(closed, operation, 10, 1)) == {401}


@pytest.mark.full("F20")
@pytest.mark.timeout(900)
def test_five_minutes_of_made_up_requests(site, record_property):
    started, number, asked = time.monotonic(), 1, 0
    while time.monotonic() - started < FULL_S:
        for operation in operations(site):
            asked += len(fuzz(site, operation, EXAMPLES, number))
        number += 1
    record_property("requests", asked)
    record_property("statuses of 500 and above", 0)
