"""The library's front: the same objects as the command line, for scripts and notebooks.

A source is a path, pattern or URL, one image with a text, or any iterable of `Pair`s or (image, text) tuples.
An image is a PIL image, encoded bytes, or a path. Images that cannot be read come back as `Fault`s, in place.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, cast

from burnish import plan as plans
from burnish.errors import UsageError
from burnish.flow import Outcome
from burnish.flow import enhance as enhance_items
from burnish.plan import Plan
from burnish.protocols import Backend
from burnish.stores import open_store, store_of
from burnish.summary import Summary
from burnish.tools import load_tools
from burnish.values import Fault, Item, Origin, Pair, Reason, Request

if TYPE_CHECKING:
    from PIL.Image import Image

    from burnish.backends.function import Answer

AnyImage: TypeAlias = "Image | bytes | str | Path"
Model: TypeAlias = "Backend | Callable[[Request], Answer] | str"
Source: TypeAlias = "str | Path | tuple[AnyImage, str] | Iterable[Pair | tuple[AnyImage, str]]"

_PNG_MODES = frozenset({"1", "L", "LA", "I", "I;16", "P", "RGB", "RGBA"})
"""Of PIL's, those that PNG holds; CMYK, HSV and the like are seen as RGB."""


def open(source: str | Path, store: str | None = None, **options: str) -> Iterator[Pair]:  # noqa: A001
    """The pairs of a source in order, shard by shard. What cannot be a pair is left out here: see `items`."""
    return (item for item in items(source, store, **options) if isinstance(item, Pair))


def items(source: str | Path, store: str | None = None, **options: str) -> Iterator[Item]:
    """Everything in a source in order: pairs, and the `Fault`s and `Gap`s that cannot be pairs."""
    opened = open_store(str(source), store, options)
    for shard in opened.shards():
        yield from opened.read(shard)


def assess(source: Source, *, backend: Model = "builtin", **settings: Any) -> Iterator[Outcome]:
    """Scores only: one `Record` per pair, its caption scored by every criterion; texts stay as they are."""
    return _stream(source, {"recipe": "assess_only", **settings}, backend)


def enhance(
    source: Source, output: str | Path | None = None, *, backend: Model = "builtin", **settings: Any
) -> Summary | Iterator[Outcome]:
    """With `output`: the whole job as ``burnish enhance`` does it, returning its `Summary`.

    Without: an iterator of one outcome per item, nothing written. `settings` are plan keys, nested ones as
    mappings (``rewrite={"below": 2.5}``). `backend` is a name, a function of your own, or a live object such
    as `FunctionBackend`.
    """
    if output is None:
        return _stream(source, settings, backend)
    if not isinstance(source, str | Path):
        raise UsageError("with an output, the source must be a path, pattern or URL.")
    from burnish import engines

    backend = _backend(backend)
    plan = _plan({"source": str(source), "output": str(output), **settings}, backend)
    return engines.run(plan, backend=None if isinstance(backend, str) else backend)


def _backend(given: Model) -> Backend | str:
    """A plain function as a `FunctionBackend`; anything else as it is."""
    if isinstance(given, str) or hasattr(given, "answer"):
        return cast("Backend | str", given)
    from burnish.backends.function import FunctionBackend

    return FunctionBackend(given)


def _stream(source: Source, settings: Mapping[str, Any], model: Model) -> Iterator[Outcome]:
    backend = _backend(model)
    plan = _plan({"source": str(source) if isinstance(source, str | Path) else "memory", **settings}, backend)
    live = None if isinstance(backend, str) else backend
    stream: Iterator[Item]
    if isinstance(source, str | Path):
        store = store_of(plan)
        stream = (item for shard in store.shards() for item in store.read(shard))
    else:
        stream = _entries([source] if _is_one(source) else cast("Iterable[Pair | tuple[AnyImage, str]]", source))
    if plan.cost.limited:
        raise UsageError(
            "cost.max_cost and cost.max_tokens are counted beside an output, and there is none.\n"
            "Give an output, or ask for fewer pairs with limit=N."
        )
    if plan.limit:
        stream = islice(stream, plan.limit)
    with closing(load_tools(plan, backend=live)) as tools:
        yield from enhance_items(stream, tools)


def _plan(settings: Mapping[str, Any], backend: Backend | str) -> Plan:
    name = backend if isinstance(backend, str) else backend.identity
    return plans.build({**settings, "backend": name})


def _is_one(source: object) -> TypeGuard[tuple[AnyImage, str]]:
    """Whether this is one image with a text and not two pairs."""
    return isinstance(source, tuple) and len(source) == 2 and isinstance(source[1], str)


def _entries(source: Iterable[Pair | tuple[AnyImage, str]]) -> Iterator[Item]:
    for ordinal, entry in enumerate(source):
        if isinstance(entry, Pair):
            yield entry
            continue
        if not _is_one(entry):
            raise UsageError(
                f"entry {ordinal:,} of the source is no Pair and no (image, text): {type(entry).__name__}.\n"
                "A text must be a str; for none give an empty one."
            )
        image, text = entry
        origin, key = Origin(source="memory", shard="memory", ordinal=ordinal), f"{ordinal:09d}"
        try:
            data, name = _encoded(image)
        except (OSError, ValueError, SyntaxError) as error:  # what PIL raises for bytes that are no picture
            reason = Reason.MISSING_FILE if isinstance(image, str | Path) else Reason.DECODE_ERROR
            yield Fault(origin=origin, key=key, reason=reason, detail=str(error)[:500])
            continue
        yield Pair(origin=origin, key=key, image=data, image_name=name, text=text)


def _encoded(image: AnyImage) -> tuple[bytes, str]:
    if isinstance(image, bytes):
        return image, "image"
    if isinstance(image, str | Path):
        return Path(image).read_bytes(), Path(image).name
    sink = io.BytesIO()
    (image if image.mode in _PNG_MODES else image.convert("RGB")).save(sink, "PNG")
    return sink.getvalue(), "image.png"
