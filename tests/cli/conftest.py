import os

import pytest


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch, tmp_path):
    """No settings of this machine, and a working folder of one's own."""
    for name in [name for name in os.environ if name.startswith("BURNISH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
