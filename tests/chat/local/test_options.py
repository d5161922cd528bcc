"""What a local model can be set to, and what is said to a wrong setting. Needs no torch."""

from __future__ import annotations

import subprocess
import sys

import pytest

from burnish.chat.local.options import Options, parse
from burnish.errors import UsageError


def test_a_model_is_enough() -> None:
    assert parse({"model": "some/model"}) == Options(model="some/model")


def test_remote_code_is_refused_unless_asked_for() -> None:
    assert not parse({"model": "m"}).trust_remote_code
    assert parse({"model": "m", "trust_remote_code": "yes"}).trust_remote_code


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "needs a model"),
        ({"model": "m", "dtpye": "bf16"}, "no option 'dtpye'"),
        ({"model": "m", "dtype": "int3"}, "Choose from: auto, bf16"),
        ({"model": "m", "side_px": "big"}, "from 32 to 4096"),
        ({"model": "m", "side_px": "9"}, "from 32 to 4096"),
        ({"model": "m", "exact": "maybe"}, "auto, yes, no"),
        ({"model": "m", "trust_remote_code": "perhaps"}, "yes or no"),
    ],
)
def test_wrong_settings_are_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse(given)


@pytest.mark.parametrize(
    ("backend", "missing", "line"),
    [
        ("transformers", "torch", "pip install 'burnish[transformers]'"),
        ("transformers", "llguidance", "pip install 'burnish[transformers]'"),
        ("vllm", "vllm", "pip install 'burnish[vllm]'"),
    ],
)
def test_a_missing_library_gives_its_pip_line(backend: str, missing: str, line: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from burnish.backends import load\n"
        f"load({backend!r}, {{'model': 'm'}})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"MissingExtra: The backend '{backend}' needs an optional dependency." in done.stderr
    assert line in done.stderr


def test_the_backend_module_loads_nothing_heavy() -> None:
    code = "import sys, burnish.backends.transformers, burnish.backends.vllm; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
