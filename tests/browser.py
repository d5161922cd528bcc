"""Pages in a real headless Chromium, and everything they should not do.

Debian: ``apt-get install chromium`` (another path: ``CHROMIUM=/path``); Playwright drives it and downloads nothing.
axe-core (MPL-2.0, for tests alone) is fetched by npm where ``AXE_CORE`` names no ``axe.min.js``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

AXE = "axe-core@4.14.1"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WATCH = """
window.ran = []; window.broken = [];
window.pwn = (...what) => { window.ran.push(String(what)); };
document.addEventListener("securitypolicyviolation", (e) =>
  window.broken.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


def chromium() -> str:
    """The browser's path; skips the test where there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    return found


@contextmanager
def launched() -> Iterator[Any]:
    """A headless browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="drives the browser: pip install playwright")
    path = chromium()
    with playwright.sync_playwright() as drive:
        browser = drive.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and what it asked for and said."""

    page: Any
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    scripts: bool = True

    def ran(self) -> list[str]:
        """Calls of ``pwn``: scripts that came with a text."""
        found: list[str] = self.page.evaluate("window.ran") if self.scripts else []
        return found

    def broken(self) -> list[str]:
        """What the policy had to stop."""
        found: list[str] = self.page.evaluate("window.broken") if self.scripts else []
        return found

    def serious(self) -> list[str]:
        """What axe finds, from serious on."""
        self.page.evaluate(axe())
        found = self.page.evaluate("async () => (await axe.run()).violations")
        return [
            f"{each['id']}: {node['html'][:200]}"
            for each in found
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]


@contextmanager
def watched(browser: Any, url: str, **context: Any) -> Iterator[Watched]:
    """`url` in a context of its own. `context`: as for Playwright's ``new_context``."""
    opened = browser.new_context(**context)
    page = opened.new_page()
    seen = Watched(page, scripts=context.get("java_script_enabled", True))
    page.add_init_script(_WATCH)
    page.on("request", lambda request: seen.asked.append(request.url))
    page.on("console", lambda message: seen.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.said.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (seen.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.goto(url)
    try:
        yield seen
    finally:
        opened.close()


def axe() -> str:
    """The source of axe-core; skips the test where it cannot be had."""
    found, why_not = _axe()
    if found is None:
        pytest.skip(f"{why_not}; AXE_CORE=/path/to/axe.min.js names another one")
    return found.read_text(encoding="utf-8")


@cache  # one try, also where it fails: without a registry it takes npm half a minute to say so
def _axe() -> tuple[Path | None, str]:
    """Where it is, or why it is nowhere."""
    if named := os.environ.get("AXE_CORE"):
        return Path(named), ""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "burnish-tests" / AXE
    found = folder / "node_modules" / "axe-core" / "axe.min.js"
    if found.is_file():
        return found, ""
    if shutil.which("npm") is None:
        return None, "axe-core is fetched by npm, which is not here"
    quickly = ["--fetch-retries=1", "--fetch-timeout=20000"]
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", *quickly, "--prefix", str(folder), AXE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        return None, f"npm could not fetch {AXE} in two minutes"
    if done.returncode:
        return None, f"npm could not fetch {AXE}: {done.stderr.strip()[:200] or 'no reason given'}"
    return found, ""
