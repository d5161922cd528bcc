"""A Croissant file (MLCommons, JSON-LD 1.0 with the vocabulary for responsible AI): what lies there, and what it means.

Shards and records are listed with size and SHA-256; the record set describes the records, which hold every text, score
and decision of every pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from burnish.publish.contents import Contents
from burnish.storage.journal import FileEntry
from burnish.storage.layout import RECORDS
from burnish.values import Json

_HUB: Final = "hf://datasets/"
_WEB: Final = "https://huggingface.co/datasets/"
_CONTEXT: Final[dict[str, Json]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_KINDS: Final = {
    ".tar": "application/x-tar",
    ".gz": "application/gzip",
    ".parquet": "application/x-parquet",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv",
}
_FIELDS: Final = (
    ("shard", "sc:Text", "Shard that the pair lies in"),
    ("ordinal", "sc:Integer", "Number of the pair among the items of its source's shard"),
    ("key", "sc:Text", "Key of the pair: a label, not always unique"),
    ("image_name", "sc:Text", "Name of its image"),
    ("image_xxh128", "sc:Text", "xxHash (XXH3, 128 bits) of the image's bytes"),
    ("width", "sc:Integer", "Width of the image in pixels"),
    ("height", "sc:Integer", "Height of the image in pixels"),
    ("decision", "sc:Text", "kept, rewritten, recaptioned or passed"),
    ("reason", "sc:Text", "Why, in a word"),
    ("chosen", "sc:Integer", "Which of its captions is to be trained on, counted from 0; 0 is the text as found"),
)


def croissant(url: str, found: Contents, plan: Mapping[str, Json], *, licence: str) -> dict[str, Json]:
    """The description of `found` at `url` (credentials cut). `licence` is an SPDX-like id, or "other"."""
    web = _WEB + url.removeprefix(_HUB) if url.startswith(_HUB) else ""
    listed = list(_objects(found, f"{web}/resolve/main/" if web else ""))
    records = sorted(entry.name for entry in found.data if entry.name.startswith(f"{RECORDS}/"))
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": _name(url),
        "description": _description(found),
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "license": licence,
        "url": web or url,
        "version": "1.0.0",
        "isLiveDataset": False,
        **_responsible(found, plan),
        "distribution": [*listed, *_record_files(records)],
        "recordSet": _record_sets(records),
    }


def _name(url: str) -> str:
    last = url.rstrip("/").rpartition("/")[2]
    return "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in last) or "burnish"


def _description(found: Contents) -> str:
    counts = found.counts
    return (
        f"{counts.written:,} image-text pairs out of {counts.total:,}: {counts.kept:,} kept as found, "
        f"{counts.rewritten:,} with a text that was rewritten and verified, {counts.recaptioned:,} with new captions, "
        f"{counts.passed:,} passed on unchanged and flagged. Images are the source's, to the byte."
    )


def _responsible(found: Contents, plan: Mapping[str, Json]) -> dict[str, Json]:
    """What the vocabulary for responsible AI asks of generated and of machine-annotated data."""
    counts = found.counts
    version = f"burnish {plan.get('burnish') or 'of an unknown version'}"
    return {
        "rai:dataCollection": "Pairs of another set, read as they were; see the card for it and for its licence.",
        "rai:dataPreprocessingProtocol": [
            "Every pair was assessed by a model; texts below a threshold were rewritten as little as possible.",
            "A rewrite was kept only if a second assessment was better.",
            "Originals, edits, scores and reasons are in .burnish/records.",
        ],
        "rai:machineAnnotationTools": [version, f"model: {plan.get('model') or 'none'}"],
        "rai:dataLimitations": (
            f"Scores and rewrites are a model's. {counts.quarantined:,} items had no usable image and {counts.gaps:,} "
            "ranges of bytes belonged to no pair."
        ),
    }


def _objects(found: Contents, base: str) -> Iterator[Json]:
    """Shards and their records; images that lie beside a table are named by it."""
    shards = set(found.shards)
    for entry in found.data:
        kind = _KINDS.get(PurePosixPath(entry.name).suffix, "application/octet-stream")
        if entry.name in shards or entry.name.startswith(f"{RECORDS}/"):
            yield _object(entry, base, kind)


def _object(entry: FileEntry, base: str, kind: str) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": entry.name,
        "name": entry.name,
        "contentUrl": base + entry.name,
        "contentSize": f"{entry.size} B",
        "encodingFormat": kind,
        "sha256": entry.sha256,
    }


def _record_files(records: list[str]) -> list[Json]:
    if not records:
        return []
    return [
        {
            "@type": "cr:FileSet",
            "@id": "records",
            "name": "records",
            "description": "One Parquet file a shard, one row a pair.",
            "encodingFormat": "application/x-parquet",
            "includes": f"{RECORDS}/*.parquet",
        }
    ]


def _record_sets(records: list[str]) -> list[Json]:
    if not records:
        return []
    fields: list[Json] = [
        {
            "@type": "cr:Field",
            "@id": f"pairs/{name}",
            "name": name,
            "description": meaning,
            "dataType": kind,
            "source": {"fileSet": {"@id": "records"}, "extract": {"column": name}},
        }
        for name, kind, meaning in _FIELDS
    ]
    return [{"@type": "cr:RecordSet", "@id": "pairs", "name": "pairs", "field": fields}]
