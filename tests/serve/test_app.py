"""What the service takes and refuses, and how it says so."""

import json
import threading
import time

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from burnish.serve.settings import Settings
from tests.builders import jpeg
from tests.serve.models import GATE
from tests.serve.servers import ASK_S, body, served
from tests.web.servers import TOKEN


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["reason"]


WRONG = [
    b"", b"{", b"null", b"[]", b"1", b'"x"', b"{}", b'{"image": 1}', b'{"image": "x"}', b'{"image": "AA=A"}',
    b'{"image": "AAAA\\n"}', b'{"image": "", "text": null}', b'{"image": "", "text": 5}', b'{"image": "", "txt": ""}',
    b'{"image": "", "fields": []}', b'{"image": "", "fields": {"a": "\\udfff"}}',
    b'{"image": "", "fields": {"\\ud800": 1}}', b'{"image": "", "fields": {"a": NaN}}',
    b'{"image": "", "fields": {"a": 1e999}}', b"\xff", b'{"image": "\xff"}', b"[" * 5_000,
    b'{"image": "", "fields": ' + b'{"a":' * 3_000 + b"1" + b"}" * 3_000 + b"}",
    b'{"image": "", "fields": ' + b'{"a":[' * 50 + b"1" + b"]}" * 50 + b"}",
    b'{"image": "", "key": "' + b"k" * 1_001 + b'"}',
]  # fmt: skip


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
def test_what_has_another_form_is_refused_with_a_place_and_without_an_echo(site, content):
    answer = site.client.post("/v1/assess", content=content, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    detail = answer.json()["error"]["detail"]
    assert 0 < len(detail) <= 300
    assert "kkkk" not in detail


def test_text_that_is_no_unicode_is_kept_as_a_run_keeps_it(site):
    content = json.dumps(body("a \ud83d boat"))
    assert "\\ud83d" in content
    one = site.client.post("/v1/enhance", content=content, headers={"content-type": "application/json"}).json()
    many = site.client.post("/v1/enhance/batch", content=content)
    assert one == many.json()
    assert "invalid_unicode" in one["columns"]["burnish_flags"]
    assert one["columns"]["caption_original_raw"]


def test_a_form_is_no_json(site):
    assert refused(site.client.post("/v1/assess", data={"image": ""})) == (422, "bad_request")


@pytest.mark.parametrize(
    ("image", "reason"),
    [(b"", "decode_error"), (b"GIF89a", "decode_error"), (jpeg()[:-300], "decode_error"), (b"<svg/>", None)],
)
def test_a_bad_image_is_an_answer_with_the_reason_of_the_quarantine(site, image, reason):
    told = site.ask("enhance", body(image=image))
    assert told["fate"] == "quarantined"
    assert told["stage"] == "decode"
    assert reason in {None, told["reason"]}


def test_too_many_pixels_are_an_answer():
    with served({"limits": {"max_pixels": 100}}) as site:
        told = site.ask("assess", body(image=jpeg()))
    assert (told["fate"], told["reason"]) == ("quarantined", "image_too_large")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CAPTIONS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={name: st.text(max_size=5) | JSON for name in ("role", "text", "maker", "verdict", "overall")},
    )
    | JSON,
    max_size=3,
)
OURS = st.sampled_from(
    ["burnish_decision", "caption_original", "caption_original_raw", "burnish_captions", "burnish_edits",
     "burnish_claims", "burnish_entities", "burnish_text_in_image", "burnish_score_overall", "burnish_state_overall",
     "burnish_score_x", "burnish_confidence_overall", "burnish_blind_overall", "burnish_reason_overall",
     "burnish_flags", "url", "role"]
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(OURS, JSON | st.text(max_size=9), max_size=6), CAPTIONS, st.text(max_size=30))
def test_whatever_the_metadata_says_a_pair_is_answered(site, fields, captions, text):
    if captions:
        fields = {"burnish_decision": "kept", "caption_original": "x", **fields, "burnish_captions": captions}
    answer = site.client.post("/v1/enhance", json=body(text, fields=fields))
    assert answer.status_code in {200, 422}, answer.text
    if answer.status_code == 200:
        assert answer.json()["fate"] in {"kept", "rewritten", "passed"}


