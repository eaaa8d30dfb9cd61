"""Sound files of every kind that natoqa reads, made from stories: what tests and benchmarks damage, mix and count.

PDF files are made with reportlab, which comes with the extra `dev`.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINE = 88
"""Characters of a line in a PDF: what fits across a page."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What a file is made of; `paragraphs` have no line breaks, and with `day` None nothing tells the day."""

    title: str
    paragraphs: Sequence[str]
    day: date | None = date(2025, 2, 13)
    outlet: str = "The Larn Letter"
    url: str = "https://larn.example.org/stories/bridge"

    @property
    def text(self) -> str:
        """The paragraphs, with a blank line between them."""
        return "\n\n".join(self.paragraphs)

    @property
    def iso(self) -> str:
        """The day as it is written in fields, "" without one."""
        return self.day.isoformat() if self.day else ""

    @property
    def blocks(self) -> str:
        """The paragraphs as elements of HTML, XHTML and NITF."""
        return "".join(f"<p>{escape(each)}</p>" for each in self.paragraphs)


def text(story: Story) -> bytes:
    """Return plain text: the title, then the paragraphs."""
    return f"{story.title}\n\n{story.text}\n".encode("utf-8", "surrogatepass")


def markdown(story: Story) -> bytes:
    """Return Markdown with front matter."""
    fields = {"title": story.title, "outlet": story.outlet, "published": story.iso, "url": story.url}
    front = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items() if value)
    return f"---\n{front}---\n\n{story.text}\n".encode("utf-8", "surrogatepass")


def page(story: Story) -> bytes:
    """Return a web page with a menu."""
    published = f'<meta property="article:published_time" content="{story.iso}">' if story.day else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(story.title)}</title>'
        f'<meta property="og:site_name" content="{escape(story.outlet)}">{published}</head><body>'
        f'<nav><a href="/">Home</a></nav><article><h1>{escape(story.title)}</h1>{story.blocks}</article>'
        "</body></html>\n"
    ).encode("utf-8", "surrogatepass")


def pdf(story: Story) -> bytes:
    """Return a PDF of as many pages as the story needs; its letters are those of Latin-1."""
    from textwrap import wrap

    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    height = 0.0
    lines = [
        (story.title, 16),
        *(line for each in story.paragraphs for line in [*((at, 10) for at in wrap(each, _LINE)), ("", 10)]),
    ]
    for line, size in lines:
        if height < 60:
            canvas.showPage() if height else None
            height = 780.0
        canvas.setFont("Helvetica", size)
        canvas.drawString(60, height, line)
        height -= 1.3 * size
    canvas.save()
    return out.getvalue()


def word(story: Story, *, body: str | None = None) -> bytes:
    """Return a Word file; `body`, in Word's XML, stands in place of the paragraphs."""
    if body is None:
        body = "".join(f"<w:p><w:r><w:t>{escape(each)}</w:t></w:r></w:p>" for each in (story.title, *story.paragraphs))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    }
    return packed({name: part.encode("utf-8", "surrogatepass") for name, part in parts.items()})


def mail(story: Story) -> bytes:
    """Return a newsletter with a plain part and a page."""
    message = EmailMessage()
    message["From"] = "The Larn Letter <newsletter@larn.example.org>"
    message["Subject"] = "".join(each for each in story.title if each.isprintable())
    if story.day:
        message["Date"] = format_datetime(datetime(story.day.year, story.day.month, story.day.day, tzinfo=UTC))
    message.set_content(story.text, cte="base64")
    message.add_alternative(f"<html><body>{story.blocks}</body></html>", subtype="html", cte="base64")
    return message.as_bytes()


def _record(story: Story) -> dict[str, object]:
    fields = {
        "title": story.title,
        "text": story.text,
        "url": story.url,
        "published": story.iso or None,
        "outlet": story.outlet,
    }
    return {name: value for name, value in fields.items() if value}


def json_file(story: Story) -> bytes:
    """Return a JSON file of one article."""
    return json.dumps(_record(story), indent=1).encode()


def json_lines(*stories: Story) -> bytes:
    """Return a JSONL file of the stories."""
    lines = (json.dumps(_record(story) | {"id": f"a{number}"}) for number, story in enumerate(stories))
    return "".join(f"{line}\n" for line in lines).encode()


def ninjs(*stories: Story) -> bytes:
    """Return a list of news items in ninjs."""
    items = (
        {
            "uri": f"urn:larn:{number}",
            "headlines": [{"value": story.title}],
            "provider": {"name": story.outlet},
            **({"versioncreated": f"{story.iso}T09:30:00Z"} if story.day else {}),
            "bodies": [{"contenttype": "text/html", "value": story.blocks}],
        }
        for number, story in enumerate(stories)
    )
    return json.dumps(list(items)).encode()


