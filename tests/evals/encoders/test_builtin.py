"""The built-in towers see scenes and words in one space."""

from __future__ import annotations

import numpy as np
import pytest

from burnish.errors import UsageError
from burnish.evals import encoders
from tests.builders import picture


def test_rows_have_length_one_and_the_right_text_is_nearer():
    model = encoders.load("builtin")
    red = picture()
    seen, read = model.see([red, red]), model.read(["a red square", "quarterly report of the board"])
    assert seen.shape[0] == read.shape[0] == 2
    assert seen.shape[1] == read.shape[1]
    assert np.linalg.norm(seen, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert (seen[0] == seen[1]).all()
    assert model.identity.startswith("builtin@")


def test_it_has_no_options_and_unknown_encoders_are_named():
    with pytest.raises(UsageError, match="no option 'device'"):
        encoders.load("builtin", {"device": "cpu"})
    with pytest.raises(UsageError, match="Choose from: builtin, open_clip, transformers"):
        encoders.load("clap:x")


def test_a_row_of_zeros_stays():
    rows = encoders.unit(np.array([[0.0, 0.0], [3.0, 4.0]], np.float32))
    assert rows.tolist() == pytest.approx(np.array([[0, 0], [0.6, 0.8]]))
    assert [list(part) for part in encoders.parts([1, 2, 3], 2)] == [[1, 2], [3]]