def test_other_paths_and_methods(site):
    assert refused(site.client.get("/none")) == (404, "not_served")
    wrong = site.client.get("/v1/assess")
    assert refused(wrong) == (405, "not_served")
    assert wrong.headers["allow"] == "POST"
    assert site.client.get("/docs").status_code == 404


def test_a_body_over_the_cap():
    with served(settings=Settings(max_body_mb=1, max_rate=0)) as site:
        assert refused(site.client.post("/v1/assess", json=body(image=b"x" * (1 << 20)))) == (413, "too_large")


def test_more_than_may_wait_is_told_to_come_again(tmp_path, monkeypatch):
    gate = tmp_path / "gate"
    monkeypatch.setenv(GATE, str(gate))
    with served({"backend": "tests.serve.models:gated"}, Settings(max_waiting=1, max_rate=0)) as site:
        answers: list[httpx.Response] = []

        def ask() -> None:
            answers.append(httpx.post(f"{site.url}/v1/assess", json=body(), timeout=ASK_S))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        while len(answers) < 5:  # one is asked about, one is on its way, one waits
            time.sleep(0.01)
        gate.touch()
        for thread in threads:
            thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [503] * 5
    full = [answer for answer in answers if answer.status_code == 503]
    assert {answer.json()["error"]["reason"] for answer in full} == {"full"}
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in full)


def test_what_the_model_cannot_do_is_said():
    with served({"backend": "builtin"}) as site:
        for path in ("/v1/recaption", "/v1/recaption/batch"):
            answer = site.client.post(path, json=body())
            assert refused(answer) == (409, "cannot")
            assert "openai" in answer.json()["error"]["detail"]
        assert site.service.cannot["enhance"] == ""


def test_health(site):
    told = site.client.get("/health").json()
    assert told == {**told, "live": True, "ready": True, "draining": False}
    assert told["model"].startswith("fake-1")
    assert site.client.get("/health/live").status_code == site.client.get("/health/ready").status_code == 200


def test_metrics_count_what_happened():
    with served() as site:
        site.ask("assess", body())
        site.ask("enhance", body(image=b"x"))
        site.client.post("/v1/assess", content=b"{")
        told = site.client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'burnish_pairs_total{fate="quarantined",route="enhance"} 1.0' in told.text
    assert 'burnish_refused_total{reason="bad_request"} 1.0' in told.text
    assert 'burnish_request_seconds_count{route="assess"} 1.0' in told.text
    assert "burnish_waiting_pairs 0.0" in told.text


def test_the_description_is_whole(site):
    told = site.client.get("/openapi.json").json()
    assert set(told["paths"]) >= {"/v1/assess", "/v1/enhance", "/v1/recaption", "/v1/enhance/batch", "/metrics"}
    assert told["components"]["securitySchemes"]
    [example] = told["components"]["schemas"]["PairIn"]["examples"]
    assert site.ask("enhance", example)["fate"] != "quarantined"
    assert "401" in told["paths"]["/v1/enhance"]["post"]["responses"]


def test_with_a_token_every_path_wants_it():
    with served(token=TOKEN) as site:
        described = site.client.get("/openapi.json", headers={"authorization": f"Bearer {TOKEN}"}).json()["paths"]
        for path, operations in described.items():
            for method in operations:
                assert site.client.request(method, path, json=body()).status_code == 401
        shown = {"authorization": f"Bearer {TOKEN}"}
        assert site.client.post("/v1/assess", json=body(), headers=shown).status_code == 200


def test_an_answer_is_json_of_its_schema(site):
    from burnish.serve.schema import Answered, Refused

    Answered.model_validate(site.ask("recaption", body("a boat", key="k")))
    Refused.model_validate(site.ask("recaption", body(image=b"")))
    assert json.loads(json.dumps(site.ask("assess", body()))) == site.ask("assess", body())
