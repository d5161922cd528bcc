"""docs/systems.md: says what code and table say, of files that exist, and leaves no cited paper out."""

from __future__ import annotations

import pytest

from tools import docs_systems

TOLD = docs_systems.table()
SYSTEMS = {system["name"]: system for system in TOLD["system"]}


def test_the_page_is_as_table_and_code_say() -> None:
    assert docs_systems.PAGE.read_text("utf-8") == docs_systems.page(), "run: python -m tools.docs_systems"


def test_each_system_of_the_list_stands_once() -> None:
    names = [*SYSTEMS, *(name for group in TOLD["left"] for name, _ in group["systems"])]
    assert len(names) == len(set(names)) == 104
    assert len(SYSTEMS) == len(TOLD["system"])
    assert {system["state"] for system in TOLD["system"]} == {"built", "part"}


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_is_said_to_be_there_has_code_tests_and_a_page(name: str) -> None:
    system = SYSTEMS[name]
    code = [*docs_systems.cited(docs_systems.sources()).get(system.get("arxiv", ""), []), *system.get("code", [])]
    named = [*code, *system["tests"], *(f"docs/{page}" for page in system["docs"])]
    assert code
    assert system["tests"]
    assert [path for path in named if not (docs_systems.ROOT / path).is_file()] == []
    assert len(system["there"]) > 40
    assert len(system["lacks"]) > 20, "say what is not there: no system is here whole"


def test_every_cited_paper_is_on_the_page() -> None:
    known = {system.get("arxiv") for system in TOLD["system"]} | set(TOLD["cited"])
    found = docs_systems.cited([*docs_systems.sources(), *docs_systems.documents()])
    assert {number: files for number, files in found.items() if number not in known} == {}, (
        "name the paper in tools/systems.toml, under its system or under [cited]; then python -m tools.docs_systems"
    )
    assert [number for number in known if number and number not in found] == [], "nothing cites it any more"


def test_numbers_are_found_however_they_are_written(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(docs_systems, "ROOT", tmp_path)
    text = (
        "arXiv 2410.16166; 2403.17007 and arXiv:2310.16789, https://arxiv.org/abs/2005.14408, arXiv\n2311.02692; 123.4"
    )
    (tmp_path / "a.py").write_text(text, "utf-8")
    found = docs_systems.cited([tmp_path / "a.py"])
    assert sorted(found) == ["2005.14408", "2310.16789", "2311.02692", "2403.17007", "2410.16166"]
    assert all(files == ["a.py"] for files in found.values())
