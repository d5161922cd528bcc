"""An object store: a loopback S3, and a proxy before it that loses, cuts and refuses what passes."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from burnish.errors import StopError, UsageError, VerifyError
from burnish.publish import Wanted, pull, push
from burnish.storage.layout import SEAL
from burnish.storage.verify import verify
from tests.faulty_s3 import Call, FaultyS3, faulty_s3
from tests.loopback_s3 import loopback_s3
from tests.publish.sets import output, same_set, there

BUCKET = "burnish-push"


@pytest.fixture(scope="module")
def s3() -> Iterator[None]:
    with loopback_s3(BUCKET):
        yield


@pytest.fixture
def place(s3: None) -> str:
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture
def proxy(s3: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyS3]:
    upstream = os.environ["AWS_ENDPOINT_URL"]
    with faulty_s3(upstream) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        fsspec.filesystem("s3").clear_instance_cache()
        yield running
    fsspec.filesystem("s3").clear_instance_cache()


def test_a_set_goes_to_s3_and_comes_back(place: str, tmp_path: Path) -> None:
    out = output(tmp_path)
    done = push(str(out), place, Wanted(read_back=True))
    again = push(str(out), place)
    assert (len(again.sent), again.there) == (0, len(done.sent))
    pull(place, str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")


def test_a_set_on_s3_goes_on_to_another_place(place: str, tmp_path: Path) -> None:
    out = output(tmp_path)
    push(str(out), f"{place}/one")
    push(f"{place}/one", f"{place}/two")
    pull(f"{place}/two", str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")


def test_a_changed_byte_in_the_bucket_is_found_and_mended(place: str, tmp_path: Path) -> None:
    out = output(tmp_path)
    push(str(out), place)
    fs, root = fsspec.url_to_fs(place)
    whole = fs.cat(f"{root}/00000.tar")
    fs.pipe(f"{root}/00000.tar", whole[:-1] + b"\1")
    with pytest.raises(VerifyError, match=r"00000\.tar has other bytes"):
        pull(place, str(tmp_path / "copy"))
    assert "00000.tar" in [entry.name for entry in push(str(out), place).sent], "its etag is another one"
    pull(place, str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")


@pytest.mark.parametrize("fault", ["drop", "deaf", "cut"])
def test_lost_connections_stop_a_push_and_the_same_call_goes_on(
    proxy: FaultyS3, place: str, tmp_path: Path, fault: str
) -> None:
    out = output(tmp_path)
    writes: list[int] = []

    def failing(call: Call) -> str:
        if call.method != "PUT":
            return ""
        writes.append(call.number)
        return fault if len(writes) % 5 == 4 else ""

    proxy.fault = failing
    stops = 0
    for _ in range(20):
        try:
            push(str(out), place)
        except StopError:
            stops += 1
            if SEAL not in there(place):
                with pytest.raises(UsageError):
                    pull(place, str(tmp_path / "early"))
        else:
            break
    proxy.fault = lambda _: ""
    assert stops or fault == "deaf" or len(writes) > 5
    assert verify(place) == []
    pull(place, str(tmp_path / "copy"))
    assert same_set(out, tmp_path / "copy")


def test_no_key_stands_in_what_was_sent(place: str, tmp_path: Path) -> None:
    push(str(output(tmp_path)), place)
    assert b"CANARY-secret" not in b"".join(there(place).values())
