"""docs/cli.md: every command and every option, as the application has them; and the shell completes both."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tools import docs_cli

COMMANDS = dict(docs_cli.leaves(docs_cli.application(), "burnish"))


def test_the_page_is_as_the_application_says() -> None:
    assert docs_cli.PAGE.read_text("utf-8") == docs_cli.page(), "run: python -m tools.docs_cli"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    """U10: each says what it does, with more than its own name."""
    command = COMMANDS[name]
    assert len((command.help or "").split()) >= 4
    for param in command.params:
        assert len((param.help or "").split()) >= 2, f"{param.opts} of {name} says nothing"
    section = docs_cli.page().split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]
    for param in command.params:
        if param.name not in docs_cli.SHARED and param.param_type_name == "option":
            assert all(f"`{name}" in section for name in (*param.opts, *param.secondary_opts))


def completed(words: list[str], home: Path) -> list[str]:
    """What a real bash offers for the last of `words`, after it has been taught what `--show-completion` prints."""
    if not Path("/bin/bash").exists():
        pytest.skip("no bash on this machine, so nothing to teach")
    program = Path(sys.executable).parent / "burnish"
    script = (
        f'eval "$({shlex.quote(str(program))} --show-completion)"\n'
        f"COMP_WORDS=({' '.join(map(shlex.quote, words))}) COMP_CWORD={len(words) - 1}\n"
        'taught="$(complete -p burnish)"; taught="${taught##*-F }"; "${taught%% *}" burnish\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    found = {**os.environ, "HOME": str(home), "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["/bin/bash", "--norc", "-c", script], env=found, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split()


def test_bash_completes_commands(tmp_path: Path) -> None:
    offered = completed(["burnish", ""], tmp_path)
    assert set(offered) == {name.split()[1] for name in COMMANDS}
    assert completed(["burnish", "enh"], tmp_path) == ["enhance"]


def test_bash_completes_options(tmp_path: Path) -> None:
    options = {opt for param in COMMANDS["burnish enhance"].params for opt in param.opts if opt.startswith("--")}
    assert set(completed(["burnish", "enhance", "--"], tmp_path)) >= options
    assert completed(["burnish", "eval", "fit-threshold", "--lab"], tmp_path) == ["--labels"]
