"""Fixtures of the storage tests."""

import os
import tempfile
import uuid
from pathlib import Path

import fsspec
import pytest

from tests.faulty_s3 import FAULTY_BUCKET, faulty_s3
from tests.loopback_s3 import loopback_s3
from tests.storage.job import SHARDS, tree, work


@pytest.fixture
def quick_path():
    """A new folder in memory where there is such a place: these tests sync thousands of times, and power is not cut."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="burnish-test-", dir=place) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def s3_server():
    with loopback_s3(FAULTY_BUCKET):
        yield os.environ["AWS_ENDPOINT_URL"]


@pytest.fixture
def store(s3_server, monkeypatch):
    """A faulty store; its client gives up after one repetition."""
    with faulty_s3(s3_server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
        fsspec.filesystem("s3").clear_instance_cache()
        yield proxy
        fsspec.filesystem("s3").clear_instance_cache()


@pytest.fixture
def out():
    return f"s3://{FAULTY_BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """What an undisturbed run writes."""
    folder = tmp_path_factory.mktemp("quiet") / "out"
    work(folder, SHARDS)
    return {name: data for name, data in tree(folder).items() if not name.endswith("/lock")}
