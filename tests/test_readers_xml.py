"""NITF, NewsML-G2, RSS and Atom files: what they give, and the hostile and broken ones."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from natoqa import readers
from natoqa.readers import Reading, markup
from natoqa.types import Article

LIMIT = 20_000_000


def read(folder: Path, content: str | bytes, name: str = "wire.xml") -> Reading:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return readers.read(file, name=name, max_bytes=LIMIT)


def article(folder: Path, content: str | bytes, name: str = "wire.xml") -> Article:
    reading = read(folder, content, name)
    assert reading.failures == ()
    assert len(reading.articles) == 1
    return reading.articles[0]


def reason(folder: Path, content: str | bytes) -> str:
    reading = read(folder, content)
    assert reading.articles == ()
    (failure,) = reading.failures
    assert failure.path.startswith("wire.xml")
    return failure.error


NITF = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "nitf-3-5.dtd">
<nitf xml:lang="en">
 <head>
  <title>A working title</title>
  <docdata management-status="usable">
   <doc-id regsrc="EW" id-string="ew-2025-02-13-42"/>
   <date.issue norm="20250213T233000-0500"/>
  </docdata>
  <pubdata type="print" name="The Daily Example"/>
 </head>
 <body>
  <body.head>
   <hedline><hl1>Ministers meet in <location>Brussels</location></hl1><hl2>No result</hl2></hedline>
   <byline>By <person>Ann Example</person> <byttl>Staff Writer</byttl></byline>
   <dateline><location>BRUSSELS</location></dateline>
   <abstract><p>A summary.</p></abstract>
  </body.head>
  <body.content>
   <block><p>BRUSSELS (EW)&nbsp;&mdash; Ministers <em>met</em> on
     Thursday.</p>
   <media media-type="image"><media-reference source="a.jpg"/><media-caption>A photo</media-caption></media>
   <hl2>Nothing agreed</hl2>
   <p>They said &amp; did <money>5 &lt; 6</money>.</p>
   <ul><li>One</li><li>Two</li></ul>
   <table><tr><td>Yes</td><td>12</td></tr><tr><td>No</td><td>15</td></tr></table></block>
  </body.content>
  <body.end><tagline>Do not print</tagline></body.end>
 </body>
</nitf>"""
NITF_TEXT = (
    "BRUSSELS (EW)\xa0— Ministers met on Thursday.\n\n## Nothing agreed\n\nThey said & did 5 < 6.\n\n- One\n\n- Two\n\n"
    "| Yes | 12 |\n| No | 15 |"
)

XHTML = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body>{}</body></html>'


