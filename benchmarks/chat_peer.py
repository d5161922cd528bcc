"""The official openai client making the same calls, for `chat_client`. Run by an interpreter that has it:

    python benchmarks/chat_peer.py default|aiohttp URL IN_FLIGHT SECONDS IMAGE_BYTES

Prints one JSON object. Needs nothing of burnish.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import resource
import sys
import time
from importlib.metadata import version

import openai

PICTURES = 64


def client(transport: str, url: str, in_flight: int) -> openai.AsyncOpenAI:
    """Without retries, with as many connections as calls in flight; everything else as it comes."""
    if transport == "aiohttp":
        http = openai.DefaultAioHttpClient(limits=_limits(in_flight))
    else:
        http = openai.DefaultAsyncHttpxClient(limits=_limits(in_flight))
    return openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0, timeout=120, http_client=http)


def _limits(in_flight: int) -> object:
    try:
        import httpx2 as httpx
    except ImportError:
        import httpx
    return httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)


def messages(images: list[str], number: int) -> list[dict[str, object]]:
    """What burnish asks, about one of the pictures; the data URIs are ready made."""
    parts = [
        {"type": "image_url", "image_url": {"url": images[number % PICTURES]}},
        {"type": "text", "text": f'CAPTION "a dog {number} in the snow"'},
        {"type": "text", "text": "How good is the caption?\n" + "An anchor of the scale says what it means.\n" * 6},
    ]
    return [{"role": "system", "content": "You judge captions. " * 30}, {"role": "user", "content": parts}]


async def run(transport: str, url: str, in_flight: int, seconds: float, image_bytes: int) -> dict[str, float | str]:
    """Warm up with as many calls as are in flight, then call for so many seconds."""
    images = [f"data:image/jpeg;base64,{base64.b64encode(os.urandom(image_bytes)).decode()}" for _ in range(PICTURES)]
    done = 0
    async with client(transport, url, in_flight) as made:

        async def one(number: int) -> None:
            nonlocal done
            answer = await made.chat.completions.create(
                model="waits",
                messages=messages(images, number),
                max_tokens=1,
                logprobs=True,
                top_logprobs=20,
                temperature=1,
            )
            assert len(answer.choices[0].logprobs.content[0].top_logprobs) == 20
            done += 1

        await asyncio.gather(*(one(number) for number in range(in_flight)))
        done, started, cpu = 0, time.perf_counter(), _cpu_s()

        async def work(number: int) -> None:
            while time.perf_counter() - started < seconds:
                await one(number)
                number += in_flight

        await asyncio.gather(*(work(number) for number in range(in_flight)))
        wall_s, cpu_s = time.perf_counter() - started, _cpu_s() - cpu
    return {"calls": done, "wall_s": wall_s, "cpu_s": cpu_s, "version": version("openai")}


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    _, how, address, flying, how_long, size = sys.argv
    print(json.dumps(asyncio.run(run(how, address, int(flying), float(how_long), int(size)))))
