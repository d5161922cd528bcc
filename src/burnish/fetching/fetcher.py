"""One URL's whole way: robots.txt, the request, redirects, headers, body, and another try where that may help."""

from __future__ import annotations

import asyncio
import atexit
import random
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import Final

from burnish.chat.openai.thread import LoopThread
from burnish.fetching import FetchError, Got, Missed, Result
from burnish.fetching.manners import Manners
from burnish.fetching.names import Names, Resolve, system_resolver
from burnish.fetching.optouts import opted_out
from burnish.fetching.robots import CAP_BYTES, Robots
from burnish.fetching.settings import Settings
from burnish.fetching.targets import Target, parse, redirected
from burnish.fetching.weather import Weather
from burnish.fetching.wire import PIECE_BYTES, Answer, Checks, Headers, Wire, open_wire
from burnish.images.formats import sniff
from burnish.values import Reason

MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE: Final = frozenset({404, 410, 451})
_MOST_PATIENCE_S: Final = 60.0
"""A server may ask for so much between two tries; one that asks for more is left to ``burnish retry``."""
_FIRST_PAUSE_S: Final = 0.5
_PAGES: Final = frozenset({"HTML", "SVG", "PDF", "MP4", "ZIP", "GZIP"})

Keep = Callable[[Result], None]


class Fetcher:
    """Fetches any number of URLs at once, in a thread of its own. One for a process and its settings."""

    def __init__(self, settings: Settings, resolve: Resolve = system_resolver) -> None:
        """Opens the session. Raises `MissingExtra`."""
        self.settings = settings
        self._thread = LoopThread(partial(_open, settings, resolve))

    def submit(self, url: str, keep: Keep) -> Future[None]:
        """Fetch `url` and give the result to `keep`, in another thread. The future raises `StopError` if the
        network fails, and what `keep` raises; cancelling it gives the fetch up.
        """
        crew = self._thread.resource
        return asyncio.run_coroutine_threadsafe(crew.fetch(url, keep), crew.loop)

    def fetch(self, url: str) -> Result:
        """The result for one URL. Raises `StopError` if the network fails."""
        found: list[Result] = []
        self.submit(url, found.append).result()
        return found[0]

    def close(self) -> None:
        """End the session and the thread."""
        self._thread.close()


@cache
def shared(settings: Settings) -> Fetcher:
    """The process's fetcher with these settings: connections, robots.txt and the weather outlive a shard."""
    fetcher = Fetcher(settings)
    atexit.register(fetcher.close)
    return fetcher


