"""The built site in a headless Chromium: nothing asked of any other host, axe content, fit for a small screen."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("zensical", reason="the site is built by Zensical: pip install 'burnish[docs]'")

from tests.browser import launched, watched
from tools import site

MAIN = ["index", "tour", "limits", "cli", "settings", "systems", "howto/adding", "figures/README", "figures/arms"]
SMALL = {"width": 360, "height": 740}


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """What is asked is counted in the browser."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "site"
    site.build(out)
    return out


@pytest.fixture(scope="module")
def url(built: Path) -> Iterator[str]:
    with served(built) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as found:
        yield found


def test_every_page_is_built(built: Path) -> None:
    missing = [page for page in site.pages() if not (built / html(page)).is_file()]
    assert missing == []


def html(page: Path) -> Path:
    return page.with_name("index.html") if page.name == "README.md" else page.with_suffix(".html")


def test_an_anchor_that_leads_nowhere_ends_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = tmp_path / "docs"
    (docs / "figures").mkdir(parents=True)
    (docs / "index.md").write_text("# A page\n\n[there](other.md#nowhere)\n", "utf-8")
    (docs / "other.md").write_text("# Other\n", "utf-8")
    (docs / "figures" / "README.md").write_text("# Figures\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: a\nnav:\n  - b:\n      - index.md\n      - other.md\n" + site.FIGURES_ENTRY, "utf-8"
    )
    for name, path in (("ROOT", tmp_path), ("DOCS", docs), ("CONFIG", tmp_path / "mkdocs.yml")):
        monkeypatch.setattr(site, name, path)
    with pytest.raises(site.SiteError, match="nowhere"):
        site.build(tmp_path / "site")


@pytest.mark.parametrize("name", MAIN)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages(browser: Any, url: str, name: str, scheme: str) -> None:
    path = html(Path(f"{name}.md")).as_posix()
    with watched(browser, url + path, color_scheme=scheme) as seen:
        seen.page.wait_for_load_state("networkidle")
        assert [asked for asked in seen.asked if not asked.startswith((url, "data:", "blob:"))] == []
        assert [line for line in seen.said if line.startswith("error")] == []
        assert seen.serious() == []


@pytest.mark.parametrize("name", MAIN)
def test_a_small_screen(browser: Any, url: str, name: str) -> None:
    with watched(browser, url + html(Path(f"{name}.md")).as_posix(), viewport=SMALL) as seen:
        wide = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0


def test_the_search_finds_and_asks_nobody_else(browser: Any, url: str) -> None:
    with watched(browser, url + "index.html") as seen:
        seen.page.wait_for_load_state("networkidle")
        seen.page.keyboard.press("Control+k")
        seen.page.wait_for_timeout(300)
        seen.page.keyboard.type("quarantine")
        seen.page.get_by_text("The ledger").first.wait_for()
        assert [asked for asked in seen.asked if not asked.startswith((url, "data:", "blob:"))] == []


def test_it_opens_from_a_folder(browser: Any, built: Path) -> None:
    with watched(browser, (built / "index.html").as_uri()) as seen:
        seen.page.get_by_role("link", name="the tour").click()
        assert seen.page.url.endswith("tour.html")
        assert [asked for asked in seen.asked if not asked.startswith(("file:", "data:", "blob:"))] == []


def test_it_is_read_without_scripts(browser: Any, url: str) -> None:
    with watched(browser, url + "limits.html", java_script_enabled=False) as seen:
        assert seen.page.get_by_role("heading", name="The built-in model").is_visible()
