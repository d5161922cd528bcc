"""As much of the Hugging Face Hub as its client needs to make a data set, write to it and read it, on loopback.

Speaks the client's HTTP: making a repository, its tree, the upload mode of files, LFS uploads, commits, downloads. No
git lies behind it: a commit is a number, the tree is the newest one's. `fault` may fail any request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.loopback_web import body_of

LARGE = (".tar", ".parquet", ".png", ".jpg")
TOKEN = "hf_" + "CANARYtoken" * 3


@dataclass
class Repo:
    """A data set: its files, and how many commits were made."""

    private: bool
    files: dict[str, bytes] = field(default_factory=dict)
    commits: int = 1

    @property
    def head(self) -> str:
        return hashlib.sha1(str(self.commits).encode()).hexdigest()


@dataclass
class Hub:
    """`requests` are (method, path) of all that came; `uploads` sizes of LFS uploads; `fault` gives a status to fail a
    request with before it does anything, or -status to do it and lose the answer; 0: none.
    """

    url: str = ""
    repos: dict[str, Repo] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    uploads: list[int] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    fault: Callable[[str, str], int] = lambda _method, _path: 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def entry(self, name: str, data: bytes) -> dict[str, Any]:
        blob = hashlib.sha1(b"blob %d\0%b" % (len(data), data)).hexdigest()
        told: dict[str, Any] = {"type": "file", "path": name, "size": len(data), "oid": blob}
        if name.endswith(LARGE):
            sha256 = hashlib.sha256(data).hexdigest()
            told["lfs"] = {"oid": sha256, "size": len(data), "pointerSize": 130}
        return told


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(code)
        self.status, self.code = status, code


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        body = body_of(self)
        with self.hub.lock:
            self.hub.requests.append((self.command, path))
            self.hub.tokens.add(self.headers.get("Authorization", "").removeprefix("Bearer "))
        fault = self.hub.fault(self.command, path)
        status, headers, said = fault, {"X-Error-Code": ""}, b'{"error": "no"}'
        if fault <= 0:
            try:
                with self.hub.lock:
                    status, headers, said = self._done(path, body)
            except Refused as refused:
                status, headers = refused.status, {"X-Error-Code": refused.code}
        status = -fault if fault < 0 else status
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_PUT = do_POST = do_HEAD = _answer  # noqa: N815 - the server's names

    def _done(self, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if path == "/api/repos/create":
            return _json(self._create(json.loads(body)))
        if path == "/api/validate-yaml":
            return _json({"errors": [], "warnings": []})
        if path.startswith("/lfs/"):
            return self._uploaded(path.removeprefix("/lfs/"), body)
        if path.startswith("/api/datasets/"):
            return self._api(path.removeprefix("/api/datasets/"), body)
        return self._of_git(path.removeprefix("/datasets/"), body)

    def _create(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = f"{asked['organization']}/{asked['name']}"
        if name in self.hub.repos:
            raise Refused(409)
        files = {".gitattributes": b"*.tar filter=lfs\n"}
        self.hub.repos[name] = Repo(private=asked.get("visibility") == "private", files=files)
        return {"url": f"{self.hub.url}/datasets/{name}", "name": name, "id": name}

    def _repo(self, name: str) -> Repo:
        if name not in self.hub.repos:
            raise Refused(404, "RepoNotFound")
        return self.hub.repos[name]

    def _api(self, rest: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        parts = rest.split("/")
        name, verb, tail = "/".join(parts[:2]), [*parts, ""][2], parts[4:]
        repo = self._repo(name)
        if verb in {"", "revision"}:
            siblings = [{"rfilename": file} for file in repo.files]
            return _json({"id": name, "sha": repo.head, "private": repo.private, "tags": [], "siblings": siblings})
        if verb == "tree":
            return _json(self._tree(repo, "/".join(tail)))
        if verb == "paths-info":
            asked = parse_qs(body.decode()).get("paths") or json.loads(body or b"{}").get("paths", [])
            return _json([self.hub.entry(file, repo.files[file]) for file in asked if file in repo.files])
        if verb == "preupload":
            return _json({"files": [self._mode(repo, file) for file in json.loads(body)["files"]]})
        if verb == "commit":
            return _json(self._committed(name, repo, body))
        raise Refused(404)

    def _tree(self, repo: Repo, below: str) -> list[dict[str, Any]]:
        query = parse_qs(urlsplit(self.path).query)
        prefix = f"{below}/" if below else ""
        inside = {file: data for file, data in sorted(repo.files.items()) if file.startswith(prefix)}
        if below and not inside:
            raise Refused(404, "EntryNotFound")
        whole = query.get("recursive", ["false"])[0].lower() in {"true", "1"}
        folders = {
            prefix + "/".join(file.removeprefix(prefix).split("/")[: depth + 1])
            for file in inside
            for depth in range(
                file.removeprefix(prefix).count("/") if whole else min(1, file[len(prefix) :].count("/"))
            )
        }
        listed = [{"type": "directory", "path": folder, "oid": "0" * 40, "size": 0} for folder in sorted(folders)]
        files = [self.hub.entry(file, data) for file, data in inside.items() if whole or "/" not in file[len(prefix) :]]
        return [*listed, *files]

    def _mode(self, repo: Repo, file: dict[str, Any]) -> dict[str, Any]:
        there = repo.files.get(file["path"])
        mode = "lfs" if file["path"].endswith(LARGE) else "regular"
        oid = None
        if there is not None:
            entry = self.hub.entry(file["path"], there)
            oid = entry["lfs"]["oid"] if mode == "lfs" else entry["oid"]
        return {"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid}

    def _committed(self, name: str, repo: Repo, body: bytes) -> dict[str, Any]:
        lines = [json.loads(line) for line in body.splitlines()]
        parent = lines[0]["value"].get("parentCommit")
        if parent and parent != repo.head:
            raise Refused(412)
        files = dict(repo.files)
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.blobs[value["oid"]]
            elif line["key"] == "deletedFile":
                if value["path"] not in files:
                    raise Refused(404, "EntryNotFound")
                del files[value["path"]]
        repo.files, repo.commits = files, repo.commits + 1
        url = f"{self.hub.url}/datasets/{name}/commit/{repo.head}"
        return {"success": True, "commitOid": repo.head, "commitUrl": url, "hookOutput": ""}

    def _uploaded(self, oid: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if hashlib.sha256(body).hexdigest() != oid:
            raise Refused(400)
        self.hub.blobs[oid] = body
        self.hub.uploads.append(len(body))
        return 200, {}, b""

    def _of_git(self, rest: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if rest.endswith(".git/info/lfs/objects/batch"):
            return _json({"transfer": "basic", "objects": [self._place(each) for each in json.loads(body)["objects"]]})
        name, _, tail = rest.partition("/resolve/")
        repo = self._repo(name)
        file = tail.partition("/")[2]
        if file not in repo.files:
            raise Refused(404, "EntryNotFound")
        return self._file(repo, repo.files[file])

    def _place(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["oid"] in self.hub.blobs:
            return asked
        return {**asked, "actions": {"upload": {"href": f"{self.hub.url}/lfs/{asked['oid']}", "header": {}}}}

    def _file(self, repo: Repo, data: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {
            "X-Repo-Commit": repo.head,
            "ETag": f'"{hashlib.sha256(data).hexdigest()}"',
            "Accept-Ranges": "bytes",
        }
        asked = self.headers.get("Range", "").removeprefix("bytes=")
        if not asked:
            return 200, {**headers, "Content-Length": str(len(data))}, data
        start, _, stop = asked.partition("-")
        piece = data[int(start) : int(stop) + 1 if stop else None]
        about = f"bytes {start}-{int(start) + len(piece) - 1}/{len(data)}"
        return 206, {**headers, "Content-Range": about, "Content-Length": str(len(piece))}, piece

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


def _json(value: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


@contextmanager
def loopback_hub() -> Iterator[Hub]:
    """A running hub without repositories."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OfHub", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # clients hang up
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
