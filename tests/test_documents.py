"""Documents as other programs make them: web pages, PDF, Word files and e-mail, and what becomes of broken ones."""

from __future__ import annotations

import base64
import io
import json
import logging
import shutil
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from natoqa import readers
from natoqa.errors import ArticleError
from natoqa.readers import Reading
from natoqa.readers.documents import apart
from natoqa.readers.documents.layout import Line, body
from natoqa.types import Article

LIMIT = 5_000_000
DAY = date(2025, 2, 13)
LEAD = "The old bridge over the Larn will be closed to lorries from 1 June, the roads department said on Friday."
QUOTE = "“We had no choice,” said Ann Lee, who leads the department, in a statement to this newspaper."
LAST = "Traffic will be sent over the new bridge at Larnham, which was opened in 2019 and can carry forty tonnes."


def read(folder: Path, content: str | bytes, name: str) -> Reading:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return readers.read(folder / name, name=name, max_bytes=LIMIT)


def article(folder: Path, content: str | bytes, name: str) -> Article:
    reading = read(folder, content, name)
    assert reading.failures == ()
    (found,) = reading.articles
    return found


def reason(folder: Path, content: str | bytes, name: str) -> str:
    reading = read(folder, content, name)
    assert reading.articles == ()
    (failure,) = reading.failures
    return failure.error


@pytest.fixture(autouse=True)
def _no_surprises(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What a parser raises and no reader expects is logged, and a fault of ours."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


# --- web pages ------------------------------------------------------------------------------------------------------

LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Larn Valley News online", "datePublished": "1999-01-01"},
        {
            "@type": ["NewsArticle"],
            "headline": "Bridge over the Larn closed",
            "datePublished": "2025-02-13T23:30:00-05:00",
            "dateModified": "2025-02-14T08:00:00Z",
            "author": [{"@type": "Person", "name": "Jane Doe"}, {"@type": "Person", "name": "Bob Roe"}],
            "publisher": {"@type": "Organization", "name": "Larn Valley News"},
        },
    ],
}
STORY = f"<h1>Bridge over the Larn closed</h1><p>{LEAD}</p><p>{QUOTE}</p><h2>What comes next</h2><p>{LAST}</p>"


def page(head: str = "", story: str = STORY) -> str:
    return (
        f"<!doctype html><html lang='en-GB'><head><meta charset=utf-8>{head}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<main><article>{story}</article></main><aside><h3>Read more</h3><a href='/x'>Dog show won by cat</a></aside>"
        "<footer><p>Copyright 2024 Larn Valley News. All rights reserved.</p></footer></body></html>"
    )


def linked(content: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(content)}</script>"


def test_a_web_page_is_its_main_text_and_what_it_says_of_itself(tmp_path: Path) -> None:
    head = linked(LINKED) + (
        "<title>Bridge over the Larn closed | Larn Valley News</title>"
        "<link rel=canonical href='https://example.org/news/bridge'>"
        "<meta property='og:image' content='https://example.org/2024/01/01/a.jpg'>"
    )
    assert article(tmp_path, page(head), "a.html") == Article(
        title="Bridge over the Larn closed",
        text=f"# Bridge over the Larn closed\n\n{LEAD}\n\n{QUOTE}\n\n## What comes next\n\n{LAST}",
        path="a.html",
        outlet="Larn Valley News",
        published=DAY,
        published_from="JSON-LD",
        updated=date(2025, 2, 14),
        url="https://example.org/news/bridge",
        authors=("Jane Doe", "Bob Roe"),
        language="en-GB",
        kind="news",
    )


