"""Any image-text-to-text model of the `transformers` library, in this process. Options: `burnish.chat.local.options`.

Example: ``--backend transformers --set backend_options.model=Qwen/Qwen2.5-VL-7B-Instruct``
"""

from __future__ import annotations

from collections.abc import Mapping

from burnish.chat.backend import ChatBackend
from burnish.chat.local import loading
from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options, parse
from burnish.plan import how_fields


def transformers_backend(options: Mapping[str, str]) -> ChatBackend:
    """The model that `options` name. Raises `MissingExtra` before it looks at them, `UsageError` if they are wrong."""
    loading.require()
    return ChatBackend(LocalModel(parse(options)))


def how_options(options: Mapping[str, str]) -> frozenset[str]:
    """Those of `options` that cannot change an answer unless the identity says so."""
    return how_fields(Options) & options.keys()


BACKEND = transformers_backend
