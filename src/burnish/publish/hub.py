"""Data sets on the Hugging Face Hub, through its own client: the only place that speaks to it.

The client takes the token from ``HF_TOKEN`` or its own store (``hf auth login``) and the address from ``HF_ENDPOINT``.
Files are uploaded ahead of their commits; what the Hub has with the same digest is not uploaded again. Each commit
names the one before it, so that two pushes at once stop each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from burnish.errors import BurnishError, MissingExtra, StopError, UsageError
from burnish.publish.carrying import carry, differs
from burnish.publish.contents import Parcel
from burnish.publish.far import Sent, note_bytes, noted
from burnish.storage.files import Files, LocalFiles
from burnish.storage.layout import PUSHED, new_run_id
from burnish.storage.places import locate, remote_errors
from burnish.storage.redact import redact
from burnish.storage.scratch import scratch_file
from burnish.storage.tags import Seen

_KIND: Final = "dataset"
_BATCH_FILES: Final = 200
_BATCH_BYTES: Final = 8 << 30
"""Of one commit; what is committed need not even be asked for after a stop."""
_DENIED: Final = (401, 403)
_TRIES: Final = 3


class HubFar:
    """See `burnish.publish.far.Far`."""

    def __init__(self, repo: str, source: Files, *, public: bool) -> None:
        """`repo` is ``user/name``. Nothing is asked yet. Raises `MissingExtra`."""
        try:
            import huggingface_hub
            from huggingface_hub import utils
        except ImportError as error:
            raise MissingExtra("hf://", "hf") from error
        self._hub: Any = huggingface_hub
        shown: Any = utils
        shown.disable_progress_bars()
        self._api: Any = huggingface_hub.HfApi(library_name="burnish")
        self._repo = repo
        self._source = source
        self._public = public
        self._head = ""
        self._seen: dict[str, Seen] = {}
        self.shown = self.url = f"hf://datasets/{repo}"

    def look(self) -> Mapping[str, Seen]:
        """All files of the newest commit, with the digests that the Hub knows; none if there is no such data set."""
        with self._asking():
            try:
                info = self._api.repo_info(self._repo, repo_type=_KIND)
            except self._hub.errors.RepositoryNotFoundError:
                return {}
            self._refuse_public(private=bool(info.private))
            self._head = str(info.sha or "")
            tree = self._api.list_repo_tree(self._repo, repo_type=_KIND, recursive=True, revision=self._head or None)
            self._seen = dict(sorted(_files(tree)))
        return dict(self._seen)

    def read(self, name: str) -> bytes:
        """See `Far`."""
        with self._asking():
            try:
                path = self._api.hf_hub_download(self._repo, name, repo_type=_KIND, revision=self._head)
            except self._hub.errors.EntryNotFoundError as error:
                raise FileNotFoundError(f"{self.shown} has no {name}") from error
            return Path(path).read_bytes()

    def note(self) -> Mapping[str, Sent]:
        """See `Far`."""
        return noted(self.read(PUSHED)) if PUSHED in self._seen else {}

    def holds(self, parcel: Parcel, seen: Seen | None) -> bool:
        """By the digests of the Hub: SHA-256 of large files, the git blob's of small ones."""
        if seen is None or seen.size != parcel.entry.size:
            return False
        if seen.sha256:
            return seen.sha256 == parcel.entry.sha256
        data = parcel.data if parcel.data is not None else self._source.read(parcel.name)
        return seen.git == hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()

    def begin(self, seals: Sequence[str]) -> None:
        """Make the data set if there is none; take the seals away in a commit of their own."""
        with self._asking():
            if not self._head:
                visibility = {"private": not self._public}
                self._api.create_repo(self._repo, repo_type=_KIND, exist_ok=True, **visibility)
                self.look()
        if seals:
            deletions = [self._hub.CommitOperationDelete(path_in_repo=name) for name in seals]
            self._commit(deletions, "Take the seal away while files are sent")

    def send(self, parcels: Sequence[Parcel]) -> None:
        """A commit for each batch."""
        for number, batch in enumerate(_batches(parcels), 1):
            with ExitStack() as stack:
                self._commit([self._addition(each, stack) for each in batch], f"Send files, part {number}")

    def finish(self, parcels: Sequence[Parcel], stale: Sequence[str]) -> None:
        """The last files, the note and the removals in one commit: with it the set is whole."""
        sent = {name: Sent(size=seen.size, sha256=seen.sha256, tag="") for name, seen in self.look().items()}
        names = {each.name for each in parcels}
        kept = {name: each for name, each in sent.items() if name not in {*stale, *names, PUSHED, ".gitattributes"}}
        ours = {each.name: Sent(size=each.entry.size, sha256=each.entry.sha256, tag="") for each in parcels}
        note = self._hub.CommitOperationAdd(path_in_repo=PUSHED, path_or_fileobj=note_bytes({**kept, **ours}))
        removals = [self._hub.CommitOperationDelete(path_in_repo=name) for name in stale]
        with ExitStack() as stack:
            additions = [self._addition(each, stack) for each in parcels]
            self._commit([*removals, note, *additions], "Send the card and the seal")

    def _addition(self, each: Parcel, stack: ExitStack) -> Any:
        """The file as the client takes it, hashed: no other bytes than the committed ones are sent."""
        if each.data is not None:
            return self._hub.CommitOperationAdd(path_in_repo=each.name, path_or_fileobj=each.data)
        place = locate(self._source.shown)
        if isinstance(self._source, LocalFiles):
            path = place.local / each.name
        else:
            path = stack.enter_context(scratch_file())
            carry(each, self._source, _Renamed(path, each.name), new_run_id())
        found = self._hub.CommitOperationAdd(path_in_repo=each.name, path_or_fileobj=str(path))
        if found.upload_info.sha256.hex() != each.entry.sha256:
            raise differs(self._source, each.name)
        return found

    def _commit(self, operations: list[Any], message: str) -> None:
        """One commit on top of the last one we know of; after a server error it is asked if it was made."""

        def made() -> Any:
            return self._api.create_commit(
                self._repo,
                operations,
                commit_message=message,
                repo_type=_KIND,
                parent_commit=self._head or None,
            )

        with self._asking():
            self._head = str(_tried(made, self._was_made(operations), self._hub.errors.HfHubHTTPError) or self._head)

    def _was_made(self, operations: list[Any]) -> Callable[[], str]:
        def look() -> str:
            """The newest commit if it holds all of it, else ""."""
            before = self._head
            seen = self.look()
            done = all(_is_done(operation, seen) for operation in operations)
            head, self._head = self._head, before
            return head if done and head != before else ""

        return look

    def _refuse_public(self, *, private: bool) -> None:
        if not private and not self._public:
            raise UsageError(
                f"{self.shown} is public: everyone would see what is sent.\nSay so with --public, or make it private."
            )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Errors of the Hub as refusals or `OSError`s; no token in them."""
        try:
            with remote_errors():
                yield
        except BurnishError:
            raise
        except OSError as error:
            status = getattr(getattr(error, "response", None), "status_code", 0)
            said = self._hidden(str(error))
            if status in _DENIED:
                raise UsageError(
                    f"the Hub does not let this token write to {self.shown} ({status}).\n"
                    "Log in with: hf auth login   (or set HF_TOKEN to one that may write)"
                ) from None
            if status == 412:  # the parent of the commit is no longer the newest
                raise StopError(
                    f"{self.shown} was changed by someone else while it was written.\n"
                    "See what they did; the same command then goes on."
                ) from None
            if isinstance(error, FileNotFoundError):
                raise
            raise OSError(said.splitlines()[0] if said else type(error).__name__) from None

    def _hidden(self, text: str) -> str:
        token = self._hub.get_token()
        return redact(text.replace(token, "***") if token else text)


class _Renamed(LocalFiles):
    """A folder in which a file is known by another name."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path.parent)
        self._name, self._as = name, path.name

    def replace(self, temp: str, final: str) -> None:
        """To the path that was given."""
        super().replace(temp, self._as if final == self._name else final)


