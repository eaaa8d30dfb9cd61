"""E-mail newsletters: subject, sender, day of sending and the text of the message.

The Date header is the article's date: a newsletter is published by being sent, and the sender wrote the day into the
message with the zone (it is no time of a file). A forwarded message has the day of forwarding there, so it stays
undated. The sender's name is the outlet where the message is one to many (it says so with a List header, or with an
address such as newsletter@); else it is that of a person, the author. "Ann Lee from The Larn Letter" names both.
"""

from __future__ import annotations

import email
import email.policy
import re
from email.errors import MessageDefect
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from natoqa.errors import ArticleError
from natoqa.readers.decoding import decode
from natoqa.readers.documents import html
from natoqa.readers.documents.extract import Extract, joined, tidy
from natoqa.readers.reading import Remark

MOST_PARTS = 200
"""Parts of a message that are looked at; a newsletter with attachments has ten."""

FORWARDED = "is a forwarded message: its date is that of forwarding; the article stays undated"
ATTACHED = "has attachments, which are not read"

_FORWARDED = re.compile(r"\s*(?:fwd?|wg|tr|rv)\s*:", re.IGNORECASE)
_PREFIXES = re.compile(r"^(?:\s*(?:fwd?|wg|tr|rv|re|aw)\s*:)+\s*", re.IGNORECASE)
_LIST_HEADERS = ("List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID")
_ROLES = re.compile(
    r"(?:no-?reply|news(?:letters?)?|letters?|brief(?:ing|s)?|hello|info|editors?|editorial|daily|alerts?|mail(?:ing)?|"
    r"updates?|press|media|subscriptions?)(?:[.+_-].*)?",
    re.IGNORECASE,
)
_FROM_BOTH = re.compile(r"(.{2,80}?)\s+(?:from|at|via|\|)\s+(.{2,80})")
_CUT = {"CloseBoundaryNotFoundDefect", "StartBoundaryNotFoundDefect", "InvalidBase64LengthDefect"}


def extract(data: bytes) -> Extract:
    """Return the text of an e-mail. Raises `ArticleError` for one that is cut off, encrypted or without text."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        return _read(message)
    except RecursionError as error:
        raise ArticleError("it is nested too deeply") from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError) as error:
        # The header parser of the standard library is known to raise these for hostile headers.
        raise ArticleError(f"it is a damaged e-mail: {type(error).__name__}") from error


def _read(message: EmailMessage) -> Extract:
    if not any(name in message for name in ("From", "Subject", "Date", "Received", "MIME-Version")):
        raise ArticleError("it is no e-mail: it has no headers")
    parts = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > MOST_PARTS:
            raise ArticleError(f"it has more than {MOST_PARTS} parts")
    if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        raise ArticleError("it is encrypted; save a copy as plain text")
    texts: dict[str, str] = {}
    remarks: list[Remark] = []
    for part in parts:
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or part.get_content_maintype() not in ("text", "multipart"):
            if part.get_content_disposition() == "attachment" and Remark(ATTACHED) not in remarks:
                remarks.append(Remark(ATTACHED))
        elif kind in ("text/plain", "text/html") and kind not in texts:
            texts[kind] = _text(part)
        _check_whole(part)
    return _extract(message, texts, remarks)


def _check_whole(part: EmailMessage) -> None:
    if {type(defect).__name__ for defect in part.defects if isinstance(defect, MessageDefect)} & _CUT:
        raise ArticleError("it is cut off: the end of the message is missing")


def _text(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    if not data.strip():
        return ""
    text = decode(data, expected=part.get_content_charset()).text
    flowed = part.get_param("format", "") == "flowed"
    return _unflowed(text) if flowed else text


def _unflowed(text: str) -> str:
    """Join the lines of a paragraph: in this form a line with a space at its end goes on in the next one."""
    return re.sub(r"(?<!\n--) \r?\n(?=\S)", " ", text)


def _extract(message: EmailMessage, texts: dict[str, str], remarks: list[Remark]) -> Extract:
    page = html.of_message(texts["text/html"]) if texts.get("text/html") else ""
    plain = joined(
        "\n".join(filter(None, map(tidy, block.split("\n"))))
        for block in re.split(r"\n\s*\n", texts.get("text/plain", "").replace("\r\n", "\n"))
    )
    # A page of images has its words in the plain part only.
    text = plain if len(page) < len(plain) / 3 else page
    if not text:
        raise ArticleError("it holds no text")
    subject = tidy(str(message["Subject"] or ""))
    fields: dict[str, object] = {"title": _PREFIXES.sub("", subject)} | _sender(message)
    if _FORWARDED.match(subject):
        remarks.append(Remark(FORWARDED))
    elif message["Date"]:
        fields["published"] = _day(str(message["Date"]))
    if language := tidy(str(message["Content-Language"] or "")):
        fields["language"] = language.partition(",")[0]
    return Extract(text, fields, "header", tuple(remarks))


def _day(header: str) -> str | None:
    """Return the calendar day that the sender wrote, in the sender's own zone."""
    try:
        return parsedate_to_datetime(header).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return header


def _sender(message: EmailMessage) -> dict[str, object]:
    header = message["From"]
    addresses = getattr(header, "addresses", ())
    if not addresses:
        return {}
    name = tidy(addresses[0].display_name)
    if not name or "@" in name:
        return {}
    to_many = any(each in message for each in _LIST_HEADERS) or bool(_ROLES.fullmatch(addresses[0].username or ""))
    both = _FROM_BOTH.fullmatch(name)
    if to_many and both:
        return {"authors": [both[1]], "outlet": both[2]}
    return {"outlet": name} if to_many else {"authors": [name]}
