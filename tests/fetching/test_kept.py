"""What was fetched, on disk: whatever is cut or changed there is as good as not there, and nothing else is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from burnish.fetching import Got, Missed
from burnish.fetching.kept import Kept
from burnish.values import Reason

RESULTS = [
    Got(data=b"\n" * 9),
    Missed(reason=Reason.OPTED_OUT, detail="X-Robots-Tag: noai é", retryable=False),
    Got(data=b""),
    Got(data=bytes(range(256)) * 40),
    Missed(reason=Reason.FETCH_TIMEOUT, detail="", retryable=True),
]


def url(row):
    return f"https://example.org/{row}"


def fill(path):
    kept = Kept(path)
    for row, result in enumerate(RESULTS):
        kept.put(row, url(row), result)
    kept.close()


def found(path):
    kept = Kept(path)
    results = [kept.get(row, url(row)) for row in range(len(RESULTS))]
    kept.close()
    return results


def test_everything_comes_back(tmp_path):
    fill(tmp_path / "x" / "kept")
    assert found(tmp_path / "x" / "kept") == RESULTS
    kept = Kept(tmp_path / "x" / "kept")
    assert kept.has(0, url(0))
    assert not kept.has(0, url(1))
    assert kept.get(0, url(1)) is None
    kept.put(0, url(1), Got(data=b"new"))
    kept.close()
    kept = Kept(tmp_path / "x" / "kept")
    assert kept.get(0, url(1)) == Got(data=b"new")
    kept.close()


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1))
def test_a_torn_file_keeps_what_is_whole_and_goes_on(share):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kept")
        fill(path)
        raw = path.read_bytes()
        path.write_bytes(raw[: int(len(raw) * share)])
        left = found(path)
        whole = sum(result is not None for result in left)
        assert left == [*RESULTS[:whole], *[None] * (len(RESULTS) - whole)]
        fill(path)
        assert found(path) == RESULTS


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 0.999), st.integers(0, 7))
def test_a_flipped_bit_is_never_believed(share, bit):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kept")
        fill(path)
        raw = bytearray(path.read_bytes())
        raw[int(len(raw) * share)] ^= 1 << bit
        path.write_bytes(raw)
        assert all(result in {None, wanted} for result, wanted in zip(found(path), RESULTS, strict=True))