def news_item(body: str = "<p>Ministers met.</p><p>The end.</p>", *, guid: str = "urn:newsml:ew:42", version: int = 1,
              meta: str = "", item_class: str = "ninat:text") -> str:  # fmt: skip
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="{version}"
     standard="NewsML-G2" xml:lang="en">
     <itemMeta><itemClass qcode="{item_class}"/><provider qcode="nprov:EW"><name>Example Wire</name></provider>
      <versionCreated>2025-02-13T23:30:00-05:00</versionCreated><firstCreated>2025-02-12T08:00:00Z</firstCreated>
      {meta}<title>A working title</title></itemMeta>
     <contentMeta><creator><name>Ann Example</name></creator><by>By Bob Roe</by><language tag="en-GB"/>
      <headline role="hld:sub">No result</headline><headline role="hld:main">Ministers meet</headline></contentMeta>
     <contentSet><inlineXML contenttype="application/xhtml+xml">{XHTML.format(body)}</inlineXML></contentSet>
    </newsItem>"""


def message(*items: str) -> str:
    return (
        '<?xml version="1.0"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2026-01-01</sent>'
        f"</header><itemSet>{''.join(items)}</itemSet></newsMessage>"
    )


def test_what_nitf_gives(tmp_path: Path) -> None:
    found = article(tmp_path, NITF)
    assert found.title == "Ministers meet in Brussels"
    assert found.text == NITF_TEXT
    assert (found.outlet, found.published, found.authors) == (
        "The Daily Example", date(2025, 2, 13), ("Ann Example",),
    )  # fmt: skip
    assert (found.url, found.record) == (None, None)


@pytest.mark.parametrize("name", ["a.xml", "a.nitf", "a.newsml", "a.rss", "a.atom", "A.XML"])
def test_the_root_tells_the_kind_not_the_name(tmp_path: Path, name: str) -> None:
    assert article(tmp_path, NITF, name).title == "Ministers meet in Brussels"
    assert article(tmp_path, news_item(), name).title == "Ministers meet"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('<date.issue norm="20250213T233000-0500"/>', '<date.release norm="20250214"/>', date(2025, 2, 14)),
        ('<date.issue norm="20250213T233000-0500"/>', "", None),
        ('name="The Daily Example"', 'date.publication="20250215T000000Z"', date(2025, 2, 15)),
    ],
)
def test_nitfs_dates(tmp_path: Path, old: str, new: str, expected: date | None) -> None:
    assert article(tmp_path, NITF.replace(old, new)).published == expected


def test_a_byline_without_a_marked_person(tmp_path: Path) -> None:
    content = NITF.replace("<person>Ann Example</person>", "Ann Example,")
    assert article(tmp_path, content).authors == ("Ann Example",)


def test_what_newsml_gives(tmp_path: Path) -> None:
    found = article(tmp_path, news_item())
    assert (found.title, found.text) == ("Ministers meet", "Ministers met.\n\nThe end.")
    assert (found.outlet, found.published, found.authors) == ("Example Wire", date(2025, 2, 13), ("Ann Example",))


def test_newsml_may_carry_nitf_or_plain_text(tmp_path: Path) -> None:
    before, after = news_item().split("<inlineXML")[0], "</contentSet></newsItem>"
    nitf = NITF[NITF.index("<nitf") :]
    assert article(tmp_path, f"{before}<inlineXML>{nitf}</inlineXML>{after}").text == NITF_TEXT
    plain = "<inlineData contenttype='text/plain'>One.\n\nTwo.</inlineData>"
    assert article(tmp_path, before + plain + after).text == "One.\n\nTwo."


def test_the_items_of_a_message_are_articles_of_their_own(tmp_path: Path) -> None:
    items = [news_item(guid="a"), news_item("", guid="b"), news_item("<p>New.</p>", guid="c", version=2),
             news_item("<p>Old.</p>", guid="c", version=1), news_item(guid="d", item_class="ninat:picture"),
             news_item(guid="e", meta='<pubStatus qcode="stat:canceled"/>')]  # fmt: skip
    reading = read(tmp_path, message(*items))
    assert [(found.record, found.text) for found in reading.articles] == [
        ("a", "Ministers met.\n\nThe end."), ("c", "New."),
    ]  # fmt: skip
    assert [(failure.path, failure.error) for failure in reading.failures] == [("wire.xml#2", "it holds no text")]
    assert any("no text: picture" in note for note in reading.notes)
    assert any("withdrawn" in note and "canceled" in note for note in reading.notes)


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_what_its_publisher_withdrew_is_left_out(tmp_path: Path, status: str) -> None:
    for content in (NITF.replace('"usable"', f'"{status}"'), news_item(meta=f'<pubStatus qcode="stat:{status}"/>')):
        reading = read(tmp_path, content)
        assert (reading.articles, reading.failures) == ((), ())
        assert status in reading.notes[0]


# Feeds

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Daily &amp; Sunday</title><link>https://example.org/</link><language>en</language>
<item><title>Ministers &amp;#8217;meet&amp;#8217;</title><link>https://example.org/1</link>
 <guid isPermaLink="false">id-1</guid><pubDate>Thu, 13 Feb 2025 23:30:00 -0500</pubDate>
 <dc:creator>Ann Example</dc:creator><description>A summary.</description>
 <content:encoded><![CDATA[<p>Ministers met.</p><script>alert(1)</script><p>The end.</p>]]></content:encoded></item>
<item><title>A summary only</title><link>https://example.org/2</link><description>Long. </description></item>
<item><title>A third</title><guid>https://example.org/3</guid><author>ann@example.org (Ann Example)</author>
 <content:encoded>&lt;p&gt;Text.&lt;/p&gt;</content:encoded></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>The Daily</title>
<entry><id>tag:1</id><title type="html">A &lt;b&gt;title&lt;/b&gt;</title><link rel="self" href="https://example.org/f"/>
 <link href="https://example.org/1"/><published>2025-02-13T23:30:00-05:00</published><updated>2025-03-01T00:00:00Z</updated>
 <author><name>Ann Example</name></author>
 <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry>
<entry><id>tag:2</id><title>B</title><content type="html">&lt;p&gt;Three.&lt;/p&gt;</content></entry>
<entry><id>tag:3</id><title>C</title><content>Four &lt; five.</content></entry>
<entry><id>tag:4</id><title>D</title><summary>No text.</summary></entry>
<entry><id>tag:5</id><title>E</title><content type="image/png">AAAA</content></entry>
</feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Daily</title></channel>
<item><title>A</title><link>https://example.org/1</link><dc:date>2025-02-13T10:00:00Z</dc:date>
<content:encoded>Text.</content:encoded></item></rdf:RDF>"""


