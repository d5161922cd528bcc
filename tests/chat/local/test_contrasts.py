"""What contrasting captions need of a model in this process: that it can be their teacher, and that what is written for
its training is what it is asked afterwards, to the character.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from burnish import backends
from burnish.chat import render
from burnish.chat.local.prompting import Prompting
from burnish.chat.worsen import FAULTS, WorsenRequest
from burnish.negatives import lines
from burnish.negatives.settings import Settings
from burnish.negatives.teaching import Worse
from burnish.plan import RewriteRules
from burnish.values import AssessRequest, Draft, Failure, RewriteRequest, State
from tests.chat.local import asking

pytestmark = pytest.mark.slow  # needs torch, which the fast tier does not install


@pytest.fixture(scope="module")
def folder(folder_of: Callable[[str], Path]) -> Path:
    return folder_of("siglip_qwen2")


def test_a_model_in_this_process_teaches(folder: Path) -> None:
    backend = backends.load("transformers", {"model": str(folder)})
    asked = [WorsenRequest(picture=asking.PICTURES[0], text="A red apple", fault=fault) for fault in list(FAULTS)[:2]]
    replies = Worse(backend).answer(asked)  # type: ignore[arg-type]
    assert len(replies) == len(asked)
    for reply in replies:  # its weights are random: a text under the schema, or one that the budget cut off
        assert isinstance(reply, Draft) or (isinstance(reply, Failure) and reply.state is not State.REQUEST_REJECTED)


def test_training_chats_are_what_the_model_is_asked_to_the_character(folder: Path) -> None:
    from transformers import AutoProcessor

    processor = AutoProcessor.from_pretrained(folder)
    prompting = Prompting(processor)
    picture, text = asking.PICTURES[0], asking.TEXTS[0]
    taught = lines.Taught(picture=picture, text=text, target="An apple", scores={"overall": 2.0})
    assess, rewrite = lines.lines(taught, Settings(criteria="overall"))
    budget = RewriteRules().budget
    for line, prompt in (
        (assess, render.choose(AssessRequest(picture=picture, text=text, criterion="overall")).prompt),
        (rewrite, render.write(RewriteRequest(picture=picture, text=text, budget=budget)).prompt),
    ):
        shown = processor.apply_chat_template(line.messages[:-1], tokenize=False, add_generation_prompt=True)
        rendered = prompting.render(prompt)
        assert shown == rendered.prefix + rendered.question
