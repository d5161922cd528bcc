"""Brace patterns as a shell expands them."""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.errors import UsageError
from burnish.storage.braces import expand_braces


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("plain", ["plain"]),
        ("n-{00000..00002}.tar", ["n-00000.tar", "n-00001.tar", "n-00002.tar"]),
        ("{a,b}{1..2}", ["a1", "a2", "b1", "b2"]),
        ("{8..10}", ["8", "9", "10"]),
        ("{08..10}", ["08", "09", "10"]),
        ("{3..1}", ["3", "2", "1"]),
        ("{0..8..4}", ["0", "4", "8"]),
        ("x{a,{b,c}d}y", ["xay", "xbdy", "xcdy"]),
        ("{,a}", ["", "a"]),
        ("{one}", ["{one}"]),
        ("{open", ["{open"]),
        ("{}", ["{}"]),
        ("s3://b/{train,val}/{0..1}.tar", ["s3://b/train/0.tar", "s3://b/train/1.tar", "s3://b/val/0.tar", "s3://b/val/1.tar"]),
    ],
)  # fmt: skip
def test_patterns(pattern, names):
    assert expand_braces(pattern) == names


@pytest.mark.parametrize("pattern", ["{0..99999999}", "{0..1000}{0..1000}"])
def test_too_many_names_are_refused_at_once(pattern):
    with pytest.raises(UsageError, match="1,000,000"):
        expand_braces(pattern)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is the reference here and is not installed")
@given(st.lists(st.sampled_from(["{1..3}", "{02..4}", "{a,b}", "{c,{d,e}}", "-", "x", "{5..1..2}"]), max_size=4))
def test_the_same_as_bash(parts):
    pattern = "p" + "".join(parts)
    done = subprocess.run(["bash", "-c", f"printf '%s\\n' {pattern}"], capture_output=True, text=True, check=True)
    assert expand_braces(pattern) == done.stdout.split()
