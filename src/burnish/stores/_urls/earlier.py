"""What an earlier commit of a shard holds goes into the kept results first: nothing that is there is fetched again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import orjson

from burnish.errors import UsageError
from burnish.fetching import Got, Missed
from burnish.fetching.kept import Kept
from burnish.storage.files import Files
from burnish.storage.layout import quarantine_name
from burnish.storage.quarantine import rows_of
from burnish.storage.sources import expand
from burnish.stores._urls.rows import Keys
from burnish.stores.webdataset import WebDatasetStore
from burnish.values import Pair, Reason, Shard

SHA256: Final = "fetched_sha256"
"""The field that says which bytes were served for a pair."""


def adopt(kept: Kept, output: str, files: Files, shard: Shard, keys: Keys) -> None:
    """Take images from the tar in `output`, each if it has its recorded SHA-256, and the failures that are final from
    the shard's quarantine. `kept` keeps what it has. Raises `StopError` if the output cannot be read.
    """
    for pair in _pairs(output, shard):
        url, row = pair.fields.get("url"), keys.row(pair.key)
        sound = hashlib.sha256(pair.image).hexdigest() == pair.fields.get(SHA256)
        if isinstance(url, str) and row >= 0 and sound and not kept.has(row, url):
            kept.put(row, url, Got(data=pair.image))
    for found in rows_of(files, quarantine_name(shard.name)):
        if found["stage"] == "fetch" and not found["retryable"]:
            missed = Missed(reason=Reason(found["reason"]), detail=found["detail"], retryable=False)
            url = str(orjson.loads(found["raw"])["url"])
            if not kept.has(found["ordinal"], url):
                kept.put(found["ordinal"], url, missed)


def _pairs(output: str, shard: Shard) -> Iterator[Pair]:
    try:
        found = expand(f"{output.rstrip('/')}/{shard.name}", (".tar",))
    except UsageError:  # never committed
        return
    for tar in found:
        yield from (item for item in WebDatasetStore(output).read(tar) if isinstance(item, Pair))
