"""A web server that only serves: the same JPEGs again and again, each after 50 ms. For measuring fetchers.

Standard library and Pillow only; ``python -m benchmarks.fetch_server`` prints its port and runs until its input ends.
"""

from __future__ import annotations

import asyncio
import io
import random
import sys

from PIL import Image

LATENCY_S = 0.05
IMAGES = 64
SIDE_PX = 256


def _images() -> list[bytes]:
    found = []
    for seed in range(IMAGES):
        small = Image.frombytes("RGB", (32, 32), random.Random(seed).randbytes(32 * 32 * 3))
        sink = io.BytesIO()
        small.resize((SIDE_PX, SIDE_PX)).save(sink, "JPEG", quality=85)
        found.append(sink.getvalue())
    return found


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, images: list[bytes]) -> None:
    try:
        while (line := await reader.readline()).startswith(b"GET "):
            while (await reader.readline()).strip():
                pass
            name = line.split()[1].rpartition(b"/")[2].partition(b".")[0]
            body = images[int(name) % IMAGES] if name.isdigit() else b""
            status = b"200 OK" if body else b"404 Not Found"
            await asyncio.sleep(LATENCY_S)
            head = b"HTTP/1.1 %b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
            writer.write(head + body)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()


async def main() -> None:
    """Serve on all addresses of the loopback interface until the input ends."""
    images = _images()
    server = await asyncio.start_server(lambda r, w: _answer(r, w, images), "0.0.0.0", 0, backlog=4096)  # noqa: S104
    print(server.sockets[0].getsockname()[1], sum(map(len, images)) // IMAGES, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
