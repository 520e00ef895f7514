"""HTML mail as text (resiliparse) and as safe HTML for display (nh3)."""

import html as entities
import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import unquote

import nh3
from resiliparse.extract.html2text import extract_plain_text

from posthus.conversations.charsets import storable

MAX_HTML_CHARACTERS = 5_000_000
MAX_NESTING = 5_000

TAGS = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "main",
        "mark",
        "nav",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
# Removed with everything inside; any other unknown tag loses only itself.
DROPPED = frozenset(
    [
        "applet",
        "embed",
        "frame",
        "frameset",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "xml",
    ]
)
TABLE = frozenset({"align", "bgcolor", "border", "cellpadding", "cellspacing", "height", "valign", "width"})
CELL = frozenset({"align", "bgcolor", "colspan", "height", "nowrap", "rowspan", "valign", "width"})
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"dir", "lang", "style", "title"}),
    "a": frozenset({"href"}),
    "blockquote": frozenset({"cite", "type"}),
    "col": frozenset({"align", "span", "width"}),
    "colgroup": frozenset({"align", "span", "width"}),
    "details": frozenset({"open"}),
    "div": frozenset({"align"}),
    "font": frozenset({"color", "face", "size"}),
    "hr": frozenset({"align", "size", "width"}),
    "img": frozenset({"alt", "height", "src", "width"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start", "type"}),
    "p": frozenset({"align"}),
    "table": TABLE,
    "tbody": TABLE,
    "td": CELL,
    "th": CELL,
    "time": frozenset({"datetime"}),
    "tr": TABLE,
    "ul": frozenset({"type"}),
}
# Nothing that loads, hides behind or lies over other things: no background images, position, z-index, opacity.
STYLES = frozenset(
    [
        "background-color",
        "border",
        "border-bottom",
        "border-bottom-color",
        "border-bottom-style",
        "border-bottom-width",
        "border-collapse",
        "border-color",
        "border-left",
        "border-left-color",
        "border-left-style",
        "border-left-width",
        "border-radius",
        "border-right",
        "border-right-color",
        "border-right-style",
        "border-right-width",
        "border-spacing",
        "border-style",
        "border-top",
        "border-top-color",
        "border-top-style",
        "border-top-width",
        "border-width",
        "color",
        "direction",
        "display",
        "font",
        "font-family",
        "font-size",
        "font-style",
        "font-variant",
        "font-weight",
        "height",
        "letter-spacing",
        "line-height",
        "list-style-type",
        "margin",
        "margin-bottom",
        "margin-left",
        "margin-right",
        "margin-top",
        "max-height",
        "max-width",
        "min-height",
        "min-width",
        "overflow-wrap",
        "padding",
        "padding-bottom",
        "padding-left",
        "padding-right",
        "padding-top",
        "table-layout",
        "text-align",
        "text-decoration",
        "text-indent",
        "text-transform",
        "vertical-align",
        "white-space",
        "width",
        "word-break",
        "word-spacing",
        "word-wrap",
    ]
)
IMAGE = re.compile(r'<img(?: [\w-]+="[^"]*")* src="([^"]*)"')
INLINE_IMAGE = re.compile(r"data:image/(?:png|gif|jpeg|webp|bmp);base64,", re.IGNORECASE)
LINK_SCHEME = re.compile(r"\s*(?:https?|mailto|tel):", re.IGNORECASE)
TAG_START = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,30})")
NEVER_OPEN = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
LOADS = re.compile(r"url\s*\(|image-set|expression|@import|\\", re.IGNORECASE)


def is_too_deep(page: str) -> bool:
    """Whether elements nest so deeply that cleaning would take quadratic time."""
    if page.count("<") < MAX_NESTING:
        return False
    nested: Counter[str] = Counter()
    depth = 0
    for tag in TAG_START.finditer(page):
        name = tag.group(2).lower()
        if name in NEVER_OPEN:
            continue
        if not tag.group(1):
            nested[name] += 1
            depth += 1
        elif nested[name] > 0:
            nested[name] -= 1
            depth -= 1
        if depth > MAX_NESTING:
            return True
    return False


def as_page(text: str) -> str:
    """Plain text for display among HTML."""
    return f'<div style="white-space:pre-wrap">{entities.escape(text)}</div>'


def html_to_text(page: str) -> str:
    """What a reader sees, with paragraphs and lists as lines; empty for a page without text."""
    text = extract_plain_text(
        storable(page[:MAX_HTML_CHARACTERS]),
        preserve_formatting=True,
        main_content=False,
        alt_texts=False,
        links=False,
    )
    return storable(str(text))


def permitted_value(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value, or None when it could load, run or lead somewhere unexpected."""
    if attribute == "style":
        return None if LOADS.search(value) else value
    if attribute == "href":
        return value if LINK_SCHEME.match(value) else None
    if attribute == "cite":
        return None
    if attribute == "src" and value.lstrip()[:5].lower() == "data:":
        return value if INLINE_IMAGE.match(value.lstrip()) else None
    if attribute == "src" and tag != "img":
        return None
    return value


CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(DROPPED),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    attribute_filter=permitted_value,
    filter_style_properties=set(STYLES),
    link_rel="noopener noreferrer",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    strip_comments=True,
    url_relative="deny",
    url_schemes={"cid", "data", "http", "https", "mailto", "tel"},
)


def sanitise_html(page: str, *, allow_images: bool, content_urls: Mapping[str, str] | None = None) -> str:
    """A mail's HTML without anything that runs, submits, tracks or covers the page.

    content_urls: Content-ID (without <>) to the address that serves that attachment; other cid: images lose
    their source. Remote images keep theirs in `data-remote-src` unless allowed. A page nested deeper than
    MAX_NESTING is shown as its text.
    """
    page = storable(page[:MAX_HTML_CHARACTERS])
    if is_too_deep(page):
        return as_page(html_to_text(page))
    known = content_urls or {}

    def replace_source(image: re.Match[str]) -> str:
        start, end = image.span(1)
        before = image.string[image.start() : start - len('src="')]
        source = entities.unescape(image.group(1)).strip()
        scheme = source.split(":", 1)[0].lower()
        if scheme == "cid":
            address = known.get(source[4:]) or known.get(unquote(source[4:]))
            return f'{before}src="{entities.escape(address)}"' if address else f'{before}data-missing="cid"'
        if scheme == "data" or allow_images:
            return image.group()
        return f'{before}data-remote-src="{image.string[start:end]}"'

    return IMAGE.sub(replace_source, CLEANER.clean(page))