def nitf(story: Story) -> bytes:
    """Return a news item in NITF."""
    day = f'<date.issue norm="{story.iso.replace("-", "")}T093000Z"/>' if story.day else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<nitf><head><docdata>{day}</docdata><pubdata name={_quoted(story.outlet)}/></head><body><body.head>"
        f"<hedline><hl1>{escape(story.title)}</hl1></hedline></body.head><body.content>{story.blocks}</body.content>"
        "</body></nitf>\n"
    ).encode("utf-8", "surrogatepass")


def _newsml_item(story: Story, number: int) -> str:
    day = f"<versionCreated>{story.iso}T09:30:00Z</versionCreated>" if story.day else ""
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:larn:{number}" version="1"><itemMeta>'
        f"<provider><name>{escape(story.outlet)}</name></provider>{day}</itemMeta><contentMeta>"
        f'<headline>{escape(story.title)}</headline></contentMeta><contentSet><inlineXML contenttype="application/'
        f'xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>{story.blocks}</body></html></inlineXML>'
        "</contentSet></newsItem>"
    )


def newsml(story: Story) -> bytes:
    """Return a news item in NewsML-G2."""
    return f'<?xml version="1.0"?>\n{_newsml_item(story, 1)}\n'.encode("utf-8", "surrogatepass")


def newsml_message(*stories: Story) -> bytes:
    """Return a message of several news items in NewsML-G2."""
    items = "".join(_newsml_item(story, number) for number, story in enumerate(stories))
    return (
        f'<?xml version="1.0"?>\n<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{items}</itemSet>'
        "</newsMessage>\n"
    ).encode("utf-8", "surrogatepass")


def rss(*stories: Story) -> bytes:
    """Return an RSS feed with the whole texts."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><guid>urn:larn:{number}</guid>"
        + (f"<pubDate>{story.day:%d %b %Y} 09:30:00 GMT</pubDate>" if story.day else "")
        + f"<content:encoded><![CDATA[{story.blocks}]]></content:encoded></item>"
        for number, story in enumerate(stories)
    )
    return (
        '<?xml version="1.0"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(stories[0].outlet)}</title>{items}</channel></rss>\n"
    ).encode("utf-8", "surrogatepass")


def atom(*stories: Story) -> bytes:
    """Return an Atom feed with the whole texts."""
    items = "".join(
        f"<entry><title>{escape(story.title)}</title><id>urn:larn:{number}</id>"
        + (f"<published>{story.iso}T09:30:00Z</published>" if story.day else "")
        + f'<content type="html">{escape(story.blocks)}</content></entry>'
        for number, story in enumerate(stories)
    )
    return (
        f'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(stories[0].outlet)}</title>'
        f"{items}</feed>\n"
    ).encode("utf-8", "surrogatepass")


def warc(*stories: Story) -> bytes:
    """Return the stories as pages that were fetched."""
    return b"".join(capture(page(story), number) for number, story in enumerate(stories))


def warc_gz(*stories: Story) -> bytes:
    """Return the same, each record packed."""
    return b"".join(gzip.compress(capture(page(story), number), mtime=0) for number, story in enumerate(stories))


def capture(content: bytes, number: int) -> bytes:
    """Return the record of a WARC file that holds the page `content`, as a server sent it."""
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        + f"Content-Length: {len(content)}\r\n\r\n".encode()
        + content
    )
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2025-02-13T09:30:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Target-URI: https://larn.example.org/{number}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def archive(*stories: Story) -> bytes:
    """Return a ZIP archive of Markdown files."""
    return packed({f"2025/{number}.md": markdown(story) for number, story in enumerate(stories)})


def packed(members: dict[str, bytes]) -> bytes:
    """Return a ZIP archive of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _quoted(value: str) -> str:
    return f'"{escape(value)}"'


SINGLE: dict[str, Callable[[Story], bytes]] = {
    "a.txt": text,
    "a.md": markdown,
    "a.html": page,
    "a.pdf": pdf,
    "a.docx": word,
    "a.eml": mail,
    "a.json": json_file,
    "a.nitf": nitf,
    "a.newsml": newsml,
}
"""Kinds of files that hold one article, by the name of a file."""

SEVERAL: dict[str, Callable[..., bytes]] = {
    "several.jsonl": json_lines,
    "several.ninjs.json": ninjs,
    "several.newsml.xml": newsml_message,
    "several.rss": rss,
    "several.atom": atom,
    "several.warc": warc,
    "several.warc.gz": warc_gz,
    "several.zip": archive,
}
"""Kinds of files that hold several."""

MAKERS: dict[str, Callable[..., bytes]] = {**SINGLE, **SEVERAL}
