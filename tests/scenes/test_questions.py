from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.scenes import compose, questions
from burnish.scenes.checker import TruthChecker

SCENES = [compose.scene(43, number) for number in range(100)]


def refuted(scene, text):
    claims = split(text)
    return sum(v is Verdict.REFUTED for v in TruthChecker(scene)(claims))


def test_negatives_of_every_kind_are_true_on_one_side_and_false_on_the_other():
    kinds = set()
    for scene in SCENES:
        for pair in questions.negatives(scene):
            kinds.add(pair.kind)
            assert not refuted(scene, pair.true), pair
            assert refuted(scene, pair.false), pair
    assert kinds == {"object", "attribute", "count", "relation", "text"}


def test_questions_have_the_answers_of_the_truth():
    for scene in SCENES:
        asked = {q.question: q.answer for q in questions.questions(scene)}
        for group in scene.groups:
            counts = [a for q, a in asked.items() if q.startswith("How many ") and f" {group.noun[:3]}" in q]
            assert str(len(group.boxes)) in counts
        assert "no" in asked.values()
        assert all(answer for answer in asked.values())
        if scene.sign:
            assert asked["What is written in the picture?"] == scene.sign.text


def test_both_are_the_same_every_time():
    again = compose.scene(43, 5)
    assert questions.questions(again) == questions.questions(SCENES[5])
    assert questions.negatives(again) == questions.negatives(SCENES[5])
