"""The built-in model: small towers and heads on a CPU, a minimal editor, no torch, no download."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    """``BACKEND``, loaded when asked for: the editor and the junk rules are used without the towers as well."""
    if name == "BACKEND":
        from burnish.backends.builtin.backend import BuiltinBackend

        return BuiltinBackend
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
