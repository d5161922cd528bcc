"""What goes out in AITQE's form comes back as the same scores, up to their whole numbers."""

from __future__ import annotations

import json
from typing import cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from burnish.chat import joint
from burnish.exports import Told
from burnish.exports.aitqe import EXPORT
from burnish.texts import storable
from burnish.values import Caption, JointReply, JointRequest, Picture, Score

PICTURE = Picture(rgb=np.zeros((2, 2, 3), np.uint8), width=2, height=2, format="PNG", mode="RGB")
HALF_A_STEP = 0.5 * (5 - 1) / (10 - 1)

values = st.dictionaries(st.sampled_from([*joint.KEYS]), st.floats(1, 5), min_size=1)


@given(values, st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_the_scores_come_back(given_values: dict[str, float], text: str, rewrite: str) -> None:
    scores = tuple(Score(criterion=name, value=value, confidence=1.0) for name, value in given_values.items())
    original = Caption(text=text, role="alt", maker="source", scores=scores)
    better = Caption(text=rewrite, role="rewrite", maker="test")
    line = EXPORT.line(Told(key="k", image_name="k.jpg", captions=(original, better), chosen=1))
    reply = joint.read(JointRequest(picture=PICTURE, text=text), json.dumps(dict(line)))
    assert isinstance(reply, JointReply)
    back = {score.criterion: score.value for score in reply.scores if score.value is not None}
    assert back.keys() == given_values.keys()
    assert all(abs(cast(float, back[name]) - given_values[name]) <= HALF_A_STEP + 1e-4 for name in back)
    assert line["Recaption"] == storable(rewrite)[0]