META = "<meta property='article:published_time' content='2025-02-13T10:00:00+01:00'>"
DATES = [
    (linked(LINKED) + META.replace("13T", "14T"), STORY, DAY, "JSON-LD"),
    (META, STORY, DAY, "meta"),
    ("<meta name=date content='13 February 2025'>", STORY, DAY, "meta"),
    ("", STORY + "<time itemprop=datePublished datetime=2025-02-13>today</time>", DAY, "meta"),
    (linked({"@type": "NewsArticle", "datePublished": "03/04/2025"}) + META, STORY, DAY, "meta"),
    ("", STORY.replace("The old", "LARNHAM, Feb. 13, 2025 (LVN) — The old"), DAY, "dateline"),
    ("<link rel=canonical href='https://example.org/2025/02/13/bridge'>", STORY, DAY, "address"),
    ("<meta property='og:image' content='https://example.org/2025/02/13/a.jpg'>", STORY, None, None),
    ("<meta property='article:modified_time' content='2025-02-13'>", STORY, None, None),
    ("", STORY + "<p>Copyright 2025. <time datetime=2025-02-13>13 February</time></p>", None, None),
    ("", STORY.replace("The old", "LARNHAM, Feb. 13 (LVN) — The old"), None, None),
    (linked({"@type": "Event", "datePublished": "2025-02-13"}), STORY, None, None),
    (linked({"@type": "NewsArticle", "datePublished": "2025-02-30"}), STORY, None, None),
    ("<script type='application/ld+json'>{broken</script>", STORY, None, None),
]


@pytest.mark.parametrize(("head", "story", "day", "origin"), DATES)
def test_the_day_of_a_page_is_found_in_order_and_never_guessed(
    tmp_path: Path, head: str, story: str, day: date | None, origin: str | None
) -> None:
    found = article(tmp_path, page(head, story), "a.html")
    assert (found.published, found.published_from) == (day, origin)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<meta property='og:title' content='From OpenGraph'>", "From OpenGraph"),
        ("<title>From the window | News</title>", "Bridge over the Larn closed"),
        ("<meta property='og:title' content='https://example.org/a'>", "Bridge over the Larn closed"),
        ("<meta property='og:title' content='C:\\news\\a.html'>", "Bridge over the Larn closed"),
    ],
)
def test_the_title_of_a_page(tmp_path: Path, head: str, title: str) -> None:
    assert article(tmp_path, page(head), "a.html").title == title


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        ({"@type": "OpinionNewsArticle"}, "opinion"),
        ({"@type": "LiveBlogPosting"}, "live"),
        ({"@type": "https://schema.org/NewsArticle", "articleSection": "Opinion"}, "opinion"),
        ({"@type": "NewsArticle", "genre": "Press release"}, "press release"),
        ({"@type": "Article"}, None),
    ],
)
def test_the_kind_of_a_page_is_what_it_says(tmp_path: Path, node: dict[str, str], kind: str | None) -> None:
    assert article(tmp_path, page(linked(node)), "a.html").kind == kind


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "iso-8859-1"),  # wrongly declared
        ("utf-8-sig", "windows-1251"),
        ("utf-16", "utf-8"),
        ("cp1252", "iso-8859-1"),
        ("cp1252", "utf-8"),
        ("cp1252", "no-such-charset"),
        ("cp1251", "windows-1251"),
        ("shift_jis", "shift_jis"),
    ],
)
def test_a_page_is_read_in_its_encoding(tmp_path: Path, encoding: str, declared: str) -> None:
    words = {"cp1251": "Мост через реку закрыт для грузовиков.", "shift_jis": "橋は閉鎖されました。"}
    text = words.get(encoding, "“The café is closed,” she said.")
    story = f"<p>{LEAD if encoding != 'cp1251' else text * 5}</p><p>{text} {text}</p>"
    content = page(story=story).replace("charset=utf-8", f"charset={declared}").replace("“We", '"We')
    assert text in article(tmp_path, content.encode(encoding), "a.html").text


def test_control_characters_in_a_page_are_spaces(tmp_path: Path) -> None:
    story = f"<p>{LEAD} The \x1b[31mminister\x01 said&#1; no&#27;.</p>"
    text = article(tmp_path, page(story=story), "a.html").text
    assert "[31mminister said" in text
    assert "\x1b" not in text


def test_what_nobody_sees_is_not_stored(tmp_path: Path) -> None:
    story = f"<p>{LEAD} The trans\u00adport \u200bmin\u200dister said \u202eedirrevo\u202c: مرحبا \u200fشكرا.</p>"
    text = article(tmp_path, page(story=story), "a.html").text
    assert "The transport minister said edirrevo: مرحبا \u200fشكرا." in text