class _Crew:
    """What lives in the loop."""

    def __init__(self, settings: Settings, wire: Wire, names: Names) -> None:
        self.loop = asyncio.get_running_loop()
        self._settings = settings
        self._wire = wire
        self._names = names
        self._manners = Manners(settings.per_host, settings.rate)
        self._places = asyncio.Semaphore(settings.concurrency)
        self._weather = Weather(settings.breaker, self._answers)
        self._robots = Robots(self._robots_txt) if settings.robots else None

    async def fetch(self, url: str, keep: Keep) -> None:
        with self._weather.flying():
            result = await self._tried(url)
            await asyncio.to_thread(keep, result)

    async def _tried(self, url: str) -> Result:
        tries = 1
        while True:
            try:
                return await self._once(url)
            except FetchError as error:
                if not error.again or tries == self._settings.tries or error.after_s > _MOST_PATIENCE_S:
                    if error.suspect:
                        await self._weather.doubt(error)
                    return Missed(reason=error.reason, detail=str(error), retryable=error.retryable)
                pause_s = max(error.after_s, random.uniform(0, _FIRST_PAUSE_S * 2**tries))  # full jitter
            await asyncio.sleep(pause_s)
            tries += 1

    async def _once(self, url: str) -> Got:
        target = parse(url, self._settings.ports)
        answer = await self._followed(target, self._checks(), robots=self._robots)
        if answer.status == 200 and answer.body:
            return Got(data=answer.body)
        if answer.status == 200:
            raise FetchError(Reason.NO_IMAGE, "the body is empty", again=True)
        again = answer.status in _TRY_AGAIN
        gone = answer.status in _GONE
        detail, after_s = f"status {answer.status}", _retry_after(answer) if again else 0.0
        if after_s > _MOST_PATIENCE_S:
            detail += f", to be asked again after {after_s:,.0f} s"
        raise FetchError(Reason.HTTP_STATUS, detail, again=again, retryable=not gone, after_s=after_s)

    async def _followed(self, target: Target, checks: Checks, robots: Robots | None = None) -> Answer:
        """The answer at the end of at most `MAX_REDIRECTS` redirects; each hop is checked like the first."""
        left_s = self._settings.timeout_s
        for _ in range(MAX_REDIRECTS + 1):
            if robots is not None:
                await robots.check(target)
            async with self._manners.place(target.host), self._places:
                began = time.monotonic()
                answer = await self._wire.ask(target, left_s, checks)
                left_s = max(0.01, left_s - (time.monotonic() - began))
            self._weather.answered(target)
            if answer.status in {429, 503}:
                self._manners.pause(target.host, min(_retry_after(answer), _MOST_PATIENCE_S))
            if answer.status not in _REDIRECTS:
                return answer
            target = redirected(target, answer.header("location"), self._settings.ports)
        raise FetchError(Reason.REDIRECT_REFUSED, f"more than {MAX_REDIRECTS} redirects", retryable=False)

    def _checks(self) -> Checks:
        declared = ""

        def headers(status: int, found: Headers) -> None:
            nonlocal declared
            said = opted_out(found) if self._settings.opt_outs and status in {200, *_REDIRECTS} else ""
            if said:
                raise FetchError(Reason.OPTED_OUT, said, retryable=False)
            declared = next((value for name, value in found if name.lower() == "content-type"), "").lower()

        def first(data: bytes) -> None:
            _refuse_pages(declared, data)

        return Checks(headers=headers, first=first, cap=self._settings.max_bytes)

    async def _robots_txt(self, target: Target) -> Answer:
        """robots.txt of an origin; one beyond the cap counts as far as the cap."""
        ignored = Checks(headers=lambda *_: None, first=lambda _: None, cap=CAP_BYTES * 8)
        return await self._followed(target, ignored)

    async def _answers(self, good: Target) -> bool:
        self._names.forget(good.host)
        ignored = Checks(headers=lambda *_: None, first=lambda _: None, cap=self._settings.max_bytes)
        try:
            await self._wire.ask(good, self._settings.timeout_s, ignored)
        except FetchError as error:
            return not error.suspect
        return True


@asynccontextmanager
async def _open(settings: Settings, resolve: Resolve) -> AsyncIterator[_Crew]:
    names = Names(resolve, settings.allowed)
    try:
        async with open_wire(
            names,
            settings.allowed,
            concurrency=settings.concurrency,
            agent=settings.agent,
            proxies=settings.proxies,
        ) as wire:
            yield _Crew(settings, wire, names)
    finally:
        names.close()


def _refuse_pages(declared: str, first: bytes) -> None:
    """First bytes are believed before a declared type: servers call images text, and error pages images."""
    looks = sniff(first[:PIECE_BYTES])
    if looks and looks not in _PAGES:
        return
    kind = declared.partition(";")[0].strip()
    if (
        looks in _PAGES
        or kind.startswith(("text/", "video/", "audio/", "multipart/"))
        or kind.endswith(("json", "xml"))
    ):
        raise FetchError(Reason.NOT_AN_IMAGE, f"{kind or 'no type'}, looks like {looks or 'nothing known'}"[:200])


def _retry_after(answer: Answer) -> float:
    """Seconds the server asks for, by a number or a date; 0 if it does not say."""
    text = answer.header("retry-after").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), 10**9))
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