def _tried(made: Callable[[], Any], was_made: Callable[[], str], error_kind: type[Exception]) -> str:
    """The id of the commit. The client itself repeats everything but the commit, which must not be made twice."""
    for left in reversed(range(_TRIES)):
        try:
            return str(made().oid)
        except error_kind as error:
            status = getattr(getattr(error, "response", None), "status_code", 0)
            if status < 500 or not left:
                raise
            if head := was_made():
                return head
    return ""


def _is_done(operation: Any, seen: Mapping[str, Seen]) -> bool:
    there = seen.get(operation.path_in_repo)
    info = getattr(operation, "upload_info", None)
    if info is None:
        return there is None
    return there is not None and there.size == info.size and there.sha256 in {"", info.sha256.hex()}


def _files(tree: Iterable[Any]) -> Iterator[tuple[str, Seen]]:
    for each in tree:
        if hasattr(each, "blob_id"):
            sha256 = str(each.lfs.sha256) if each.lfs else ""
            yield each.path, Seen(size=int(each.size), sha256=sha256, git="" if sha256 else str(each.blob_id))


def _batches(parcels: Sequence[Parcel]) -> Iterator[Sequence[Parcel]]:
    batch: list[Parcel] = []
    weight = 0
    for each in parcels:
        if batch and (len(batch) == _BATCH_FILES or weight + each.entry.size > _BATCH_BYTES):
            yield batch
            batch, weight = [], 0
        batch.append(each)
        weight += each.entry.size
    if batch:
        yield batch