PAGES = [
    ("<html><body>" + "<div>" * 10_000 + f"<p>{LEAD}</p>" + "</div>" * 10_000 + "</body></html>", "nested too deeply"),
    ("<html><body><p>" + LEAD, "cut off"),
    (f"<div><p>{LEAD}</p>", "cut off"),
    (f"<p>{LEAD}</p><p cla", "cut off"),
    ("<html><body><nav><a href=/>Home</a></nav></body></html>", "no main text"),
    ("<html><body><script>render()</script></body></html>", "no main text"),
    ('<!DOCTYPE html [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><html><body>&b;</body></html>', "declares entities"),
    ("   \n", "empty"),
    (b"<html>\0\0\0</html>" + b"\0" * 500, "NUL bytes"),
    ("x" * (LIMIT + 1), "larger than"),
]


@pytest.mark.parametrize(("content", "told"), PAGES)
def test_pages_that_cannot_be_read(tmp_path: Path, content: str | bytes, told: str) -> None:
    assert told in reason(tmp_path, content, "a.html")


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.95])
def test_a_page_that_is_cut_off_is_never_half_an_article(tmp_path: Path, share: float) -> None:
    content = page(linked(LINKED)).encode()
    assert "cut off" in reason(tmp_path, content[: int(len(content) * share)], "a.html")


# --- PDF ------------------------------------------------------------------------------------------------------------


def pdf(draw: Callable[[Canvas], None], **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def paragraph(canvas: Canvas, lines: list[str], x: float, y: float, size: float = 10) -> float:
    canvas.setFont("Helvetica", size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= 1.2 * size
    return y - 0.6 * size


def newspaper(canvas: Canvas) -> None:
    """Three pages with a running head and a page number; the first with two columns drawn row by row."""
    for number in (1, 2, 3):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, 810, f"Larn Valley News · page {number}")
        canvas.drawString(290, 30, str(number))
        if number == 1:
            canvas.setFont("Helvetica-Bold", 22)
            canvas.drawString(60, 770, "Bridge over the Larn closed")
            canvas.setFont("Helvetica", 10)
            left = ["The old bridge over the river Larn will", "be closed to lorries from June, the trans-",
                    "port department said on Friday to all", "who had asked it for a word in public."]  # fmt: skip
            right = ["Drivers heard on Friday that a well-", "known road beside the mill is the one",
                     "way that is left to the old market of", "Larnham, which opens at five in winter."]  # fmt: skip
            for row, (one, other) in enumerate(zip(left, right, strict=True)):
                canvas.drawString(60, 730 - 12 * row, one)
                canvas.drawString(310, 730 - 12 * row, other)
        else:
            y = paragraph(
                canvas, [f"Page {number} tells that the transport minister was well-known", "for it."], 60, 730
            )
            paragraph(canvas, ["A second paragraph of this page goes on", "over two lines."], 60, y)
        canvas.showPage()


def test_a_pdf_is_running_text_without_running_heads(tmp_path: Path) -> None:
    found = article(tmp_path, pdf(newspaper), "a.pdf")
    assert found.text == "\n\n".join(
        [
            "# Bridge over the Larn closed",
            "The old bridge over the river Larn will be closed to lorries from June, the transport department said on "
            "Friday to all who had asked it for a word in public.",
            "Drivers heard on Friday that a well-known road beside the mill is the one way that is left to the old "
            "market of Larnham, which opens at five in winter.",
            "Page 2 tells that the transport minister was well-known for it.",
            "A second paragraph of this page goes on over two lines.",
            "Page 3 tells that the transport minister was well-known for it.",
            "A second paragraph of this page goes on over two lines.",
        ]
    )
    assert (found.title, found.published, found.authors, found.outlet) == (
        "Bridge over the Larn closed",
        None,
        (),
        None,
    )


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("Bridge over the Larn closed today", "Bridge over the Larn closed today"),
        ("/news/bridge.indd", "Head"),
        ("Microsoft Word - bridge final.docx", "Head"),
        ("https://example.org/bridge", "Head"),
        ("untitled", "Head"),
    ],
)
def test_the_title_of_a_pdf_is_no_path(tmp_path: Path, given: str, title: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle(given)
        canvas.setAuthor("user1")
        paragraph(canvas, [LEAD[:60], LEAD[60:]], 60, paragraph(canvas, ["Head"], 60, 800, 20))

    found = article(tmp_path, pdf(draw), "a.pdf")
    assert (found.title, found.authors, found.published) == (title, (), None)


def test_a_table_in_a_pdf_stays_in_rows(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        y = paragraph(canvas, [LEAD[:60], LEAD[60:]], 60, 800)
        for row in (
            ("Vehicles", "a day"),
            ("Lorries", "1,200"),
            ("Cars", "9,000"),
            ("Bicycles", "300"),
            ("Mules", "2"),
        ):
            canvas.drawString(60, y, row[0])
            canvas.drawString(200, y, row[1])
            y -= 14

    assert "| Vehicles | a day |\n| Lorries | 1,200 |\n| Cars | 9,000 |" in article(tmp_path, pdf(draw), "a.pdf").text


def words(canvas: Canvas) -> None:
    paragraph(canvas, [LEAD[:60], LEAD[60:]], 60, 800)


def scan(canvas: Canvas) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (50, 70), 200)), 0, 0, 595, 842)
    canvas.showPage()


