from statistics import fmean

import pytest

from burnish import api, edits, formats, images, tokens
from burnish.backends.oracle import OracleBackend
from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.contract import Contract, Given
from burnish.errors import UsageError
from burnish.scenes import compose, writing
from burnish.scenes.checker import TruthChecker
from burnish.values import (
    AssessRequest,
    Budget,
    CaptionRequest,
    Draft,
    ExplainRequest,
    Failure,
    JointReply,
    JointRequest,
    Picture,
    RewriteRequest,
    Score,
    State,
)
from tests.builders import picture

PAIRS = 80
BUDGET = Budget(max_changed=1.0, max_inserted=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("oracle") / "scenes"
    writing.write(path, PAIRS, 8, 0.7)
    return str(path)


@pytest.fixture(scope="module")
def known(folder):
    """(picture, scene) of every pair."""
    found = []
    for number, pair in enumerate(api.open(folder)):
        shown = images.decode(pair.image, 384)
        assert isinstance(shown, Picture)
        found.append((shown, compose.scene(8, number, 0.7)))
    return found


def oracle(folder, **options):
    return OracleBackend({"truth": folder, **{key: str(value) for key, value in options.items()}})


def scores(backend, known, criterion="overall"):
    asked = [AssessRequest(picture=shown, text=scene.alt.text, criterion=criterion) for shown, scene in known]
    return backend.answer(asked)


def drafts(backend, known, name, **more):
    asked = [CaptionRequest(picture=p, format=name, text=s.alt.text if name == "afc" else "", **more) for p, s in known]
    return backend.answer(asked)


def test_without_faults_it_separates_good_from_bad_and_says_so_surely(folder, known):
    for score, (_, scene) in zip(scores(oracle(folder), known), known, strict=True):
        assert isinstance(score, Score)
        assert (score.value >= 3) == (scene.alt.kind == "clean"), scene.alt


def test_it_repairs_every_alt_text_and_keeps_the_clean_ones(folder, known):
    asked = [RewriteRequest(picture=shown, text=scene.alt.text, budget=BUDGET) for shown, scene in known]
    for draft, (_, scene) in zip(oracle(folder).answer(asked), known, strict=True):
        assert draft.text == scene.alt.repaired
        assert edits.apply(scene.alt.text, draft.edits) == scene.alt.repaired


def test_another_text_is_left_as_it_is(folder, known):
    (draft,) = oracle(folder).answer([RewriteRequest(picture=known[0][0], text="Hello there", budget=BUDGET)])
    assert draft == Draft(text="Hello there")


@pytest.mark.parametrize("name", ["ssc", "dsc", "dsc+", "afc"])
def test_captions_keep_their_contract_names_and_all(folder, known, name):
    contract = Contract(format=formats.load(name), tokenizer=tokens.load(tokens.WORDS))
    for draft, (_, scene) in zip(drafts(oracle(folder), known, name), known, strict=True):
        given = Given(text=scene.alt.text if name == "afc" else "", writing=None)
        assert not contract.flaws(draft, given), (scene.alt, draft)


def test_a_fused_caption_lists_what_the_picture_refutes(folder, known):
    named = [(shown, scene) for shown, scene in known if scene.alt.false_names]
    assert len(named) >= 2
    for draft, (_, scene) in zip(drafts(oracle(folder), named, "afc"), named, strict=True):
        assert all(name in draft.text for name in scene.alt.true_names)
        assert any(scene.alt.false_names[0] in edit.before for edit in draft.edits)
        assert scene.alt.false_names[0] not in draft.text


def test_joint_answers_and_reasons(folder, known):
    backend = oracle(folder)
    for shown, scene in known:
        joint, told = backend.answer(
            [
                JointRequest(picture=shown, text=scene.alt.text),
                ExplainRequest(picture=shown, text=scene.alt.text, criterion="overall", value=2.0),
            ]
        )
        assert isinstance(joint, JointReply)
        assert (joint.draft is None) == (scene.alt.kind == "clean")
        assert told.text.startswith("The picture does not show") == (scene.alt.kind in {"partly_true", "swapped"})


def test_a_blind_judge_does_not_know(folder, known):
    asked = [
        AssessRequest(picture=shown, text=scene.alt.text, criterion="image_text_matching", blind=True)
        for shown, scene in known
    ]
    assert {reply.value for reply in oracle(folder).answer(asked)} == {3.0}


def test_pictures_that_are_no_scene_get_no_answer(folder):
    (reply,) = oracle(folder).answer([AssessRequest(picture=picture(), text="A dog.", criterion="overall")])
    assert isinstance(reply, Failure)
    assert reply.state is State.REQUEST_REJECTED


def test_scenes_are_known_at_smaller_sizes_too(folder):
    backend = oracle(folder, side_px=128)
    small = [images.decode(pair.image, 128) for pair in api.open(folder)]
    replies = backend.answer([AssessRequest(picture=p, text="A dog.", criterion="overall") for p in small])
    assert all(isinstance(reply, Score) for reply in replies)


@pytest.mark.parametrize(
    ("fault", "state"), [("fail", State.UNPARSABLE), ("refuse", State.REFUSED), ("abstain", State.ABSTAINED)]
)
def test_shares_of_requests_fail_as_asked(folder, known, fault, state):
    hit = [reply.state is state for reply in scores(oracle(folder, **{fault: 0.3}), known)]
    assert 0.15 <= fmean(hit) <= 0.45


def test_errors_bias_and_noise_move_scores(folder, known):
    plain = [reply.value for reply in scores(oracle(folder), known)]
    turned = [reply.value for reply in scores(oracle(folder, error=1), known)]
    assert turned == [pytest.approx(6 - value) for value in plain]
    raised = [reply.value for reply in scores(oracle(folder, bias=1), known)]
    assert raised == [pytest.approx(min(5, value + 1)) for value in plain]
    noisy = [reply.value for reply in scores(oracle(folder, noise=0.5), known)]
    assert 0.1 <= fmean(abs(a - b) for a, b in zip(plain, noisy, strict=True)) <= 0.6


def refuted(scene, text):
    claims = split(text)
    return any(verdict is Verdict.REFUTED for verdict in TruthChecker(scene)(claims))


def test_hallucinations_forgotten_names_and_length(folder, known):
    made_up = drafts(oracle(folder, hallucinate=1), known, "dsc")
    assert fmean(refuted(scene, draft.text) for draft, (_, scene) in zip(made_up, known, strict=True)) >= 0.95
    named = [(shown, scene) for shown, scene in known if scene.alt.true_names]
    forgot = drafts(oracle(folder, forget=1), named, "afc")
    assert not any(n in d.text for d, (_, s) in zip(forgot, named, strict=True) for n in s.alt.true_names)
    long = drafts(oracle(folder, long=1), known, "ssc")
    assert min(tokens.estimate(draft.text) for draft in long) > 15


def test_misjudged_facts_are_listed_or_kept_for_their_opposite(folder, known):
    named = [(shown, scene) for shown, scene in known if scene.alt.false_names]
    for draft, (_, scene) in zip(drafts(oracle(folder, misjudge=1), named, "afc"), named, strict=True):
        listed = " ".join(edit.before for edit in draft.edits)
        assert all(name in draft.text for name in scene.alt.false_names)
        assert not any(name in draft.text for name in scene.alt.true_names)
        assert all(word in listed for name in scene.alt.true_names for word in name.split())


def test_a_stray_rewrite_loses_something_true(folder, known):
    asked = [RewriteRequest(picture=shown, text=scene.alt.text, budget=BUDGET) for shown, scene in known]
    strays = oracle(folder, stray=1).answer(asked)
    shorter = [len(d.text) < len(s.alt.repaired) for d, (_, s) in zip(strays, known, strict=True)]
    assert fmean(shorter) >= 0.8


def test_a_retry_draws_anew(folder, known):
    backend = oracle(folder, long=0.5)
    first = [tokens.estimate(d.text) > 15 for d in drafts(backend, known, "ssc")]
    again = [tokens.estimate(d.text) > 15 for d in drafts(backend, known, "ssc", wrong="too long", last="x")]
    assert first != again
    assert 0.3 <= fmean(first) <= 0.7


def test_the_seed_moves_the_faults_and_the_identity_names_everything(folder, known):
    one, two = oracle(folder, error=0.3, seed=1), oracle(folder, error=0.3, seed=2)
    assert [r.value for r in scores(one, known)] != [r.value for r in scores(two, known)]
    identities = {oracle(folder, **o).identity for o in ({}, {"seed": 1}, {"error": 0.3}, {"bias": -1})}
    assert len(identities) == 4


@pytest.mark.parametrize(
    "options",
    [{}, {"truth": "/nowhere/at/all"}, {"truth": ".", "colour": "red"}, {"truth": ".", "error": "2"},
     {"noise": "x", "truth": "."}],
)  # fmt: skip
def test_impossible_options_are_refused(options):
    with pytest.raises(UsageError):
        OracleBackend(options)


def test_soft_answers_are_read_as_probabilities_are(folder, known):
    plain = scores(oracle(folder), known)
    soft = scores(oracle(folder, soft=0.8), known)
    assert all(0 < reply.confidence < 1 and reply.spread > 0.3 for reply in soft)
    assert all(abs(a.value - b.value) < 0.7 for a, b in zip(plain, soft, strict=True))
    assert min(reply.value for reply in soft) > 1  # the mean over the scale never reaches its ends


def test_a_judge_that_is_blind_to_a_kind_of_claim_misses_what_is_wrong_there(folder, known):
    from burnish.scenes import questions

    asked = [
        (pair.kind, AssessRequest(picture=shown, text=pair.false, criterion="image_text_matching"))
        for shown, scene in known[:30]
        for pair in questions.negatives(scene)
        if pair.kind in {"count", "attribute"}
    ]
    blind = oracle(folder, blind_to="count").answer([request for _, request in asked])
    seen = {
        kind: [r.value for (k, _), r in zip(asked, blind, strict=True) if k == kind] for kind in ("count", "attribute")
    }
    assert all(value is None or value >= 3 for value in seen["count"])
    assert all(value is not None and value < 3 for value in seen["attribute"])
    with pytest.raises(UsageError, match="existence"):
        oracle(folder, blind_to="smell")


def test_one_that_says_yes_to_everything_finds_nothing_wrong(folder, known):
    wrong = [(p, s) for p, s in known if s.alt.kind in {"partly_true", "swapped"}]
    believed = scores(oracle(folder, yes=1), wrong, "image_text_matching")
    assert {reply.value for reply in believed} == {5.0}
    half = [reply.value for reply in scores(oracle(folder, yes=0.5), wrong, "image_text_matching")]
    assert 0 < sum(value == 5 for value in half) < len(half)


def test_it_teaches_what_is_worse_unless_it_is_told_to_be_harmless(folder, known):
    from burnish.chat.worsen import FAULTS, WorsenRequest

    clean = [(p, s) for p, s in known if s.alt.kind == "clean" and not s.alt.true_names]
    asked = [WorsenRequest(picture=p, text=s.alt.text, fault=fault) for p, s in clean for fault in FAULTS]
    backend = oracle(folder)
    for request, reply in zip(asked, backend.worsen(asked), strict=True):
        (score,) = backend.answer([AssessRequest(picture=request.picture, text=reply.text, criterion="overall")])
        assert score.value < 3, (request.text, reply.text)
    for request, reply in zip(asked, oracle(folder, harmless=1).worsen(asked), strict=True):
        (score,) = backend.answer([AssessRequest(picture=request.picture, text=reply.text, criterion="overall")])
        assert score.value >= 3, (request.text, reply.text)
    (failed,) = oracle(folder, fail=1).worsen(asked[:1])
    assert isinstance(failed, Failure)
