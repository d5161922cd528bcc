"""What holds for all code here: sizes, layers, quick imports, nothing left over, nothing untested."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from burnish import discovery

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "burnish"
CODE = sorted(
    path
    for folder in ("src", "tests", "tools", "benchmarks", "examples")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)

PAGES = sorted(path for ending in ("js", "css", "html") for path in SRC.rglob(f"*.{ending}"))

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

# From the bottom up: a module may import from its own row and from the rows above it in this list, never from below.
LAYERS = (
    ("errors", "values", "usage", "sensitive", "confined", "intervals"),
    ("texts", "edits", "mojibake", "discovery", "sample", "replies", "injection", "evidence", "guards", "languages"),
    ("sentences", "tokens", "only", "constraints"),
    ("protocols", "criteria", "operators", "formats", "entities", "contract", "images", "ocr", "columns"),
    ("storage", "recipes", "records", "plan"),
    ("chat", "standing", "fetching"),
    ("asks", "stores", "backends", "claims", "scenes", "adverts"),
    ("answers", "purse"),
    ("tools", "summary", "card"),
    ("flow",),
    ("shard_run",),
    ("runs",),
    ("engines",),
    ("api", "arms", "train", "evals", "exports", "fakeserver", "mixing", "negatives", "passes", "proxy", "report"),
    ("web",),
    ("publish", "review", "serve"),
    ("cli",),
    ("__main__", "__init__"),
)
LAYER_OF = {name: level for level, names in enumerate(LAYERS) for name in names}

HEAVY = ("torch", "datasets", "openai", "fastapi", "transformers", "onnxruntime", "pyarrow", "numpy", "PIL")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_what_pages_are_made_of_is_short(path):
    assert path.read_text(encoding="utf-8").count("\n") <= MAX_FILE_LINES


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_files_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE_LINES
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long


LEFT_OVER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_nothing_is_left_over(path):
    found = [line for line in path.read_text(encoding="utf-8").splitlines() if LEFT_OVER.search(line)]
    assert not found


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Full names of our modules that a file imports when it runs, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join(parents[: len(parents) - node.level + 1] + ([base] if base else []))
            yield from (f"{base}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=relative)
def test_layers_are_imported_downward(path):
    parts = path.relative_to(SRC.parent).with_suffix("").parts
    mine = parts[1]
    assert mine in LAYER_OF, f"say in LAYERS where {mine} belongs"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ours = {name.split(".")[1] for name in imported(tree, ".".join(parts[:-1])) if name.startswith("burnish.")}
    upward = sorted(name for name in ours if name in LAYER_OF and LAYER_OF[name] > LAYER_OF[mine])
    assert not upward


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_burnish_loads_nothing_heavy():
    assert not loaded_by("import burnish").intersection(HEAVY)


def test_help_loads_nothing_heavy():
    statement = "from burnish.cli import build\ntry:\n build()(['--help'])\nexcept SystemExit:\n pass"
    assert not loaded_by(statement).intersection((*HEAVY, "rich", "pydantic", "burnish.fakeserver.server"))


def test_public_names_are_sorted_and_there():
    import burnish

    assert burnish.__all__ == sorted(burnish.__all__)
    assert all(hasattr(burnish, name) for name in burnish.__all__)


@pytest.mark.parametrize("kind", ["backends", "criteria", "exports", "formats", "recipes", "stores"])
def test_every_plugin_is_under_contract(kind):
    """The contract suite of a kind runs over what discovery finds, so a new file cannot escape it."""
    suites = chain((ROOT / "tests" / "contracts").glob(f"test_{kind}*.py"))
    text = "".join(path.read_text(encoding="utf-8") for path in suites)
    assert f'names("{kind}")' in text
    assert discovery.names(kind)


def test_skips_have_reasons():
    bare = re.compile(r"@?pytest\.(?:mark\.)?skip(?:if)?(?:\(\s*\)|$)", re.MULTILINE)
    here = Path(__file__).name
    assert not [relative(p) for p in CODE if p.name != here and bare.search(p.read_text(encoding="utf-8"))]