def test_pdfs_that_cannot_be_read(tmp_path: Path) -> None:
    whole = pdf(words)
    assert reason(tmp_path, pdf(scan), "a.pdf") == "it is a scan without text; run text recognition (OCR) over it first"
    assert "holds no text" in reason(tmp_path, pdf(lambda canvas: canvas.showPage()), "a.pdf")
    locked = pdf(words, encrypt=StandardEncryption("secret"))
    assert "it is encrypted" in reason(tmp_path, locked, "a.pdf")
    assert "damaged" in reason(tmp_path, b"%PDF-1.7\nnothing of use\n%%EOF", "a.pdf")
    for share in (0.2, 0.5, 0.8, 0.98):
        assert "cut off" in reason(tmp_path, whole[: int(len(whole) * share)], "a.pdf")
    permitted = article(tmp_path, pdf(words, encrypt=StandardEncryption("", ownerPassword="x", canPrint=0)), "a.pdf")
    assert permitted.text == LEAD


def test_pages_without_text_among_others_are_told_of(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        words(canvas)
        canvas.showPage()
        scan(canvas)

    assert read(tmp_path, pdf(draw), "a.pdf").notes == ("a.pdf: has pages without text, which are left out: 2",)


@pytest.mark.browser
def test_a_page_printed_by_a_browser_is_the_article_alone(tmp_path: Path) -> None:
    """Chromium's own marks around a printed page (title, time, address, number) are no text of it."""
    story = STORY.replace("</p>", "</p>" + f"<p>{LAST.replace('carry', 'bear')} </p>" * 20, 1)
    style = "<style>article{column-count:2;text-align:justify}</style><title>Bridge over the Larn closed</title>"
    # Where a page does not say how it is encoded, Chromium guesses, and not always the same.
    html = f"<html lang=en><head><meta charset=utf-8>{style}</head><body><article>{story}</article></body></html>"
    (tmp_path / "a.html").write_text(html, "utf-8")
    printed = tmp_path / "a.pdf"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={printed}"]
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    subprocess.run([executable, *flags, (tmp_path / "a.html").as_uri()], check=True, capture_output=True, timeout=120)
    found = article(tmp_path, printed.read_bytes(), "a.pdf")
    assert (found.title, found.published) == ("Bridge over the Larn closed", None)
    blocks = found.text.split("\n\n")
    assert blocks[:2] == ["# Bridge over the Larn closed", LEAD]
    assert blocks[-3:] == [QUOTE, "## What comes next", LAST]
    assert set(blocks[2:-3]) == {LAST.replace("carry", "bear")}
    assert "file:" not in found.text


def test_words_broken_at_a_lines_end_are_whole_again() -> None:
    def text(*lines: str) -> str:
        return body([[Line(line, 50, 700 - 12 * n, 300, 710 - 12 * n, 10) for n, line in enumerate(lines)]])

    assert text("the trans-", "port minister") == "the transport minister"
    assert text("a well-", "known road") == "a well-known road"
    assert text("the Larn-", "Mill road") == "the Larn-Mill road"
    assert text("a co-operation and a coopera-", "tion or co-", "operation") == (
        "a co-operation and a cooperation or co-operation"
    )
    assert text("from 2019-", "2021 on") == "from 2019- 2021 on"


# --- Word files -----------------------------------------------------------------------------------------------------

TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
LINKS = f"""<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>
<Relationship Id="r2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>"""
OWN_LINKS = f"""<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="r1" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>"""
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = f"""<?xml version="1.0"?><w:styles {WORD}>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>"""


def core(title: str) -> str:
    return (
        f'<?xml version="1.0"?><cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{title}</dc:title><dc:creator>user1</dc:creator><dc:language>en-GB</dc:language>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2024-12-24T10:00:00Z</dcterms:created></cp:coreProperties>'
    )


def line(text: str, style: str = "") -> str:
    marks = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{marks}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def word(content: str, *, title: str = "", document: str | None = None) -> bytes:
    buffer = io.BytesIO()
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": LINKS,
        "word/document.xml": document
        or f'<?xml version="1.0"?><w:document {WORD}><w:body>{content}</w:body></w:document>',
        "word/_rels/document.xml.rels": OWN_LINKS,
        "word/styles.xml": STYLES,
        "docProps/core.xml": core(title),
    }
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()