def test_what_rss_gives(tmp_path: Path) -> None:
    reading = read(tmp_path, RSS, "feed.rss")
    assert reading.failures == ()
    first, third = reading.articles
    assert (first.title, first.text) == ("Ministers ’meet’", "Ministers met.\n\nThe end.")
    assert (first.outlet, first.published, first.url, first.authors, first.record) == (
        "The Daily & Sunday", date(2025, 2, 13), "https://example.org/1", ("Ann Example",), "id-1",
    )  # fmt: skip
    assert (third.text, third.url, third.authors, third.published) == (
        "Text.", "https://example.org/3", ("Ann Example",), None,
    )  # fmt: skip
    assert "without their text" in reading.notes[0]
    assert "A summary only (article 2)" in reading.notes[0]


def test_what_atom_gives(tmp_path: Path) -> None:
    reading = read(tmp_path, ATOM, "feed.atom")
    assert [found.text for found in reading.articles] == ["One.\n\nTwo.", "Three.", "Four < five."]
    first = reading.articles[0]
    assert (first.title, first.outlet, first.published, first.url, first.authors) == (
        "A title", "The Daily", date(2025, 2, 13), "https://example.org/1", ("Ann Example",),
    )  # fmt: skip
    assert reading.notes[0].endswith("left out: D (article 4), and 1 more")


def test_what_rss_1_gives(tmp_path: Path) -> None:
    found = article(tmp_path, RDF, "feed.xml")
    assert (found.text, found.outlet, found.published) == ("Text.", "The Daily", date(2025, 2, 13))


# Broken and hostile files


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("content", [NITF, news_item()], ids=["NITF", "NewsML-G2"])
def test_an_article_that_is_cut_off_is_no_article(tmp_path: Path, content: str, share: float) -> None:
    assert "cut off" in reason(tmp_path, content[: int(len(content) * share)])


@pytest.mark.parametrize(
    ("content", "whole", "broken"),
    [
        (message(news_item(guid="a"), news_item(guid="b"), news_item(guid="c"))[:-250], 2, "wire.xml#3"),
        (RSS[: RSS.index("<item><title>A third") + 60], 1, "wire.xml#3"),
        (ATOM[: ATOM.index("Three")], 1, "wire.xml#2"),
        (RSS.replace("</channel></rss>", ""), 2, "wire.xml#4"),
    ],
)
def test_of_a_file_that_is_cut_off_the_whole_articles_stay(
    tmp_path: Path, content: str, whole: int, broken: str
) -> None:
    reading = read(tmp_path, content)
    assert len(reading.articles) == whole
    assert all(found.text.endswith("end.") or found.text.endswith(("Text.", "Two.")) for found in reading.articles)
    (failure,) = reading.failures
    assert failure.path == broken
    assert "cut off" in failure.error


