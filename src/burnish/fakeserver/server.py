"""A fake server in this process: its own thread and event loop, started and stopped like a file is opened and closed.

asyncio and aiohttp are imported when it starts: `burnish --help` comes by here, too.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Self

from burnish.errors import MissingExtra, UsageError
from burnish.fakeserver.settings import Settings

if TYPE_CHECKING:
    import asyncio

    from burnish.fakeserver.web import Site


class FakeServer:
    """``with FakeServer(Settings()) as server: ...``. After the block `stats` holds the final counts."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Starts nothing."""
        self.settings = settings or Settings()
        self.port = 0
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._refused: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._site: Site | None = None
        self._last_stats: dict[str, object] = {}

    @property
    def url(self) -> str:
        """The base URL clients are given, ending in ``/v1``."""
        return f"{self.root}/v1"

    @property
    def root(self) -> str:
        """Where /health, /stats and /reset are."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return f"http://{host}:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, and return when calls are answered. Raises `MissingExtra` and `UsageError`."""
        if find_spec("aiohttp") is None:
            raise MissingExtra("burnish fakeserver", "openai")
        if self._thread is not None:
            raise UsageError("fakeserver: it is running already.")
        self._ready.clear()
        self._refused = None
        self._thread = threading.Thread(target=self._run, name="burnish-fakeserver", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._refused is not None:
            self._thread.join()
            self._thread = None
            raise self._refused

    def stop(self) -> None:
        """Accept nothing more and end; calls at work get two seconds. Does nothing if it is not running."""
        if self._thread is None or self._loop is None or self._end is None:
            return
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._thread = None

    def stats(self) -> dict[str, object]:
        """The counts of ``GET /stats``, exact at this moment."""
        if self._thread is None or self._loop is None:
            return dict(self._last_stats)
        import asyncio

        return asyncio.run_coroutine_threadsafe(self._stats(), self._loop).result()

    def reset(self) -> None:
        """As ``POST /reset``: counts, script and clock begin again."""
        if self._thread is None or self._loop is None:
            raise UsageError("fakeserver: it is not running.")
        import asyncio

        asyncio.run_coroutine_threadsafe(self._reset(), self._loop).result()

    async def _stats(self) -> dict[str, object]:
        return self._running.service.bill.as_json()

    async def _reset(self) -> None:
        self._running.service.reset()

    @property
    def _running(self) -> Site:
        if self._site is None:
            raise UsageError("fakeserver: it is not running.")
        return self._site

    def _run(self) -> None:
        import asyncio

        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits in start, raised there
            self._refused = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        import asyncio

        from burnish.fakeserver.web import Site

        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._site = Site(self.settings)
        self.port = await self._site.start()
        self._ready.set()
        await self._end.wait()
        await self._site.stop()
        self._last_stats = self._site.service.bill.as_json()
