"""The section examples: its figures, and what the page shows of them."""

from burnish import report
from tests.report import outputs


def lay(out):
    rows = [outputs.kept(at, f"text {at}", 3.1 + at % 15 / 10) for at in range(80)]
    rows += [outputs.rewritten(80, "keep this and drop all of that", "keep this", (1.2, 4.9))]
    rows += [outputs.rewritten(81, "one word_changes here", "one word changes here", (1.4, 1.3))]
    rows += [outputs.kept(82, "just below", 2.98), outputs.kept(83, "best of all", 5.0)]
    return outputs.lay(out, [rows[:50], rows[50:]])


def test_each_list_holds_what_it_says(tmp_path):
    told = report.build(str(lay(tmp_path / "out"))).figures["examples"]
    keys = {name: [row["key"] for row in rows] for name, rows in told.items() if isinstance(rows, list)}
    assert keys["change"][0] == "000000080"
    assert set(keys["change"]) == {"000000080", "000000081"}
    assert keys["worst"][0] == "000000081"
    assert keys["best"][0] == "000000083"
    assert keys["borderline"][0] == "000000082"
    assert len(set(keys["random"])) == len(keys["random"]) == 50
    assert told["seed"] == 0
    place = told["worst"][0]
    assert (place["shard"], place["row"], place["stands"]) == ("00001.tar", 31, [1.4, 1.3])


def test_pictures_and_whole_decisions_are_on_the_page(tmp_path):
    report.build(str(lay(tmp_path / "out")))
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert page.count("data:image/webp;base64,") == page.count("<article")
    assert "no picture" not in page
    assert "keep this<del> and drop all of that</del>" in page
    assert "&#34;image_xxh128&#34;" in page


def test_equal_texts_are_shown_once(tmp_path):
    rows = [outputs.rewritten(at, "the_same", "the same") for at in range(20)]
    told = report.build(str(outputs.lay(tmp_path / "out", [rows]))).figures["examples"]
    assert [len(told[name]) for name in ("change", "worst", "best", "random")] == [1, 1, 1, 20]


def test_pictures_that_are_not_there_are_said_to_be_missing(tmp_path):
    out = lay(tmp_path / "out")
    (out / "00000.tar").unlink()
    report.build(str(out))
    page = (out / "report.html").read_text("utf-8")
    assert "no picture" in page
    assert "pictures were not found" in page
