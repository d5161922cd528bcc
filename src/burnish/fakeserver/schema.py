"""From a JSON schema to a value that fits it. What the values are is decided elsewhere (`Filler`).

Understood: const, enum, type (also a list), properties, items, prefixItems, the usual bounds, anyOf, oneOf, allOf and
references within the document. A pattern is refused: finding a text for one is not this server's business.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from burnish.fakeserver.chat import Refused
from burnish.values import Json

MAX_DEPTH = 24
MAX_ITEMS = 16
_WIDTH = 10  # of a range with one end
_MAX_TEXT = 200  # characters of a string without maxLength


class Filler(Protocol):
    """Decides the values; `path` says where in the answer, such as ``/scores/0``."""

    def pick(self, path: str, options: Sequence[Json]) -> Json:
        """One of `options`."""
        ...

    def whole(self, path: str, low: int, high: int) -> int:
        """An integer, both ends included."""
        ...

    def number(self, path: str, low: float, high: float) -> float:
        """A number, both ends included."""
        ...

    def text(self, path: str, least: int, most: int) -> str:
        """A text of `least` to `most` characters."""
        ...


def build(schema: Mapping[str, Json], filler: Filler) -> Json:
    """A value that fits `schema`; raises `Refused` (400) for a schema that is not understood."""
    return _Builder(schema, filler).value(schema, "", 0)


class _Builder:
    def __init__(self, root: Mapping[str, Json], filler: Filler) -> None:
        self._root = root
        self._filler = filler

    def value(self, schema: Any, path: str, depth: int) -> Json:
        """The value at `path`."""
        if depth > MAX_DEPTH:
            raise Refused(400, f"the schema is deeper than {MAX_DEPTH} at {path[:100]}")
        if schema is True or schema == {}:
            schema = {"type": "string"}
        schema = self._resolved(schema, path)
        if "const" in schema:
            return schema["const"]  # type: ignore[no-any-return]
        if "enum" in schema:
            return self._filler.pick(path, _filled(schema["enum"], path))
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self._one_of(_filled(schema[several], path), path, depth)
        return self._typed(schema, path, depth)

    def _one_of(self, options: Sequence[Json], path: str, depth: int) -> Json:
        chosen = self._filler.pick(f"{path}?", [str(number) for number in range(len(options))])
        return self.value(options[int(str(chosen))], path, depth + 1)

    def _resolved(self, schema: Any, path: str) -> Mapping[str, Any]:
        """`schema` without references and allOf at its top."""
        for _ in range(MAX_DEPTH):
            if not isinstance(schema, dict):
                raise Refused(400, f"the schema at {path or '/'} is not an object")
            if "$ref" in schema:
                schema = self._referenced(str(schema["$ref"]))
            elif "allOf" in schema:
                rest = {key: value for key, value in schema.items() if key != "allOf"}
                for part in schema["allOf"]:
                    rest = {**rest, **self._resolved(part, path)}
                schema = rest
            else:
                return schema
        raise Refused(400, f"the schema's references at {path or '/'} go round in circles")

    def _referenced(self, reference: str) -> Any:
        found: Any = self._root
        for step in reference.removeprefix("#").strip("/").split("/"):
            if step and (not isinstance(found, dict) or step not in found):
                raise Refused(400, f"the schema's reference {reference!r} leads nowhere")
            found = found[step] if step else found
        return found

    def _typed(self, schema: Mapping[str, Any], path: str, depth: int) -> Json:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = self._filler.pick(f"{path}?", [k for k in kind if k != "null"] or ["null"])
        make = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
            "boolean": self._boolean,
            "null": self._null,
        }.get(str(kind))
        if make is None:
            raise Refused(400, f"the schema's type {kind!r} at {path or '/'} is unknown")
        return make(schema, path, depth)

    def _boolean(self, _schema: Mapping[str, Any], path: str, _depth: int) -> Json:
        return self._filler.pick(path, [False, True])

    def _null(self, _schema: Mapping[str, Any], _path: str, _depth: int) -> Json:
        return None

    def _object(self, schema: Mapping[str, Any], path: str, depth: int) -> Json:
        properties = schema.get("properties", {})
        return {name: self.value(part, f"{path}/{name}", depth + 1) for name, part in properties.items()}

    def _array(self, schema: Mapping[str, Any], path: str, depth: int) -> Json:
        first = list(schema.get("prefixItems", []))
        least = int(schema.get("minItems", len(first)))
        most = int(schema.get("maxItems", max(least, len(first), 2)))
        if not least <= most or least > MAX_ITEMS:
            raise Refused(400, f"an array of {least} to {most} items at {path or '/'} cannot be made")
        count = max(len(first), self._filler.whole(f"{path}#", least, min(most, MAX_ITEMS)))
        parts = [*first, *[schema.get("items", {})] * count][:count]
        return [self.value(part, f"{path}/{number}", depth + 1) for number, part in enumerate(parts)]

    def _string(self, schema: Mapping[str, Any], path: str, _depth: int) -> Json:
        if "pattern" in schema:
            raise Refused(400, f"the schema's pattern at {path or '/'} is not understood by this fake server")
        least = int(schema.get("minLength", 0))
        most = int(schema.get("maxLength", max(least, _MAX_TEXT)))
        if least > most:
            raise Refused(400, f"a text of {least} to {most} characters at {path or '/'} cannot be made")
        return self._filler.text(path, least, most).ljust(least, "-")[:most]

    def _integer(self, schema: Mapping[str, Any], path: str, _depth: int) -> Json:
        low, high = _bounds(schema, 1)
        step = int(schema.get("multipleOf", 1))
        first, last = math.ceil(low / step), math.floor(high / step)
        if first > last:
            raise Refused(400, f"no integer fits the schema at {path or '/'}")
        return self._filler.whole(path, first, last) * step

    def _number(self, schema: Mapping[str, Any], path: str, _depth: int) -> Json:
        low, high = _bounds(schema, 1e-6)
        if low > high:
            raise Refused(400, f"no number fits the schema at {path or '/'}")
        return min(high, max(low, round(self._filler.number(path, low, high), 4)))


def _bounds(schema: Mapping[str, Any], step: float) -> tuple[float, float]:
    """Lowest and highest number allowed; an open end lies `_WIDTH` from the other, which is 0 if it is open, too."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = math.floor(schema["exclusiveMinimum"] / step) * step + step
    if "exclusiveMaximum" in schema:
        high = math.ceil(schema["exclusiveMaximum"] / step) * step - step
    if low is None:
        low = 0 if high is None else high - _WIDTH
    return low, low + _WIDTH if high is None else high


def _filled(options: Any, path: str) -> Sequence[Json]:
    if not isinstance(options, list) or not options:
        raise Refused(400, f"the schema offers nothing to choose from at {path or '/'}")
    return options
