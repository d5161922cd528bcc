"""What the fake server says in the end-to-end test: a different rewrite for each seed, scores by the caption."""

from __future__ import annotations

import json
import re

from burnish.chat.marking import MARK
from burnish.fakeserver.chat import ChatRequest

GOOD = "a road sign that reads 'GIVE WAY' before a bright wall"
_NONCE = re.compile(r'\{"id": "(\w+)"')


def answer(request: ChatRequest) -> str | dict[str, float]:
    """Seed 0 brings in a name, seed 1 writing that is not there, any other is sound."""
    if '"caption"' not in request.text:
        caption = request.text.partition("CAPTION ")[2].replace(MARK, " ")
        return {"5": 0.9} if caption.startswith(json.dumps(GOOD)) else {"1": 0.9}
    nonce = _NONCE.search(request.text)
    assert nonce is not None
    said = ["a road sign in Vienna", "a road sign that reads 'STOP'"]
    seed = request.seed or 0
    return json.dumps({"id": nonce[1], "caption": said[seed] if seed < len(said) else GOOD})
