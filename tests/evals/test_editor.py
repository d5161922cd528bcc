import pytest

from burnish.errors import UsageError
from burnish.evals.editor import Row, measure, read, wilson


def table(tmp_path, *lines):
    path = tmp_path / "edits.tsv"
    path.write_text("stem\tbefore\tafter\tlabel\n" + "".join("\t".join(line) + "\n" for line in lines))
    return path


def test_counts_rates_and_medians(tmp_path):
    path = table(
        tmp_path,
        ("a", "red_apple_02.svg", "red apple", "improved"),
        ("b", "a dog", "a dog", ""),
        ("c", 'a "dog" sign', 'a "dog" sign', "unchanged"),
        ("d", "arrow1", "arrow", "Neutral"),
        ("e", "Route 66", "Route", "worse"),
    )
    figures = measure(read(path))
    assert figures.n == 5
    counts = [figures.improved.count, figures.unchanged.count, figures.neutral.count, figures.worse.count]
    assert counts == [1, 2, 1, 1]
    assert figures.median_words_changed == 1
    assert figures.median_share_changed == 0.5


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(0, 300, 0.0, 0.0126), (3, 300, 0.0034, 0.029), (150, 300, 0.4437, 0.5563), (1, 1, 0.2065, 1.0), (0, 0, 0, 1)],
)
def test_wilson_interval(count, n, low, high):
    rate = wilson(count, n)
    assert (rate.low, rate.high) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))


def test_no_rows_is_no_error():
    assert measure([]).n == 0
    assert measure([Row(before="a", after="a", label="")]).median_words_changed == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("a", "x1", "x", ""), "label '', expected improved, neutral, worse"),
        (("a", "x1", "x", "good"), "label 'good'"),
        (("a", "x", "x", "improved"), "label 'improved', expected nothing, unchanged"),
    ],
)
def test_unlabelled_and_mislabelled_rows_are_refused(tmp_path, line, message):
    with pytest.raises(UsageError, match=message):
        read(table(tmp_path, line))


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "edits.tsv"
    path.write_text("before\tafter\nx\tx\n")
    with pytest.raises(UsageError, match="lacks the column label"):
        read(path)
