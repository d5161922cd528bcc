"""Hazard 16: texts that a spreadsheet would run, or that quoting could break, pass through every form as they are."""

from dataclasses import replace

import pytest

from burnish import discovery
from burnish.stores import open_store
from tests.stores.forms import copy, forms, pairs, samples

TEXTS = ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1-1", "\tx\t", 'a "quoted"\nnew line', "'; DROP TABLE x; --", ",;,\r\n"]


@pytest.mark.parametrize(("name", "form"), [(name, form) for name in discovery.names("stores") for form in forms(name)])
def test_cells_stay_as_they_are(name, form, tmp_path):
    form = forms(name)[form]
    found = [
        replace(s, text=text, foreign={**s.foreign, "url": text}) for s, text in zip(samples(), TEXTS, strict=True)
    ]
    form.build(tmp_path / "src", found)
    store = open_store(str(tmp_path / "src"), name)
    assert [(p.text, p.fields["url"]) for p in pairs(store)] == [(text, text) for text in TEXTS]
    copy(store, tmp_path / "out")
    assert form.rows(tmp_path / "out") == found
    copy(store, tmp_path / "new", lambda p: p.text[::-1])
    assert [s.text for s in form.rows(tmp_path / "new")] == [text[::-1] for text in TEXTS]
