"""The whole job over the bundled sample with a model behind a server: same bytes however the work is cut up."""

from pathlib import Path

import pytest

from burnish.fakeserver import FakeServer, Settings
from tests.cli.calls import call, lay_sample

SHARDS = ("00000.tar", "00001.tar", "broken-00000.tar")


def enhance(source: Path, output: Path, server: FakeServer, *more: str) -> dict[str, bytes]:
    """The output's files without the run's own folder."""
    asked = ("enhance", source, "-o", output, "--backend", "openai", "--set", "backend_options.backoff_s=0.01", *more)
    done = call(*asked, env={"OPENAI_BASE_URL": server.url})
    assert done.code == 0, done.out + done.err
    files = [path for path in output.rglob("*") if path.is_file() and ".burnish" not in path.parts]
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return lay_sample(tmp_path_factory.mktemp("sample"), *SHARDS)


@pytest.fixture(scope="module")
def server():
    with FakeServer(Settings(jitter_ms=5)) as started:
        yield started


@pytest.fixture(scope="module")
def reference(source, server, tmp_path_factory) -> dict[str, bytes]:
    return enhance(source, tmp_path_factory.mktemp("out") / "reference", server, "--workers", "1")


@pytest.mark.parametrize("more", [("--workers", "2"), ("--workers", "1", "--set", "batch_size=3")])
def test_workers_and_batches_change_no_byte(more, source, server, reference, tmp_path):
    assert set(SHARDS) <= set(reference)
    assert enhance(source, tmp_path / "out", server, *more) == reference


def test_a_server_that_fails_now_and_then_changes_no_byte(source, reference, tmp_path):
    faults = ("status_500@5%", "reset@3%", "html_200@2%", "status_429_ms@2%")
    with FakeServer(Settings(faults=faults, retry_after_s=0.01)) as flaky:
        assert enhance(source, tmp_path / "out", flaky, "--workers", "1") == reference
        assert sum(flaky.stats()["faults"].values()) > 5


def test_a_run_that_the_server_stopped_goes_on_with_the_same_command(source, reference, tmp_path):
    common = ("enhance", source, "-o", tmp_path / "out", "--backend", "openai", "--workers", "1")
    quick = ("--set", "backend_options.backoff_s=0.01")
    with FakeServer(Settings(faults=("insufficient_quota@60-",))) as empty:
        stopped = call(*common, *quick, env={"OPENAI_BASE_URL": empty.url})
        assert stopped.code == 75
        assert "insufficient_quota" in stopped.err
        assert len(stopped.err.strip().splitlines()) <= 8
    with FakeServer() as paid:  # at another address: the model is what counts
        assert enhance(source, tmp_path / "out", paid, "--workers", "1") == reference


def test_a_stopped_run_goes_on_with_other_limits_at_another_address_but_not_with_another_model(
    source, reference, tmp_path
):
    common = ("enhance", source, "-o", tmp_path / "out", "--backend", "openai", "--workers", "1")
    with FakeServer(Settings(faults=("insufficient_quota@60-",))) as empty:
        first = ("--set", f"backend_options.base_url={empty.url}", "--set", "backend_options.concurrency=3")
        assert call(*common, *first).code == 75
    with FakeServer(Settings(model_id="another")) as other:
        asked = ("--set", f"backend_options.base_url={other.url}", "--set", "backend_options.model=another")
        refused = call(*common, *asked)
        assert refused.code == 2
        assert 'model: "openai:' in refused.err
        assert "another" in refused.err
        assert "base_url" not in refused.err
        assert "concurrency" not in refused.err
    with FakeServer() as paid:
        more = ("--workers", "1", "--set", "backend_options.concurrency=9", "--set", "backend_options.timeout_s=30")
        assert enhance(source, tmp_path / "out", paid, *more) == reference
        again = ("--set", f"backend_options.base_url={paid.url}", "--set", "batch_size=5")
        assert call("retry", tmp_path / "out", *again).code == 0
        refused = call("retry", tmp_path / "out", *again, "--set", "backend_options.side_px=64")
        assert (refused.code, "backend_options.side_px" in refused.err) == (2, True)


def test_no_server_is_one_clear_message_and_nothing_is_touched(source, tmp_path):
    done = call(
        "enhance",
        source,
        "-o",
        tmp_path / "out",
        "--backend",
        "openai",
        env={"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"},
    )
    assert done.code == 2
    assert "cannot reach http://127.0.0.1:9/v1" in done.err
    assert len(done.err.strip().splitlines()) <= 6
    assert not (tmp_path / "out").exists()
