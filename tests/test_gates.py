"""Nothing goes round the ledger: files are written by the storage layer, shards reach the output through a commit that
counts, the network is touched in a few homes, and no byte of a stranger's is ever run as code.

Read from the syntax trees of everything in src, so that a new file cannot forget it. Each exception is named here with
its reason, and a reason whose exception is gone fails as well.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

SRC = Path(__file__).resolve().parents[1] / "src" / "burnish"

WRITERS = {
    "write_text", "write_bytes", "touch", "mkdir", "makedirs", "unlink", "rmdir", "symlink_to", "hardlink_to",
    "rename", "renames", "extract", "extractall", "pipe_file", "put_file", "rm_file", "mv", "savez", "to_parquet",
    "to_csv", "mkdtemp", "mkstemp", "NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile",
    "SpooledTemporaryFile", "copyfile", "copy2", "copytree", "rmtree", "move",
}  # fmt: skip
OF_OS = {"replace", "remove", "link", "symlink", "truncate", "removedirs", "mkfifo", "mknod", "chmod"}
TO_A_SINK = {"save", "ParquetWriter", "write_table", "new_file", "new_stream"}
"""Fine on a handle somebody gave, not on a path: see `is_handle`."""
MODULES = {"gzip", "bz2", "lzma", "io", "tarfile", "zipfile", "codecs"}
"""Whose ``open`` takes the path first and the mode second."""
OPENING_FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"}

MAY_WRITE = {
    "stores/_tar/unpack.py": ("open", "a compressed shard is unpacked into a scratch folder that goes with the reader"),
    "stores/_spool.py": ("SpooledTemporaryFile", "rows that wait for their turn: nameless, gone with the process"),
    "images/process.py": ("TemporaryFile", "what a child complains about, and memory shared with it: nameless"),
    "images/child.py": ("open", "/dev/null, for the warnings of decoders in C"),
    "ocr/child.py": ("open", "/dev/null, for the warnings of the reader's libraries"),
    "ocr/reader.py": ("TemporaryFile", "what a child complains about: nameless"),
    "mixing/census.py": ("TemporaryDirectory open", "sorting room that goes with the census; no pair is in it"),
    "scenes/writing.py": ("mkdir open replace", "makes a source, not an output: whole or not there, and no input lost"),
    "engines/ray.py": ("mkdir touch unlink", "a sign that this node sees the output's folder, taken away again"),
    "passes/disagreements.py": ("TemporaryDirectory open", "sorting room that goes with the pass"),
    "passes/duplicates.py": ("TemporaryDirectory", "sorting room that goes with the pass"),
    "evals/data.py": ("TemporaryDirectory", "the tables of a pass that is only counted"),
    "evals/overlap.py": ("TemporaryDirectory", "the tables of a pass that is only counted"),
    "passes/grouping.py": ("mkdir", "sorting room that goes with the pass"),
    "passes/partitions.py": ("open unlink", "sorting room that goes with the pass"),
    "passes/quantiles.py": ("TemporaryFile", "scores between two readings: nameless"),
    "passes/quotas.py": ("TemporaryDirectory open", "sorting room that goes with the pass"),
    "purse.py": ("mkdir write_bytes", "what a run may still spend, made again from the answers at every start"),
    "fetching/kept.py": ("mkdir open unlink", "images until their shard is committed: a cache with checksums"),
    "review/decisions.py": ("mkdir", "the folder in which `storage.appended` adds the decisions of people"),
    "review/index.py": ("mkdir replace unlink", "made from the records, and again when they change: a cache"),
    "cli/_log.py": ("mkdir open", "the log of a run, appended to; no commit speaks of it"),
    "cli/_demo.py": ("mkdir write_bytes", "lays out the bundled sample as a source"),
    "backends/builtin/manifest.py": ("write_text", "the digests of weights that `burnish train` has just made"),
    "train/builtin/towers.py": ("TemporaryDirectory copyfile mkdir save write_text", "weights into a new folder"),
    "train/builtin/heads.py": ("copyfile mkdir write_text", "weights into a new folder"),
    "train/tuning/run.py": ("rmtree", "what is trained, and where it stands; torn states are seen"),
    "train/tuning/weights.py": ("copyfile mkdir move", "weights into a new folder, which says when it is whole"),
    "train/injection/fit.py": ("mkdir save write_text", "weights into a new folder"),
}
"""Outside of `storage`: which calls, and why nothing of a run can be lost by them."""

NETWORK = {
    "socket", "ssl", "requests", "httpx", "aiohttp", "urllib3", "fsspec", "s3fs", "boto3", "botocore", "aiobotocore",
    "ftplib", "smtplib", "telnetlib", "socketserver", "xmlrpc", "huggingface_hub", "websockets", "paramiko", "uvicorn",
}  # fmt: skip
NETWORK_PARTS = {"urllib.request", "http.client", "http.server"}
MAY_TALK = {
    "chat/openai/wire.py": "the one place that talks to model servers",
    "engines/_ray/stub.py": "the name of a worker's host, for messages",
    "fetching/names.py": "names to addresses, each held against the list of what may be dialled (hazard 66)",
    "fetching/wire.py": "the one place that fetches images, by those addresses alone",
    "fakeserver/web.py": "the server that pretends, on loopback",
    "publish/hub.py": "the one place that speaks to the Hugging Face Hub, through its own client",
    "storage/lock.py": "the name of this host, for the note in the lock",
    "storage/places.py": "the one place that turns URLs of sources and outputs into filesystems",
    "storage/sources.py": "the type of those filesystems",
    "web/protocol.py": "connections that others made to a server of ours, cut when nothing moves on them",
    "web/serving.py": "the one place that listens, on loopback unless there is a token (hazard 75)",
}

RUNS_CODE = {
    "pickle",
    "cPickle",
    "_pickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "yaml",
    "keras",
    "h5py",
}
CALLS_CODE = {"eval", "exec", "compile", "__import__", "execfile"}
ATTRIBUTES = {("os", "system"), ("os", "popen"), ("torch", "load"), ("yaml", "load"), ("np", "load"), ("numpy", "load")}
MAY_RUN = {
    "train/builtin/towers.py": "torch.load with weights_only, of a file in a package that pip has checked",
    "injection/learned.py": "np.load with allow_pickle=False, of a file whose digest was compared first",
}


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((SRC / path).read_text(encoding="utf-8"))


def sources(*, outside: tuple[str, ...] = ()) -> list[str]:
    names = sorted(p.relative_to(SRC).as_posix() for p in SRC.rglob("*.py"))
    return [name for name in names if not name.startswith(outside)] if outside else names


def named(call: ast.Call) -> tuple[str, str]:
    """What is called: ("os", "replace"), ("", "open"); the part before the last dot only if it is a plain name."""
    match call.func:
        case ast.Name(id=name):
            return "", name
        case ast.Attribute(value=ast.Name(id=base), attr=name):
            return base, name
        case ast.Attribute(attr=name):
            return "?", name
        case _:
            return "?", ""


def opens_to_write(call: ast.Call) -> bool:
    base, _ = named(call)
    if base == "os":
        return bool({n.attr for n in ast.walk(call) if isinstance(n, ast.Attribute)} & OPENING_FLAGS)
    of_path = isinstance(call.func, ast.Attribute) and base not in MODULES and len(call.args) == 1
    place = call.args if of_path else call.args[1:2]
    modes = [said(value) for value in (*place, *(k.value for k in call.keywords if k.arg == "mode"))]
    return any(isinstance(mode, str) and set(mode) & set("wxa+") for mode in modes)


def is_handle(sink: ast.expr, function: ast.AST) -> bool:
    """Whether `sink` is a buffer, a file that an outbox or a caller handed over, or an attribute kept from one."""
    if isinstance(sink, ast.Attribute):
        return sink.attr.startswith("_") or sink.attr == "file"
    if not isinstance(sink, ast.Name):
        return False
    for node in ast.walk(function):
        if isinstance(node, ast.withitem) and node.optional_vars and ast.unparse(node.optional_vars) == sink.id:
            return isinstance(node.context_expr, ast.Call) and named(node.context_expr)[1] == "create"
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == sink.id for t in node.targets):
            return isinstance(node.value, ast.Call) and named(node.value)[1] in {
                "BytesIO",
                "BufferOutputStream",
                "create",
            }
        if isinstance(node, ast.arg) and node.arg == sink.id and node.annotation is not None:
            return ast.unparse(node.annotation) == "BinaryIO"
    return False


def functions(module: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Every call with the innermost function round it."""

    def walk(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield function, child
            yield from walk(child, child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function)

    yield from walk(module, module)


def writes(call: ast.Call, function: ast.AST) -> str:
    """The name of the call if it makes, changes or removes a file by its path; "" if not."""
    base, name = named(call)
    if name == "open" and base not in {"Image", "self"} and opens_to_write(call):
        return name
    if name in WRITERS or (base == "os" and name in OF_OS):
        return name
    if name == "replace" and base != "os" and len(call.args) == 1 and not call.keywords:
        return "" if isinstance(call.func, ast.Name) else name  # Path.replace; str.replace takes two
    if name in TO_A_SINK and call.args and name == "write_table" and len(call.args) == 1:
        return ""  # of a ParquetWriter, which has its sink already
    if name in TO_A_SINK and call.args:
        sink = call.args[1] if name == "write_table" else call.args[0]
        return "" if is_handle(sink, function) else name
    return ""


def found(names: list[str], look: Callable[[str], set[str]]) -> dict[str, set[str]]:
    return {name: seen for name in names if (seen := look(name))}


def writers_of(path: str) -> set[str]:
    return {name for function, call in functions(tree(path)) if (name := writes(call, function))}


def test_files_are_written_by_the_storage_layer_alone():
    allowed = {path: set(calls.split()) for path, (calls, _) in MAY_WRITE.items()}
    assert found(sources(outside=("storage/",)), writers_of) == allowed


def test_the_gate_sees_every_way_to_write():
    """The gate itself: each of these is caught, each of the harmless ones is not."""
    bad = [
        'open("a", "w")', 'Path("a").open("ab")', 'p.write_bytes(b"")', "os.replace(a, b)",
        "a.replace(b)", "a.unlink()",
        "os.open(p, os.O_WRONLY | os.O_CREAT)", "shutil.rmtree(p)", 'img.save("a.png")', "pq.write_table(t, path)",
        "pq.ParquetWriter(path, schema)", "np.save(path, x)",
        'tarfile.open(p, "w")', 'fs.open(p, "wb")', "os.link(a, b)",
        "tar.extractall(p)", 'gzip.open(p, mode="wb")', "fs.pipe_file(p, b)",
    ]  # fmt: skip
    good = [
        'open("a")', 'text.replace("a", "b")', "replace(record, flags=())", 'dataclasses.replace(r, x="w")',
        'Path("a").open("rb")', "os.open(p, os.O_RDONLY)", "out.write_table(t)", "commit.create(name)",
    ]  # fmt: skip
    for line in bad:
        module = ast.parse(line)
        assert any(writes(call, function) for function, call in functions(module)), line
    for line in good:
        module = ast.parse(line)
        assert not any(writes(call, function) for function, call in functions(module)), line


def imports_of(path: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return names


def network_of(path: str) -> set[str]:
    return {n for n in imports_of(path) if n.partition(".")[0] in NETWORK or n in NETWORK_PARTS}


def test_the_network_is_touched_in_its_homes_alone():
    assert set(found(sources(), network_of)) == set(MAY_TALK)


def code_of(path: str) -> set[str]:
    ran = {f"import {n}" for n in imports_of(path) if n.partition(".")[0] in RUNS_CODE}
    for _, call in functions(tree(path)):
        base, name = named(call)
        if (not base and name in CALLS_CODE) or (base, name) in ATTRIBUTES:
            ran.add(name)
        ran.update(k.arg for k in call.keywords if k.arg in {"shell", "trust_remote_code"} and said(k.value) is True)
    return ran


def said(value: ast.expr) -> object:
    return value.value if isinstance(value, ast.Constant) else None


def test_nothing_that_was_read_is_ever_run():
    assert set(found(sources(), code_of)) == set(MAY_RUN)


def test_what_loads_arrays_or_weights_refuses_pickles():
    wanted = {"train/builtin/towers.py": ("weights_only", True), "injection/learned.py": ("allow_pickle", False)}
    for path, (keyword, value) in wanted.items():
        loads = [c for _, c in functions(tree(path)) if named(c) in ATTRIBUTES]
        assert loads
        assert all(any(k.arg == keyword and said(k.value) is value for k in c.keywords) for c in loads), path


def test_code_that_comes_with_a_checkpoint_is_named_in_one_place():
    """One switch, off unless a person sets it, handed on by one line."""
    naming = {p for p in sources() if "trust_remote_code" in (SRC / p).read_text(encoding="utf-8")}
    assert naming == {"chat/local/options.py", "chat/local/loading.py"}
    from burnish.chat.local.options import parse

    assert parse({"model": "m"}).trust_remote_code is False


READERS = ("stores/", "images/", "ocr/", "mixing/", "flow.py", "shard_run.py")
SWALLOWS = (ast.Pass, ast.Continue, ast.Break)


def swallowing(path: str) -> set[str]:
    """Handlers that end the matter without a word: a reader could lose an item in one."""
    silent = {
        f"line {node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and all(isinstance(step, SWALLOWS) for step in node.body)
    }
    return silent | {f"suppress, line {c.lineno}" for _, c in functions(tree(path)) if named(c)[1] == "suppress"}


def test_no_reader_swallows_an_error():
    readers = [path for path in sources() if path.startswith(READERS)]
    assert not found(readers, swallowing)


PUBLISHERS = {
    "shard_run.py": "pairs: every item that the reader gave is counted by what became of it",
    "mixing/write.py": "samples of a mix: counted by what was drawn",
    "arms/contest.py": "outcomes of trainings; no pair is in them",
    "arms/pool.py": "tables of which pairs train; no pair is in them",
    "negatives/shards.py": "captions made of pairs: every item is counted by what became of it; and copies of images",
    "negatives/run.py": "lines of captions that were counted when they were made; no pair is in them",
    "passes/signatures.py": "marks of pairs, one an item: counted as they are read",
    "passes/tables.py": "tables over a whole set; no pair is in them",
    "passes/disagreements.py": "tables over whole sets; no pair is in them",
}


def calls_of(path: str, wanted: str) -> set[str]:
    return {name for _, call in functions(tree(path)) if (name := named(call)[1]) == wanted}


def test_shards_reach_an_output_through_a_counting_commit_alone():
    assert set(found(sources(), lambda path: calls_of(path, "publish"))) == set(PUBLISHERS)
    naming = [path for path in sources() if calls_of(path, "record_name")]
    assert all(path.startswith("storage/") for path in naming), "journal records are the storage layer's own"


def test_what_is_read_is_what_is_counted():
    """In the run the reader's items go through one loop: nothing between the reader and the count may drop one."""
    run_module = tree("shard_run.py")
    text = ast.unparse(run_module)
    assert text.count("store.read(") == 1
    assert text.count("tally.add(outcome)") == 1
    run = next(n for n in ast.walk(run_module) if isinstance(n, ast.FunctionDef) and n.name == "run_shard")
    (loop,) = [n for n in ast.walk(run) if isinstance(n, ast.For)]
    assert [ast.unparse(step) for step in loop.body[:2]] == ["sinks.put(outcome)", "tally.add(outcome)"]
    assert not [n for n in ast.walk(loop) if isinstance(n, ast.Continue | ast.Break | ast.Try)]
