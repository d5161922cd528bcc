"""The site's navigation holds every page, and what pages link to goes with them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tools import docs_figures, hazards, site


def test_every_page_is_in_the_navigation_once() -> None:
    found = site.navigation()
    assert sorted(found) == site.pages(), "give it a line under nav: in mkdocs.yml"


LIST = re.compile(r"(?:- |\* |\d+\. |\|)")
PLAIN = re.compile(r"(?!- |\* |\d+\. |\s|\||#|<!--|```)\S")


@pytest.mark.parametrize("page", site.pages(), ids=str)
def test_lists_and_tables_stand_apart(page: Path) -> None:
    """Where they follow a line of text, Python's Markdown takes them for more of it, other readers do not."""
    text = re.sub(r"^```.*?^```", "", (site.DOCS / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = text.splitlines()
    found = []
    listed = False
    for before, line in pairwise(lines):
        listed = bool(LIST.match(before)) or (listed and bool(before.strip()))
        if LIST.match(line) and PLAIN.match(before) and not listed:
            found.append(line)
    assert found == []


def test_the_copy_holds_what_pages_link_to(tmp_path: Path) -> None:
    site.stage(tmp_path)
    page = (tmp_path / "docs" / "hazards.md").read_text("utf-8")
    name = hazards.tests_of(1)[0].relative_to(site.ROOT).as_posix()
    assert f"](files/{name}.txt)" in page
    assert (tmp_path / "docs" / "files" / f"{name}.txt").read_bytes() == (site.ROOT / name).read_bytes()
    assert "](../tests/" not in page
    assert (tmp_path / "docs" / "figures" / "arms.svg").is_file()
    assert (tmp_path / "docs" / "figures" / "arms.page.html").is_file()
    assert not (tmp_path / "docs" / "figures" / "arms.html").exists(), "which is what becomes of arms.md"
    assert "](arms.page.html)" in (tmp_path / "docs" / "figures" / "README.md").read_text("utf-8")
    assert "figures/arms.md" in (tmp_path / "mkdocs.yml").read_text("utf-8")


@pytest.mark.parametrize("link", ["nowhere.md", "../src/nothing.py", "../src"])
def test_a_link_to_no_file_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    docs = tmp_path / "docs"
    (docs / "figures").mkdir(parents=True)
    (tmp_path / "src").mkdir()
    (docs / "index.md").write_text(f"# A page\n\n[there]({link})\n", "utf-8")
    monkeypatch.setattr(site, "ROOT", tmp_path)
    monkeypatch.setattr(site, "DOCS", docs)
    with pytest.raises(site.SiteError, match=r"docs/index\.md links to .*which is no file"):
        site.stage(tmp_path / "out")


def test_links_elsewhere_and_within_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = tmp_path / "docs"
    (docs / "figures").mkdir(parents=True)
    text = "# A page\n\n[a](https://example.org/x) [b](#a-page) [c](other.md#top) ![d](figures/d.svg)\n"
    (docs / "index.md").write_text(text, "utf-8")
    (docs / "other.md").write_text("# Other\n", "utf-8")
    (docs / "figures" / "d.svg").write_text("<svg/>", "utf-8")
    monkeypatch.setattr(site, "ROOT", tmp_path)
    monkeypatch.setattr(site, "DOCS", docs)
    site.stage(tmp_path / "out")
    assert (tmp_path / "out" / "docs" / "index.md").read_text("utf-8") == text


def test_the_index_of_figures_is_as_the_files_say() -> None:
    text = docs_figures.PAGE.read_text("utf-8")
    assert docs_figures.page(text) == text, "run: python -m tools.docs_figures"


def test_every_figure_has_the_command_that_made_it() -> None:
    patterns = docs_figures.rows(docs_figures.PAGE.read_text("utf-8").partition(docs_figures.MARK)[0])
    listed = [path for pattern in patterns for path in docs_figures.files(pattern)]
    there = [path for path in docs_figures.FIGURES.iterdir() if path != docs_figures.PAGE]
    assert sorted(listed) == sorted(there), "a row in docs/figures/README.md: | `name.*` | `command` |"
    assert all(docs_figures.files(pattern) for pattern in patterns)
    assert all(len(command) > 10 for command in patterns.values())
