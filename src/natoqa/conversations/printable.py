"""A conversation as one HTML page to read, print and send: no script, nothing loaded, light and dark.

Every value of other people passes through `_text` or `web_address`; each text stands in a `bdi`, so that its direction
ends with it. The content security policy allows the one style sheet and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence

from natoqa.citations import quoted
from natoqa.conversations import wording
from natoqa.conversations.kept import Conversation, KeptTurn
from natoqa.conversations.standing import Standing, Standings
from natoqa.sanitizing import html_text, one_line, web_address
from natoqa.types import Answer, Article, Citation

# Contrast on both grounds is at least 4.5 to 1 for every colour of text.
_STYLE = """
:root { color-scheme: light dark; --text: #1a1a1a; --ground: #fff; --quiet: #555; --line: #c8c8c8; --link: #0b57a4;
  --alert: #9c2f00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e8; --ground: #161616; --quiet: #ababab; --line: #4a4a4a; --link: #8ab8f0; --alert: #ffab85; }
}
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 Georgia, serif; color: var(--text);
  background: var(--ground); overflow-wrap: anywhere; }
h1, h2 { line-height: 1.25; }
h1 { font-size: 1.7rem; }
h2 { font-size: 1.25rem; margin: 0 0 .3rem; }
section { margin-top: 1.6rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
.about, .query, .notes { color: var(--quiet); font-size: .92rem; }
.quotations { list-style: none; padding: 0; }
.quotations li { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); break-inside: avoid; }
blockquote { margin: 0; white-space: pre-line; }
.source { margin: .3rem 0 0; font-size: .92rem; color: var(--quiet); }
.change { margin: .3rem 0 0; font-size: .92rem; font-weight: bold; color: var(--alert); }
a { color: var(--link); }
@media print {
  :root { color-scheme: light; --text: #000; --ground: #fff; --quiet: #333; --line: #888; --link: #000; --alert: #000; }
  body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; }
  h2 { break-after: avoid; }
}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; \
form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<header>
<h1>{heading}</h1>
<p class="about">{about}</p>
</header>
{turns}
</main>
</body>
</html>
"""


def page(conversation: Conversation, standings: Standings) -> str:
    """Return the conversation as a whole HTML document, to be written as UTF-8."""
    title = one_line(wording.heading(conversation.title))
    return _PAGE.format(
        hash=_STYLE_HASH,
        style=_STYLE,
        title=html_text(title),
        heading=_text(title),
        about=wording.about(conversation),
        turns="\n".join(_turn(turn, standings.get(turn.number, ())) for turn in conversation.turns),
    )


def _text(value: object) -> str:
    return f"<bdi>{html_text(value)}</bdi>"


def _turn(turn: KeptTurn, standings: Sequence[Standing]) -> str:
    parts = [f"<h2>{turn.number}. {_text(turn.question)}</h2>", f'<p class="about">{wording.asked(turn)}</p>']
    if turn.unanswered:
        parts += [f"<p>{_text(each)}</p>" for each in wording.unanswered(turn.unanswered)]
    if turn.answer:
        parts += _answered(turn, turn.answer, standings)
    return "<section>\n" + "\n".join(parts) + "\n</section>"


def _answered(turn: KeptTurn, answer: Answer, standings: Sequence[Standing]) -> list[str]:
    parts = []
    if query := wording.searched_for(turn):
        parts.append(f'<p class="query">Searched for: {_text(query)}</p>')
    parts.append(f"<p>{_answer(turn.number, answer)}</p>")
    changes = {each.number: wording.change(each) for each in standings}
    if answer.citations:
        quotations = "\n".join(_citation(turn.number, each, changes.get(each.number)) for each in answer.citations)
        parts.append(f'<ol class="quotations">\n{quotations}\n</ol>')
    if answer.nearest:
        nearest = "".join(_near(article, closest, changes) for article, closest in answer.near())
        parts.append(f"<p>Nearest articles:</p><ul>{nearest}</ul>")
    if answer.notes:
        parts.append(f'<ul class="notes">{"".join(f"<li>{_text(note)}</li>" for note in answer.notes)}</ul>')
    return parts


def _near(article: Article, closest: Citation | None, changes: Mapping[int, str | None]) -> str:
    told = f". {_text(wording.closest(closest, changes.get(closest.number)))}" if closest else ""
    return f"<li>{_text(article.title)}, {_origin(article)}{told}</li>"


def _answer(turn: int, answer: Answer) -> str:
    if not answer.sentences:
        return _text(answer.text)
    return " ".join(
        _text(sentence.text)
        + "".join(f' <a href="#{_place(turn, number)}">[{number}]</a>' for number in sentence.citations)
        for sentence in answer.sentences
    )


def _citation(turn: int, citation: Citation, change: str | None) -> str:
    changed = f'<p class="change">{change}</p>' if change else ""
    return (
        f'<li id="{_place(turn, citation.number)}"><blockquote>[{citation.number}] {_text(quoted(citation.quote))}'
        f'</blockquote><p class="source">{_text(wording.speaker(citation))}: <cite>{_text(citation.title)}</cite>, '
        f"{_origin(citation)}</p>{changed}</li>"
    )


def _place(turn: int, number: int) -> str:
    return f"quotation-{turn}-{number}"


def _origin(source: Article | Citation) -> str:
    day = wording.day(source)
    dated = f'<time datetime="{source.published.isoformat()}">{day}</time>' if source.published else day
    return f"{_text(wording.outlet(source))}, {dated}, {_link(source.url)}"


def _link(url: str | None) -> str:
    address = web_address(url)
    if address is None:
        return wording.NO_LINK
    # The address is written out, so that it can be read on paper.
    return f'<a href="{html_text(address)}" rel="noopener noreferrer nofollow">{html_text(address)}</a>'
