"""Hazard 73: the list of what burnish needs stays short, permissive and pinned where it is deployed.

`make lock` writes the lock and the list of parts; nothing here needs the network.
"""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK, SBOM = ROOT / "requirements.lock", ROOT / "sbom.json"

MOST_DIRECT, MOST_IN_ALL = 18, 60

PERMISSIVE = re.compile(
    r"\b(?:MIT|MIT-0|MIT-CMU|HPND|BSD|0BSD|Apache|ISC|PSF|PSFL|Python Software Foundation|MPL|Mozilla|Zlib|Unlicense)\b"
    r"|\bCC0\b|Public Domain|BSD-\d-Clause",
    re.IGNORECASE,
)
FORBIDDEN = re.compile(r"\b(?:A?GPL|Affero|SSPL|Commons Clause|BUSL|Business Source|NonCommercial|NC)\b", re.IGNORECASE)
LEGAL_NOTES = {"resvg-py": "MIT, said in its licence file alone"}


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


CORE = [name_of(each) for each in PROJECT["dependencies"]]
EXTRAS = sorted({name_of(each) for group in PROJECT["optional-dependencies"].values() for each in group})
_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==\S+(?:.*\\\n)?(?:\s+--hash=.*\n?)*", re.MULTILINE)
PINNED = {name_of(match[1]): match[0] for match in _ENTRY.finditer(LOCK.read_text("utf-8"))}
ALL = [*PROJECT["dependencies"], *chain.from_iterable(PROJECT["optional-dependencies"].values())]


def test_the_list_is_short():
    assert len(CORE) <= MOST_DIRECT
    assert len(PINNED) <= MOST_IN_ALL


@pytest.mark.parametrize("requirement", ALL)
def test_each_comes_from_the_index_and_says_from_which_version_on(requirement):
    """No address, no repository, no name without a version: a name alone takes whatever is newest."""
    assert "@" not in requirement
    assert "://" not in requirement
    assert re.search(r"(?:>=|==|~=)\s*\d", requirement), requirement


def licence_of(name: str) -> str:
    found = distribution(name).metadata
    classifiers = [c.rpartition("::")[2] for c in found.get_all("Classifier") or () if c.startswith("License")]
    return " / ".join([found.get("License-Expression") or "", (found.get("License") or "")[:300], *classifiers])


@pytest.mark.parametrize("name", sorted({*CORE, *PINNED, *EXTRAS}))
def test_each_licence_allows_any_use(name):
    try:
        said = licence_of(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed here: its licence cannot be read")
    assert not FORBIDDEN.search(said), said
    assert PERMISSIVE.search(said) or name in LEGAL_NOTES, said


def test_the_lock_pins_each_with_its_hashes():
    assert set(CORE) <= set(PINNED)
    for name, entry in PINNED.items():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), name


def test_the_lock_tells_nothing_of_where_it_was_made():
    text = LOCK.read_text("utf-8") + SBOM.read_text("utf-8")
    assert not re.search(r"file://|--index-url|--find-links|/home/|/tmp/|/work/", text)


def test_the_list_of_parts_is_that_of_the_lock():
    parts = json.loads(SBOM.read_text("utf-8"))
    assert parts["bomFormat"] == "CycloneDX"
    listed = {name_of(part["name"]) for part in parts["components"]}
    assert listed == set(PINNED)