REVISED = """<w:p><w:r><w:t>Closed </w:t></w:r><w:del><w:r><w:delText>for ever</w:delText></w:r></w:del>
<w:ins><w:r><w:t>to lorries</w:t></w:r></w:ins><w:hyperlink><w:r><w:t> from June.</w:t></w:r></w:hyperlink></w:p>"""
TABLE = (
    f"<w:tbl><w:tr><w:tc>{line('Lorries')}</w:tc><w:tc>{line('1,200')}</w:tc></w:tr>"
    f"<w:tr><w:tc>{line('Cars')}</w:tc><w:tc>{line('9,000')}</w:tc></w:tr></w:tbl>"
)


def test_a_word_file_is_headings_paragraphs_and_tables(tmp_path: Path) -> None:
    box = f"<w:sdt><w:sdtContent>{line('In a content control.')}</w:sdtContent></w:sdt>"
    story = line("Bridge closed", "T") + line(LEAD) + REVISED + line("What comes next", "H2") + TABLE + box
    found = article(tmp_path, word(story), "a.docx")
    assert found.text == (
        f"# Bridge closed\n\n{LEAD}\n\nClosed to lorries from June.\n\n## What comes next\n\n"
        "| Lorries | 1,200 |\n| Cars | 9,000 |\n\nIn a content control."
    )
    assert (found.title, found.published, found.authors) == ("Bridge closed", None, ())
    assert found.language == "en-GB"


@pytest.mark.parametrize(
    ("given", "title"),
    [("A title", "A title"), ("C:\\Users\\me\\bridge.docx", "Bridge closed"), ("Document1", "Bridge closed")],
)
def test_the_title_of_a_word_file_is_no_path(tmp_path: Path, given: str, title: str) -> None:
    assert article(tmp_path, word(line("Bridge closed", "T") + line(LEAD), title=given), "a.docx").title == title


def test_a_word_file_has_the_day_of_its_dateline(tmp_path: Path) -> None:
    found = article(tmp_path, word(line("Bridge closed", "T") + line(f"LARNHAM, 13 February 2025 – {LEAD}")), "a.docx")
    assert (found.published, found.published_from) == (DAY, "dateline")


def bomb() -> bytes:
    return word("<w:p><w:r><w:t>" + "a" * 300_000_000 + "</w:t></w:r></w:p>")


