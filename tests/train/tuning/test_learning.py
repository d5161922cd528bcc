"""The loss, against sums written out by hand."""

import math

import pytest

pytest.importorskip("torch", reason="fine-tuning needs the extra [finetune]")
pytest.importorskip("transformers", reason="fine-tuning needs the extra [finetune]")
pytest.importorskip("accelerate", reason="fine-tuning needs the extra [finetune]")

import torch

from burnish.train.tuning.learning import answer_losses

LOGITS = torch.tensor([[[0.0, 1.0, 2.0, 0.5], [1.0, 0.0, 0.0, 0.0]], [[0.2, 0.1, 0.0, 3.0], [2.0, 1.0, 0.0, 0.0]]])


def entropy(row: int, at: int, target: int) -> float:
    shares = LOGITS[row, at].exp()
    return -math.log(float(shares[target] / shares.sum()))


def test_rows_count_by_their_worth_and_tokens_by_theirs():
    batch = {
        "targets": torch.tensor([[0, 2], [3, 1]]),
        "worth": torch.tensor([[0.0, 1.0], [2.0, 2.0]]),
        "score": torch.tensor([-1.0, -1.0]),
    }
    wanted = [entropy(0, 1, 2), 2 * entropy(1, 0, 3) + 2 * entropy(1, 1, 1)]
    assert answer_losses(LOGITS, batch, []).tolist() == pytest.approx(wanted, rel=1e-5)


def test_scores_are_brought_to_the_expectation_that_is_read_at_run_time():
    """Marks 1 and 2 are spelled by token 1 and by tokens 2 and 3; the second row has no score."""
    batch = {
        "targets": torch.tensor([[0, 1], [3, 1]]),
        "worth": torch.tensor([[0.0, 1.0], [1.0, 1.0]]),
        "score": torch.tensor([1.25, -1.0]),
    }
    shares = LOGITS[0, 1].softmax(-1)
    one, two = float(shares[1]), float(shares[2] + shares[3])
    expected = (one + 2 * two) / (one + two)
    scored = (expected - 1.25) ** 2 - math.log(one + two)
    wanted = [scored, entropy(1, 0, 3) + entropy(1, 1, 1)]
    digits = [torch.tensor([1]), torch.tensor([2, 3])]
    assert answer_losses(LOGITS, batch, digits).tolist() == pytest.approx(wanted, rel=1e-5)
