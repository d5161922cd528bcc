"""Words are read as found, pictures rendered over white, blanks and duplicates dropped."""

import pytest

from burnish.train.builtin import clipart

pytest.importorskip("resvg_py", reason="rendering needs the train extra")

RDF = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><metadata>
<rdf:RDF xmlns:cc="http://web.resource.org/cc/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><cc:Work><dc:title>{title}</dc:title>
<dc:description>{description}</dc:description><dc:subject><rdf:Bag><rdf:li></rdf:li><rdf:li>fruit</rdf:li></rdf:Bag>
</dc:subject><dc:creator><cc:Agent><dc:title>A. Painter</dc:title></cc:Agent></dc:creator></cc:Work></rdf:RDF>
</metadata><rect x="1" y="1" width="40" height="20" fill="{fill}"/></svg>"""


def write(folder, name, **words):
    given = {"title": "x", "description": "", "fill": "red", "width": "80mm", "height": "40mm", **words}
    path = folder / "svg" / f"{name}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RDF.format(**given), encoding="utf-8")
    return path


def test_words_are_kept_as_found(tmp_path):
    write(tmp_path, "food/apple_01", title=" apple&amp;amp;lt;b ", description="&lt;p&gt;red&lt;/p&gt;")
    (art,) = clipart.walk(tmp_path)
    assert art.stem == "food/apple_01"
    assert art.title == " apple&amp;lt;b "
    assert art.description == "<p>red</p>"
    assert art.keywords == ("fruit",)
    assert art.creator == "A. Painter"


def test_broken_xml_is_searched_as_text(tmp_path):
    path = write(tmp_path, "broken", title="a pear")
    path.write_text(path.read_text().replace("</metadata>", ""))
    (art,) = clipart.walk(tmp_path)
    assert art.title == "a pear"
    assert art.keywords == ("fruit",)


def test_sizes_in_millimetres_render_with_the_long_side_given(tmp_path):
    wide = clipart.render(write(tmp_path, "wide"))
    tall = clipart.render(write(tmp_path, "tall", width="40mm", height="160mm"))
    assert wide.shape == (192, 384, 3)
    assert tall.shape[0] == 384
    assert (wide[-1, -1] == 255).all()


def test_blanks_and_exact_duplicates_are_dropped(tmp_path):
    for name, fill in (("a", "red"), ("b", "red"), ("c", "blue"), ("d", "white")):
        write(tmp_path, name, fill=fill)
    kept = [art.stem for art, _ in clipart.pictures(clipart.walk(tmp_path), processes=1)]
    assert kept == ["a", "c"]


def test_what_is_no_drawing_gives_nothing(tmp_path):
    path = tmp_path / "x.svg"
    path.write_text("not a drawing")
    assert clipart.render(path) is None