def test_word_files_that_cannot_be_read(tmp_path: Path) -> None:
    whole = word(line(LEAD))
    entity = f'<!DOCTYPE a [<!ENTITY a "aaaa">]><w:document {WORD}><w:body>{line("&a;")}</w:body></w:document>'
    deep = "<w:sdt><w:sdtContent>" * 5_000 + line(LEAD) + "</w:sdtContent></w:sdt>" * 5_000
    broken = f"<w:document {WORD}><w:body>{line(LEAD)}"
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("../../evil.txt", "x")
    flipped = bytearray(whole)
    flipped[whole.index(b"word/document.xml") + 40] ^= 0xFF
    cases = [
        (whole[: len(whole) // 2], "cut off"),
        (whole[:-30], "cut off"),
        (bytes(flipped), "damaged"),
        (word("", document=entity), "document type"),
        (word("", document=broken), "damaged"),
        (word(deep), "damaged"),
        (word(""), "no text"),
        (other.getvalue(), "no Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old kind"),
        (b"just text", "no Word file"),
    ]
    for content, told in cases:
        assert told in reason(tmp_path, content, "a.docx")


def test_a_word_file_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    started = time.monotonic()
    assert "unpacks to more" in reason(tmp_path, bomb(), "a.docx")
    assert time.monotonic() - started < 60


# --- e-mail ---------------------------------------------------------------------------------------------------------


def mail(headers: str = "", content: str = LEAD, subject: str = "Bridge over the Larn closed") -> str:
    return (
        f"From: Larn Valley News <newsletter@example.org>\nSubject: {subject}\n"
        f"Date: Thu, 13 Feb 2025 23:30:00 -0500\nMIME-Version: 1.0\n{headers}\n{content}\n"
    ).replace("\n", "\r\n")


def parts(*contents: tuple[str, str]) -> str:
    boundary = "".join(f"--b\nContent-Type: {kind}\n\n{content}\n" for kind, content in contents)
    return f"{boundary}--b--"


BOTH = "Content-Type: multipart/alternative; boundary=b\n"
LETTER = (
    "<html><head><style>p{color:red}</style></head><body><table><tr><td><div style='display:none'>Preview text</div>"
    f"<h1>Bridge closed</h1><p>{LEAD}</p></td></tr><tr><td><p>{LAST}</p></td></tr></table></body></html>"
)


def test_a_newsletter_has_subject_sender_and_day_of_sending(tmp_path: Path) -> None:
    content = mail(BOTH, parts(("text/plain; charset=utf-8", "See the page."), ("text/html; charset=utf-8", LETTER)))
    found = article(tmp_path, content, "a.eml")
    assert found.text == f"# Bridge closed\n\n{LEAD}\n\n{LAST}"
    assert (found.title, found.outlet) == ("Bridge over the Larn closed", "Larn Valley News")
    assert (found.published, found.published_from, found.authors) == (DAY, "header", ())


@pytest.mark.parametrize(
    ("sender", "headers", "outlet", "authors"),
    [
        ("Larn Valley News <news@example.org>", "", "Larn Valley News", ()),
        ("Ann Lee <ann@example.org>", "", None, ("Ann Lee",)),
        ("Ann Lee <ann@example.org>", "List-Id: <larn.example.org>\n", "Ann Lee", ()),
        (
            "Ann Lee from The Larn Letter <ann@example.org>",
            "List-Unsubscribe: <x:y>\n",
            "The Larn Letter",
            ("Ann Lee",),
        ),
        ("=?utf-8?q?The_Caf=C3=A9?= <news@example.org>", "", "The Café", ()),
        ("news@example.org", "", None, ()),
        ("broken <<", "", None, ()),
    ],
)
def test_the_sender_is_outlet_or_author(
    tmp_path: Path, sender: str, headers: str, outlet: str | None, authors: tuple[str, ...]
) -> None:
    content = mail(headers).replace("Larn Valley News <newsletter@example.org>", sender)
    found = article(tmp_path, content, "a.eml")
    assert (found.outlet, found.authors) == (outlet, authors)


def test_a_forwarded_message_is_undated(tmp_path: Path) -> None:
    reading = read(tmp_path, mail(subject="Fwd: Bridge closed"), "a.eml")
    (found,) = reading.articles
    assert (found.title, found.published, found.published_from) == ("Bridge closed", None, None)
    assert "forwarded" in reading.notes[0]


UTF8 = "Content-Type: text/plain; charset=utf-8\n"
ENCODED = base64.encodebytes("“No,” said Ann Lée.".encode()).decode()


@pytest.mark.parametrize(
    ("headers", "content", "text"),
    [
        (
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n",
            ENCODED,
            "“No,” said Ann Lée.",
        ),
        ("Content-Type: text/plain; format=flowed\n", "One line \ngoes on.\n\nNext.", "One line goes on.\n\nNext."),
        (BOTH, parts(("text/plain", LEAD), ("text/html", "<html><body><img src=x></body></html>")), LEAD),
        (BOTH, parts(("text/plain", LEAD), ("application/pdf", "x")), LEAD),
    ],
)
def test_the_parts_of_a_message(tmp_path: Path, headers: str, content: str, text: str) -> None:
    assert article(tmp_path, mail(headers, content), "a.eml").text == text


def test_a_day_of_sending_that_is_none_is_never_taken(tmp_path: Path) -> None:
    for zone in ("-9999999999999999999999", "+99999"):
        found = read(tmp_path, mail().replace("2025 23:30:00 -0500", f"{zone} 23:30:00 {zone}"), "a.eml")
        assert all(each.published is None for each in found.articles)


def test_messages_that_cannot_be_read(tmp_path: Path) -> None:
    whole = mail(BOTH, parts(("text/plain", LEAD), ("text/html", LETTER)))
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2_000))
    cases = [
        (whole[: len(whole) // 2], "cut off"),
        (whole[:-6], "cut off"),
        ("no headers at all\n\nText.", "no e-mail"),
        (mail(content=""), "no text"),
        (mail("Content-Type: multipart/encrypted; boundary=b\n", parts(("text/plain", LEAD))), "encrypted"),
        (mail(nested, LEAD), ""),
    ]
    for content, told in cases:
        assert told in reason(tmp_path, content, "a.eml")


# --- wrong names, limits, hostile files -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.html", "a.docx", "a.eml", "a.pdf"])
def test_a_file_is_what_its_content_says(tmp_path: Path, name: str) -> None:
    files: dict[str, str | bytes] = {"html": page(), "docx": word(line(LEAD)), "pdf": pdf(words)}
    for kind, content in files.items():
        reading = read(tmp_path, content, name)
        assert LEAD in reading.articles[0].text
        assert (reading.notes == ()) == name.endswith(kind)


def test_a_document_that_takes_too_long_is_a_failure_and_the_next_is_read(tmp_path: Path) -> None:
    worker = apart.Worker(limit_s=2.0)
    slow = "<html><body>" + f"<p>{LEAD}</p>" * 3 + "<li>x" * 400_000 + "</body></html>"
    started = time.monotonic()
    with pytest.raises(ArticleError, match="more than 2 s"):
        worker.extract("html", slow.encode(), max_chars=LIMIT)
    assert time.monotonic() - started < 10
    worker.limit_s = 25.0
    assert worker.extract("eml", mail().encode(), max_chars=LIMIT).body == LEAD
    worker.close()


def test_memory_is_limited_and_the_next_document_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = apart.Worker()
    assert worker.extract("eml", mail().encode(), max_chars=LIMIT).body == LEAD
    assert worker._process is not None
    status = Path(f"/proc/{worker._process.pid}/limits")
    if status.exists():
        (told,) = (row for row in status.read_text().splitlines() if row.startswith("Max data size"))
        assert int(told.split()[3]) == apart.LIMIT_MB << 20 < 1 << 30
    worker._process.kill()
    worker._process.wait()
    assert worker.extract("eml", mail().encode(), max_chars=LIMIT).body == LEAD
    with pytest.raises(ArticleError, match="larger than"):
        worker.extract("eml", mail().encode(), max_chars=10)
    worker.close()


def test_documents_may_be_read_in_several_threads(tmp_path: Path) -> None:
    found: list[str] = []

    def one(number: int) -> None:
        found.append(article(tmp_path, mail(content=f"{LEAD} {number}"), f"{number}.eml").text)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"{LEAD} {number}" for number in range(8)]


SAMPLES = {
    ".html": page(linked(LINKED) + META).encode(),
    ".pdf": pdf(newspaper),
    ".docx": word(line("Title", "T") + line(LEAD) + TABLE),
    ".eml": mail(BOTH, parts(("text/plain", LEAD), ("text/html", LETTER))).encode(),
}


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(SAMPLES)),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4), st.integers(0, 20)), min_size=1, max_size=6),
)
def test_damaged_documents_are_articles_or_failures(
    tmp_path_factory: pytest.TempPathFactory, kind: str, wounds: list[tuple[float, bytes, int]]
) -> None:
    content = bytearray(SAMPLES[kind])
    for place, put, left_out in wounds:
        start = int(place * len(content))
        content[start : start + left_out] = put
    reading = read(tmp_path_factory.getbasetemp(), bytes(content), f"damaged{kind}")
    assert reading.articles or reading.failures
    for found in reading.articles:
        assert found.title
        json.dumps(found.to_dict(), ensure_ascii=False).encode()
