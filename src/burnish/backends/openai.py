"""A model behind an OpenAI-compatible server: ``--backend openai``, the address in OPENAI_BASE_URL, a key, if one is
needed, in OPENAI_API_KEY. Options: `burnish.chat.openai.settings`.
"""

from __future__ import annotations

from collections.abc import Mapping

from burnish.chat.backend import ChatBackend
from burnish.chat.openai.model import OpenAIModel
from burnish.chat.openai.settings import Settings
from burnish.plan import how_fields


def openai(options: Mapping[str, str]) -> ChatBackend:
    """Look at the server and make the backend. Raises `UsageError` where it cannot be used."""
    return ChatBackend(OpenAIModel(options))


def how_options(options: Mapping[str, str]) -> frozenset[str]:
    """Those of `options` that cannot change an answer."""
    return how_fields(Settings) & options.keys()


BACKEND = openai
