"""What goes in and out, as models: the OpenAPI document is made of them."""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from burnish.values import Decision, Origin, Pair, Reason

MAX_NAME_CHARS = 1_000
MAX_DEPTH = 32
"""Of metadata: what is nested deeper cannot be handed to a worker, and nobody reads it."""
_BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
EXAMPLE_IMAGE = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR42mP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC"
"""A red square of 8 pixels a side."""
_EXAMPLE_PAIR: dict[str, JsonValue] = {"image": EXAMPLE_IMAGE, "text": "red square - stock photo", "key": "000000007"}


class PairIn(BaseModel):
    """One pair. What a run reads from a shard stands in the request: nothing is opened or fetched by a name in it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE_PAIR]})

    image: Annotated[
        str,
        Field(
            pattern=_BASE64,
            description="The encoded image file (JPEG, PNG, WebP, GIF, ...), in base64 with padding, no line breaks.",
            json_schema_extra={"contentEncoding": "base64"},
        ),
    ]
    text: Annotated[str, Field(description="The text as found.")] = ""
    key: Annotated[str, Field(max_length=MAX_NAME_CHARS, description="A label; comes back as it is.")] = ""
    image_name: Annotated[
        str,
        Field(max_length=MAX_NAME_CHARS, description="The image's file name: evidence of what it shows, never opened."),
    ] = "image"
    fields: Annotated[
        dict[str, JsonValue],
        Field(description="The pair's metadata as found: its url, and what an earlier run wrote about it."),
    ] = {}

    @field_validator("fields")
    @classmethod
    def _in_utf_8(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if _deeper(value, MAX_DEPTH):
            raise ValueError(f"nested deeper than {MAX_DEPTH}")
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        return value

    def pair(self) -> Pair:
        """As a reader gives it; the ordinal is the queue's to give."""
        return Pair(
            origin=Origin(source="request", shard="request", ordinal=0),
            key=self.key,
            image=base64.b64decode(self.image, validate=True),
            image_name=self.image_name,
            text=self.text,
            fields=self.fields,
        )


class Caption(BaseModel):
    """One text of a pair."""

    role: str
    text: str
    maker: str
    verdict: str
    overall: float


class Columns(BaseModel):
    """The columns a run writes about a pair (docs/output.md); scores and what was asked beside them have one each."""

    model_config = ConfigDict(extra="allow")

    caption_original: str
    caption_original_raw: str
    burnish_captions: list[Caption]
    burnish_decision: Decision
    burnish_reason: str
    burnish_flags: str
    burnish_edits: Annotated[str, Field(description="A JSON array.")]
    burnish_text_in_image: str


class Answered(BaseModel):
    """A pair that is in the output."""

    key: str
    fate: Decision
    reason: Annotated[str, Field(description="Why a text that is not good stays.")]
    text: Annotated[str, Field(description="The text to train on.")]
    columns: Columns


class Refused(BaseModel):
    """A pair that would go into quarantine, with the reason it would have there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key": "000000007",
                    "fate": "quarantined",
                    "reason": "decode_error",
                    "detail": "cannot identify image file",
                    "stage": "decode",
                }
            ]
        }
    )

    key: str
    fate: Literal["quarantined"]
    reason: Reason
    detail: str
    stage: str


class Complaint(BaseModel):
    """What is wrong with a request."""

    reason: str
    detail: str


class Error(BaseModel):
    """Every error has this form."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"error": {"reason": "full", "detail": "more waits than this server takes."}}]}
    )

    error: Complaint


class Health(BaseModel):
    """How the server is."""

    live: bool
    ready: bool
    draining: bool
    waiting: int
    model: str
    version: str


def _deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested more than so deep."""
    level = [value]
    for _ in range(levels):
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [value for values in inner for value in values]
    return any(isinstance(each, dict | list) for each in level)


def first_wrong(errors: Any) -> str:
    """Where the first error is, and what: never the value itself, which may be megabytes of somebody's picture."""
    wrong = next(iter(errors))
    where = ".".join(str(part) for part in wrong.get("loc", ()) if part != "body")
    return f"{where or 'body'}: {wrong.get('msg', 'wrong')}"[:300]
