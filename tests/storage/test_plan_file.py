"""The stored plan: the same one goes on, another one is refused and the difference is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import PlanChanged, UsageError
from burnish.storage.files import LocalFiles
from burnish.storage.plan_file import check_plan, fingerprint, read_plan, write_plan

PLAN = {"source": "s3://k:hush@b/x", "threshold": 3.0, "models": {"judge": {"name": "m", "digest": "d1"}}, "list": [1]}
RUN = "0123456789ab"


@pytest.fixture
def files(tmp_path):
    files = LocalFiles(tmp_path)
    write_plan(files, PLAN, RUN)
    return files


def test_the_same_plan_goes_on(files):
    assert check_plan(files, PLAN)
    assert check_plan(files, dict(reversed(PLAN.items())))
    assert read_plan(files) == PLAN | {"source": "s3://b/x"}


def test_credentials_are_not_stored_and_do_not_count(files, tmp_path):
    assert b"hush" not in (tmp_path / ".burnish/plan.json").read_bytes()
    assert check_plan(files, PLAN | {"source": "s3://other:key@b/x"})


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"threshold": 3.5}, "threshold: 3.0 -> 3.5"),
        ({"models": {"judge": {"name": "m", "digest": "d2"}}}, 'models.judge.digest: "d1" -> "d2"'),
        ({"new": None}, "new: (not set) -> null"),
        ({"list": [1, 2]}, "list: [1] -> [1,2]"),
        ({"models": {}}, "models: (not set) -> {}"),
    ],
)
def test_another_plan_is_refused_with_the_key_and_both_values(files, change, line):
    with pytest.raises(PlanChanged) as caught:
        check_plan(files, PLAN | change)
    assert f"  {line}" in str(caught.value).splitlines()
    assert "hush" not in str(caught.value)


def test_the_message_has_at_most_six_lines(files):
    changed = {f"key{i}": "long" * 100 for i in range(50)}
    with pytest.raises(PlanChanged) as caught:
        check_plan(files, changed)
    lines = str(caught.value).splitlines()
    assert len(lines) == 6
    assert "51 more keys differ" in lines[-1]
    assert max(map(len, lines[1:])) < 200


def test_long_values_that_differ_at_the_end_show_it(tmp_path):
    files = LocalFiles(tmp_path)
    write_plan(files, {"prompt": "x" * 500 + "a"}, RUN)
    with pytest.raises(PlanChanged) as caught:
        check_plan(files, {"prompt": "x" * 500 + "b"})
    before, after = str(caught.value).splitlines()[1].split(": ", 1)[1].split(" -> ")
    assert before != after


def test_a_folder_of_someone_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"not made by burnish: it holds thesis\.tex"):
        check_plan(LocalFiles(tmp_path), PLAN)


def test_an_empty_or_missing_folder_is_fine(tmp_path):
    assert not check_plan(LocalFiles(tmp_path), PLAN)
    assert not check_plan(LocalFiles(tmp_path / "none"), PLAN)


def test_a_damaged_plan_is_refused(files, tmp_path):
    path = tmp_path / ".burnish/plan.json"
    path.write_bytes(path.read_bytes().replace(b"3.0", b"3.1"))
    with pytest.raises(UsageError, match="damaged"):
        check_plan(files, PLAN)


_PLANS = st.dictionaries(
    st.text(max_size=5), st.integers(-9, 9) | st.text(max_size=5) | st.lists(st.booleans(), max_size=2), max_size=4
)


@given(_PLANS, _PLANS)
def test_fingerprints_are_equal_exactly_when_plans_are(one, two):
    assert (fingerprint(one) == fingerprint(two)) == (one == two)
