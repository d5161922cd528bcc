"""The actor: it travels to the workers by value, because there burnish may be missing or be another one.

So nothing of burnish is imported at the top, and what a worker does stands in `burnish.engines._ray.post`, which is
looked at only when it is known to be the same as here. Answers are plain values until then.
"""

from __future__ import annotations

import hashlib
import socket
import sys
from pathlib import Path
from typing import Any


def python_version() -> str:
    """Major and minor version of this Python."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def code_digest(package: str) -> str:
    """SHA-256 over all Python files of the package whose ``__init__.py`` is `package`, with their names."""
    root = Path(package).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


BESIDE = ("look", "finish_soon", "close")
"""Methods of `Stub` that run beside ``work``, in a thread of their own."""


class Stub:
    """One worker."""

    def __init__(self) -> None:
        """Nothing is loaded before `hello`: errors of constructors reach nobody in a useful form."""
        self._post: Any = None

    def hello(self, charge: dict[str, Any]) -> dict[str, Any]:
        """Compare this installation with the driver's, load the model, look at the source.

        Gives facts about this worker, with the key "refused" if it cannot take part: whether that is a matter of
        usage, and why.
        """
        facts: dict[str, Any] = {"host": socket.gethostname(), "node": _node_id()}
        differs = _difference(charge)
        if differs:
            return {**facts, "refused": (True, differs)}
        from burnish.engines._ray.post import Post, refused

        try:
            self._post = Post(charge)
            return {**facts, **self._post.facts()}
        except Exception as error:
            reason = refused(error)
            if reason is None:
                raise
            return {**facts, "refused": reason}

    def reach(self, meeting: Any) -> Any:
        """See `Post.reach`."""
        return self._post.reach(meeting)

    def work(self, jobs: Any) -> Any:
        """See `Post.work`."""
        return self._post.work(jobs)

    def look(self) -> Any:
        """See `Post.look`."""
        return self._post.look()

    def finish_soon(self) -> None:
        """See `Post.finish_soon`."""
        self._post.finish_soon()

    def close(self) -> None:
        """See `Post.close`."""
        self._post.close()


def _node_id() -> str:
    import ray

    return str(ray.get_runtime_context().get_node_id())


def _difference(charge: dict[str, Any]) -> str:
    """How this installation differs from the driver's; "" if it does not."""
    try:
        import burnish
    except ImportError as error:
        return f"burnish cannot be imported there: {error}.\nInstall burnish {charge['burnish']} on every node."
    here = {"python": python_version(), "burnish": burnish.__version__}
    for name, version in here.items():
        if version != charge[name]:
            return f"it has {name} {version}, this machine {charge[name]}.\nInstall the same on every node."
    if code_digest(str(burnish.__file__)) != charge["code"]:
        return f"its burnish {here['burnish']} is another one than here.\nInstall the same on every node."
    return ""