BOMB = '<!DOCTYPE nitf [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1 or str()};" * 10}">' for number in range(1, 12)
)
HOSTILE = [
    (BOMB + "]><nitf><body><body.content><p>&a11;</p></body.content></body></nitf>", "entities of its own"),
    ('<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]><nitf><body><body.content><p>Text &x;</p>'
     "</body.content></body></nitf>", "entities of its own"),
    ('<!DOCTYPE nitf [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><nitf/>', "entities of its own"),
    ("<nitf><body><body.content>" + "<block>" * 10_000 + "Text" + "</block>" * 10_000 + "</body.content></body></nitf>",
     "nested too deeply"),
    ("<rss><channel><item>" + "<a>" * 10_000, "nested too deeply"),
    ("<nitf>" + "<p/>" * 1_200_000 + "</nitf>", "more than 1,000,000 elements"),
    ("<nitf><body><body.content><p>" + "x" * 11_000_000 + "</p></body.content></body></nitf>", "Text node too long"),
    ("x" * (LIMIT + 1), "larger than"),
    ("", "it is empty"),
    (" \n\t", "it is empty"),
    ("A text.", "it is no XML"),
    ('{"text": "a"}', "it is no XML"),
    ("<html><body><p>Text.</p></body></html>", "XML of a kind that natoqa does not read (html)"),
    ("<NewsML><NewsItem/></NewsML>", "(newsml)"),
    ("<nitf/>", "no body.content"),
    ("<nitf><body><body.content/></body></nitf>", "holds no text"),
    ("<nitf><body><body.content><p>a</body.content></body></nitf>", "cut off"),
    ("<nitf><body><body.content><p>a &#0; b</p></body.content></body></nitf>", "invalid xmlChar"),
    ("<rss><channel/></rss>", "it is empty"),
    (b"<nitf>\0\0\0</nitf>", "NUL"),
    ("<x:nitf/>", "does not read (x:nitf)"),
    (news_item().split("<inlineXML")[0] + "<remoteContent href='a'/></contentSet></newsItem>", "where the text lies"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), HOSTILE, ids=[each[1] for each in HOSTILE])
def test_hostile_and_broken_files_fail_with_their_reason(tmp_path: Path, content: str | bytes, expected: str) -> None:
    started = time.process_time()
    assert expected in reason(tmp_path, content)
    assert time.process_time() - started < 15


def test_an_outer_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("The secret.")
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="secret.txt" parse="text"/>'
    content = NITF.replace("Ministers <em>met</em>", include)
    assert "secret" not in article(tmp_path, content).text


def test_unknown_references_stand_for_themselves(tmp_path: Path) -> None:
    found = article(tmp_path, NITF.replace("&nbsp;", " &nosuch; &LT;b&GT; "))
    assert "&nosuch; <b>" in found.text


@pytest.mark.parametrize(
    ("declared", "written", "remarks"),
    [
        ("ISO-8859-1", "latin-1", 0), ("windows-1251", "cp1251", 0), ("utf-16", "utf-16", 0), ("UTF-8", "utf-8-sig", 0),
        ("UTF-8", "cp1252", 1), ("nonsense", "utf-8", 1), ("ascii", "utf-8", 1),
    ],
)  # fmt: skip
def test_declared_and_wrong_encodings(tmp_path: Path, declared: str, written: str, remarks: int) -> None:
    word = "Речь президента" if written == "cp1251" else "Café – naïve" if written != "latin-1" else "Café naïve"
    content = NITF.replace("Ministers <em>met</em>", word).replace("UTF-8", declared).encode(written)
    reading = read(tmp_path, content)
    assert word in reading.articles[0].text
    assert len(reading.notes) == remarks


def test_control_characters_and_unseen_marks(tmp_path: Path) -> None:
    content = NITF.replace("Ministers <em>met</em>", "A\x1b[31m r\u200be\u00add\u202e text עברית \u2067x\u2069")
    assert "A [31m red text עברית x" in article(tmp_path, content).text


# Pieces of HTML


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One <b>two</b> three.</p><p>Four</p>", "One two three.\n\nFour"),
        ("One<br>two<br/><br/>three", "One\ntwo\nthree"),
        ("<h2>Head</h2>Text<div>more<p>and</div>end", "## Head\n\nText\n\nmore\n\nand\n\nend"),
        ("<p>a</p><figure><img src=x onerror=alert(1)><figcaption>Caption</figcaption></figure><p>b</p>", "a\n\nb"),
        ("<style>p {}</style><script>alert('<p>x</p>')</script>Text<!-- no -->", "Text"),
        ("<ul><li>One<li>Two</ul>", "- One\n\n- Two"),
        ("&lt;script&gt; &amp;amp; &eacute;", "<script> &amp; é"),
        ("<p>never closed <b>bold", "never closed bold"),
        ("</p></div>text", "text"),
        ("", ""),
        ("<img src=a.jpg>", ""),
    ],
)
def test_pieces_of_html(source: str, expected: str) -> None:
    assert markup.text_of_fragment(source) == expected


def test_deeply_nested_html_loses_nothing() -> None:
    assert markup.text_of_fragment("<div>" * 10_000 + "deep" + "</div>" * 10_000 + "<p>end</p>") == "deep\n\nend"
