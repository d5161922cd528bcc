import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.backends.builtin import junk


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red shoes | Shop.com", ["site:Shop.com"]),
        ("Red shoes at shop.example", ["site: at shop.example"]),
        ("Clipart by Jane Roe - apple", ["credit:Clipart by Jane Roe - "]),
        ("Mayor speaks (AP Photo/Jane Roe)", ["credit:(AP Photo/Jane Roe)"]),
        ("IMG_1234 sunset", ["file_name:IMG_1234"]),
        ("red apple.svg", ["file_name:.svg"]),
        ("DSC_0001.JPG", ["file_name:DSC_0001.JPG"]),
        ("untitled-3.png", ["file_name:untitled-3.png"]),
        ("Buy now! Red shoes, free shipping", ["selling:Buy now", "selling:free shipping"]),
        ("Red shoes, only $19.99", ["price:only $19.99"]),
        ("Lake 1920x1080 hd", ["size:1920x1080 hd"]),
        ("Vase, SKU: AB-1234", ["number:SKU: AB-1234"]),
        ("Vase - Stock Photo 12345678", ["stock:Stock Photo 12345678"]),
        ("Vase https://example.com/a", ["address:https://example.com/a"]),
        ("Vase (jane@shop.example)", ["address:jane@shop.example"]),
        ("Vase 7f3a9c2e1b4d5f60", ["hash:7f3a9c2e1b4d5f60"]),
        ("Icon (Wed Aug 25 23:29:46 2004)", ["timestamp:(Wed Aug 25 23:29:46 2004)"]),
        ("Part of the Blue Icon Set", ["collection:Part of the ", "collection: Set"]),
        ("Flag in SVG format", ["format:in SVG format"]),
        ("File:Red apple.jpg", ["wrapper:File:", "file_name:.jpg"]),
        ('a sign "IMG_1234.jpg | Shop.com"', []),
        ("a sign that says buy now", []),
        ("Boeing 747", []),
        ("card", []),
        ("", []),
    ],
)
def test_spans(text, expected):
    assert [f"{span.kind}:{text[span.start : span.stop]}" for span in junk.spans(text)] == expected
    assert all(span.why for span in junk.spans(text))


@given(st.text(max_size=200))
def test_spans_are_in_order_apart_and_inside(text):
    stop = 0
    for span in junk.spans(text):
        assert stop <= span.start < span.stop <= len(text)
        stop = span.stop
    assert 0 <= junk.share(text) <= 1


def test_share_of_junk_characters():
    assert junk.share("") == 0
    assert junk.share("a dog") == 0
    assert junk.share("IMG_1234.JPG") == 1
    assert junk.share("abcd.svg") == pytest.approx(0.5)
