"""Shown HTML neither runs, submits, tracks nor covers anything."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from posthus.conversations.html import ATTRIBUTES, TAGS, html_to_text, sanitise_html

PIECES = [
    "<script>alert(1)</script>",
    "<style>@import 'http://x'</style>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://t.example/p.gif' width=1>",
    "<img src=cid:a@b>",
    "<img src='data:image/png;base64,AA=='>",
    "<img src='data:text/html,<script>'>",
    "<a href='javascript:alert(1)'>",
    "<a href=' jAva\tscript:alert(1)'>",
    "<a href='https://x.example/'>",
    "<a href='//x.example/'>",
    "<a title='<img src=\"http://x\">'>",
    "<svg onload=alert(1)><style><img src=x onerror=alert(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action=http://x><input name=q><button formaction=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=x><embed src=x>",
    "<base href=http://x><meta http-equiv=refresh content='0;url=javascript:1'>",
    "<p style='background:url(http://t.example/a);position:fixed;color:red'>",
    "<p style='color:\\75rl(http://x)'>",
    "<table background='http://t.example/b'><td>",
    "<!--[if mso]><script>1</script><![endif]-->",
    "</p></div></a>",
    "\x00",
    "\"'><",
    "Hej med dig",
]


def check_safe(page: str, *, images: bool) -> None:
    """Nothing but allowed tags and attributes, and only harmless addresses."""
    # The second opinion is another parser than the one that cleaned.
    for node in LexborHTMLParser(page).css("body *"):
        assert node.tag in TAGS, node.tag
        permitted = ATTRIBUTES["*"] | ATTRIBUTES.get(node.tag, frozenset())
        for name, value in node.attributes.items():
            assert name in permitted | {"rel", "target", "data-remote-src", "data-missing"}, (node.tag, name)
            text = re.sub(r"\s", "", value or "").lower()
            if name == "src":
                assert text.startswith(("data:image/", "/file/") + (("http:", "https:") if images else ()))
            elif name == "href":
                assert text.startswith(("http:", "https:", "mailto:", "tel:"))
                assert node.attributes["rel"] == "noopener noreferrer"
                assert node.attributes["target"] == "_blank"
            elif name == "style":
                assert not re.search(r"url|expression|position|import|behavior", text)
    assert "<script" not in page.lower()


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=10)), max_size=12).map("".join),
    st.booleans(),
)
def test_whatever_comes_in_is_safe(page: str, images: bool) -> None:
    clean = sanitise_html(page, allow_images=images, content_urls={"a@b": "/file/1"})
    check_safe(clean, images=images)
    html_to_text(page).encode()


def test_remote_images_wait_until_they_are_asked_for() -> None:
    page = '<img alt="x" src="https://t.example/p.gif?a=1&amp;b=2" width="1">'
    blocked = sanitise_html(page, allow_images=False)
    assert 'data-remote-src="https://t.example/p.gif?a=1&amp;b=2"' in blocked
    assert " src=" not in blocked
    assert 'src="https://t.example/p.gif?a=1&amp;b=2"' in sanitise_html(page, allow_images=True)


def test_inline_images_come_from_the_mail() -> None:
    page = '<img src="cid:logo%40x"><img src="cid:gone@x">'
    clean = sanitise_html(page, allow_images=False, content_urls={"logo@x": '/file/1?a="b"'})
    assert 'src="/file/1?a=&quot;b&quot;"' in clean
    assert clean.count(" src=") == 1
    assert "cid:" not in clean


def test_looks_survive() -> None:
    page = (
        '<table width="100%"><td bgcolor="#fff" style="color:red;position:fixed;padding:4px">x</td></table>'
    )
    clean = sanitise_html(page, allow_images=False)
    assert 'style="color:red;padding:4px"' in clean
    assert 'bgcolor="#fff"' in clean


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "span", "table", "x-y"])
def test_deep_nesting_ends_as_text(tag: str) -> None:
    page = f"<{tag}>" * 100_000 + "bund"
    assert "bund" in sanitise_html(page, allow_images=False)
    assert "bund" in html_to_text(page)


def test_text_has_lines_and_no_code() -> None:
    page = "<style>p{}</style><p>Hej Åse</p><p>Tak<br>for i dag</p><ul><li>et</li></ul><script>x</script>"
    lines = [line.strip() for line in html_to_text(page).splitlines() if line.strip()]
    assert lines[:3] == ["Hej Åse", "Tak", "for i dag"]
    assert "x" not in lines
    assert html_to_text("") == ""
