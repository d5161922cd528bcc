"""Plug-ins of other packages, found by their entry points."""

import pytest

from burnish import discovery
from burnish.errors import UsageError


@pytest.fixture
def package(tmp_path):
    """A package as pip would install it: a module, and the entry point that names an object in it."""
    (tmp_path / "shop_criteria.py").write_text("PRICE = 'a criterion'\n")
    meta = tmp_path / "shop-1.0.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_text(
        "[burnish.criteria]\nprice = shop_criteria:PRICE\n[console_scripts]\nshop = shop:main\n"
    )
    return tmp_path


def test_a_plug_in_of_another_package_is_found_once_it_is_installed(package, monkeypatch):
    before = discovery.names("criteria")
    with pytest.raises(UsageError, match="unknown criteria 'price'"):
        discovery.load("criteria", "price")
    with monkeypatch.context() as installed:
        installed.syspath_prepend(package)
        assert discovery.names("criteria") == sorted([*before, "price"])
        assert "price" not in discovery.names("stores")
        assert discovery.load("criteria", "price") == "a criterion"
    assert discovery.names("criteria") == before
