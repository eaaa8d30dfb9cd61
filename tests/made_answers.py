"""Answers for tests: hand-made ones, and the strategies that make any."""

from datetime import date

from hypothesis import strategies as st

from natoqa import Answer, AnswerSentence, Article, Citation, Filters
from natoqa.types import Account, Difference

QUOTE = "Freedonia will not send troops to Sylvania."


def article(text: str = f"Talks began. {QUOTE}", **given: object) -> Article:
    described: dict[str, object] = {
        "title": "No troops",
        "path": "troops.md",
        "outlet": "The Courier",
        "published": date(2025, 2, 13),
        "url": "https://courier.example/troops",
        "article_id": "troops",
        "version": 1,
    }
    return Article(text=text, **(described | given))  # type: ignore[arg-type]


def answer(question: str = "Will Freedonia send troops?", *, of: Article | None = None, quote: str = QUOTE) -> Answer:
    """Return an answer of one sentence that quotes an article."""
    source = of or article()
    start = source.text.index(quote)
    citation = Citation(1, quote, start, start + len(quote), source, speaker="Ann Lee", role="Minister")
    sentence = f"Ann Lee said: “{quote}”"
    return Answer(
        question=question,
        query=question,
        status="answered",
        answerer="extractive",
        text=f"{sentence} [1]",
        sentences=(AnswerSentence(sentence, (1,)),),
        citations=(citation,),
        confidence=0.5,
        as_of=source.published,
    )


# With the halves of characters that JSON can hold and UTF-8 cannot.
anything = st.text(st.characters(exclude_categories=()), max_size=20)
maybe = st.none() | anything
days = st.none() | st.dates()
numbers = st.integers(0, 10**6)

articles = st.builds(
    Article,
    title=anything,
    text=anything,
    path=anything,
    outlet=maybe,
    published=days,
    url=maybe,
    authors=st.lists(anything, max_size=2).map(tuple),
    article_id=anything,
    version=numbers,
)
citations = st.builds(
    Citation,
    number=numbers,
    quote=anything,
    start=numbers,
    end=numbers,
    article=articles,
    speaker=maybe,
    role=maybe,
    copies=st.lists(articles, max_size=2).map(tuple),
)
answers = st.builds(
    Answer,
    question=anything,
    query=anything,
    status=st.sampled_from(["answered", "partial", "not_in_corpus"]),
    answerer=anything,
    text=anything,
    short_answer=maybe,
    sentences=st.lists(st.builds(AnswerSentence, anything, st.lists(numbers, max_size=3).map(tuple)), max_size=3).map(
        tuple
    ),
    citations=st.lists(citations, max_size=3).map(tuple),
    nearest=st.lists(articles, max_size=3).map(tuple),
    confidence=st.floats(0, 1),
    as_of=days,
    filters=st.builds(Filters, days, days, st.none() | anything.filter(bool)),
    notes=st.lists(anything, max_size=2).map(tuple),
    elapsed_ms=st.floats(0, 1e6),
    differing=st.lists(
        st.builds(Difference, anything, st.lists(st.builds(Account, anything, numbers), max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
    closest=st.lists(citations, max_size=3).map(tuple),
)
