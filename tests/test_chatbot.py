"""From a question to its answer, with the real model on the starter corpus and on articles made for the purpose."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Write
from natoqa import Answer, Chatbot, Index, SettingsError
from natoqa.embedding import Embedding
from natoqa.llm.scripted import ScriptedLLM
from natoqa.prompts import NOT_IN_CORPUS

pytestmark = pytest.mark.model

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, model: Embedding) -> Index:
    """An index of invented articles that have nothing to do with the starter corpus."""
    folder = tmp_path_factory.mktemp("town")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "bridge.md").write_text(
        "---\ntitle: Bridge over the Larn closed\noutlet: Larn Valley News\npublished: 2024-05-03\n---\n"
        "The old bridge over the Larn will be closed to lorries from 1 June, the roads department said on Friday. "
        "Engineer Ines Falk found 41 cracks in the southern arch.\n\n"
        "“There is no danger for cars,” Falk said. “But I would not drive a lorry across it.”\n\n"
        "Mayor Otto Brandt rejected the demand of the hauliers for a temporary ferry. "
        "He added that the town could not pay for one.\n\n"
        "The hauliers' association, led by Karla Voss, plans a protest in Larnstadt, because the detour costs its "
        "members two hours a day.\n",
        encoding="utf-8",
    )
    (corpus / "museum.md").write_text(
        "---\ntitle: Clock museum opens its tower\noutlet: The Larnstadt Gazette\npublished: 2024-06-11\n---\n"
        "The clock museum in Larnstadt opened its tower on Sunday. Some 900 people climbed the 212 steps.\n\n"
        "Director Mei Tanaka said the tower clock of 1688 had been repaired for 75,000 euros. "
        "According to Tanaka, it does not strike at night.\n",
        encoding="utf-8",
    )
    index = Index.open(folder / "index", embedding=model)
    index.sync(corpus)
    return index


ANSWERED = [
    ("How many cracks were found in the bridge?", "41 cracks", None),
    ("Who found the cracks in the arch?", "Ines Falk", None),
    ("When will the bridge be closed to lorries?", "1 June", None),
    ("What did the mayor say about a ferry?", "could not pay for one", "Otto Brandt"),
    ("Why do the hauliers plan a protest?", "two hours", None),
    ("How much did the repair of the tower clock cost?", "75,000 euros", "Mei Tanaka"),
    ("Is the bridge dangerous for cars?", "no danger for cars", "Ines Falk"),
    ("How many steps does the tower have?", "212 steps", None),
]


@pytest.mark.parametrize(("question", "words", "speaker"), ANSWERED)
def test_the_first_citation_answers(town: Index, question: str, words: str, speaker: str | None) -> None:
    answer = Chatbot(town).ask(question)
    assert answer.status == "answered"
    assert words in answer.citations[0].quote
    if speaker:
        assert answer.citations[0].speaker == speaker


NOT_SAID = [
    "How many tanks did Brazil send?",
    "Who won the 2022 World Cup?",
    "What did the Pope say about climate change?",
    "What did Angela Merkel say about the bridge?",
    "How tall is the Eiffel Tower?",
    "What is the best recipe for pizza?",
    "When did the airport of Larnstadt burn down?",
]


@pytest.mark.parametrize("question", NOT_SAID)
def test_what_the_articles_do_not_say(town: Index, question: str) -> None:
    answer = Chatbot(town).ask(question)
    assert answer.status == "not_in_corpus"
    assert answer.citations == ()
    assert answer.sentences == ()
    assert answer.short_answer is None
    assert answer.nearest
    assert answer.as_of == max(article.published for article in answer.nearest if article.published)
    for closest in answer.closest:
        assert closest.article == answer.nearest[closest.number - 1]
        assert closest.article.text[closest.start : closest.end] == closest.quote


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Pistorius find regrettable?", "public concessions"),
        ("How many votes did the constitutional change receive?", "334 votes"),
        ("Who stopped Macedonia from being invited?", "Greece blocked"),
    ],
)
def test_a_reader_sees_the_sentence_that_natoqa_does_not_trust(starter: Index, question: str, words: str) -> None:
    answer = Chatbot(starter).ask(question)
    assert any(words in shown.quote for shown in [*answer.citations, *answer.closest])


def test_every_quote_stands_in_its_article(town: Index) -> None:
    for question, _, _ in ANSWERED:
        answer = Chatbot(town).ask(question)
        assert 1 <= len(answer.sentences) <= 3
        for citation in answer.citations:
            text = town.article(citation.article_id, version=citation.version).text
            assert text[citation.start : citation.end] == citation.quote
        marks = "".join(f"[{number}]" for sentence in answer.sentences for number in sentence.citations)
        assert all(f"[{citation.number}]" in marks for citation in answer.citations)
        assert answer.text == " ".join(
            f"{each.text} {''.join(f'[{number}]' for number in each.citations)}" for each in answer.sentences
        )
        for sentence in answer.sentences:
            assert all(answer.citations[number - 1].quote in sentence.text for number in sentence.citations)


def test_sentences_are_introduced_by_speaker_outlet_and_day(town: Index) -> None:
    answer = Chatbot(town).ask("What did the mayor say about a ferry?")
    assert answer.sentences[0].text.startswith("Otto Brandt, Mayor (Larn Valley News, 3 May 2024): “")


def test_a_position_that_moved_is_told_newest_first(tmp_path: Path, write: Write, model: Embedding) -> None:
    news = {"outlet": "Larn Valley News"}
    write("old.md", "Mayor Otto Brandt said the town would pay for a ferry.", published="2024-05-03", **news)
    write("new.md", "Mayor Otto Brandt said the town would not pay for a ferry.", published="2024-09-20", **news)
    with Index.open(tmp_path / "index", embedding=model) as index:
        index.sync(tmp_path / "corpus")
        answer = Chatbot(index).ask("What did Otto Brandt say about a ferry?")
    assert [str(citation.published) for citation in answer.citations] == ["2024-09-20", "2024-05-03"]
    assert answer.sentences[1].text.startswith("Earlier, Otto Brandt, Mayor (Larn Valley News, 3 May 2024): “")
    assert not answer.sentences[0].text.startswith("Earlier")


def test_partial_when_one_of_the_names_is_missing(town: Index) -> None:
    answer = Chatbot(town).ask("What did Ines Falk and Angela Merkel say about the bridge?")
    assert answer.status == "partial"
    assert any("Angela Merkel" in note for note in answer.notes)
    assert {citation.speaker for citation in answer.citations} == {"Ines Falk"}


def test_partial_when_one_of_the_persons_asked_for_is_named_but_says_nothing(town: Index) -> None:
    answer = Chatbot(town).ask("What did Ines Falk and Karla Voss say about the bridge?")
    assert answer.status == "partial"
    assert any("Karla Voss" in note for note in answer.notes)


def test_partial_when_one_of_two_questions_is_answered(town: Index) -> None:
    answer = Chatbot(town).ask("How many cracks were found in the bridge and who won the 2022 World Cup?")
    assert answer.status == "partial"
    assert any("World Cup" in note for note in answer.notes)
    assert "41 cracks" in answer.citations[0].quote


@pytest.mark.parametrize("text", ["", "hello", "x " * 50_000, "Wer hat die Risse in der Brücke gefunden?"])
def test_what_is_no_question_gets_help_and_no_search_result(town: Index, text: str) -> None:
    bot = Chatbot(town)
    answer = bot.ask(text)
    assert answer.status == "not_in_corpus"
    assert answer.text.endswith(".")
    assert answer.notes
    assert answer.nearest == ()
    assert bot.turns == []


def test_follow_up(town: Index) -> None:
    bot = Chatbot(town)
    bot.ask("Is the bridge dangerous for cars?")
    answer = bot.ask("And what did the mayor say about it?")
    assert answer.query != answer.question
    assert "bridge" in answer.query
    assert answer.citations[0].speaker == "Otto Brandt"
    assert len(bot.turns) == 2


def test_filters(town: Index) -> None:
    bot = Chatbot(town)
    assert bot.ask("How many steps does the tower have?", until="2024-05-31").status == "not_in_corpus"
    answer = bot.ask("How many steps does the tower have?", since="2024-06-01", outlet="the larnstadt gazette")
    assert answer.status == "answered"
    assert answer.filters.to_dict() == {"since": "2024-06-01", "outlet": "the larnstadt gazette"}
    with pytest.raises(SettingsError):
        bot.ask("How many steps?", since="yesterday")


def test_stream_gives_the_text_in_pieces_and_the_answer_last(town: Index) -> None:
    for question in ("How many cracks were found in the bridge?", "How tall is the Eiffel Tower?", "hello"):
        *pieces, answer = Chatbot(town).stream(question)
        assert isinstance(answer, Answer)
        assert all(isinstance(piece, str) for piece in pieces)
        assert "".join(str(piece) for piece in pieces) == answer.text


def test_asyncio(town: Index) -> None:
    async def both() -> tuple[Answer, list[str | Answer]]:
        bot = Chatbot(town)
        first = await bot.aask("How many cracks were found in the bridge?")
        return first, [piece async for piece in bot.astream("How many steps does the tower have?")]

    first, pieces = asyncio.run(both())
    assert first.status == "answered"
    assert isinstance(pieces[-1], Answer)
    assert "212" in pieces[-1].text


def test_a_language_model_words_the_answer(town: Index) -> None:
    llm = ScriptedLLM(["Engineer Ines Falk found 41 cracks in the southern arch. [A1.s2]"])
    answer = Chatbot(town, answerer="llm", llm=llm).ask("How many cracks were found in the bridge?")
    assert answer.answerer == "llm"
    assert answer.sentences[0].text.startswith("Engineer Ines Falk found 41 cracks")
    assert "41 cracks" in answer.citations[0].quote


@pytest.mark.parametrize("reply", [NOT_IN_CORPUS, "Engineer Ines Falk found 977 cracks in the southern arch. [A1.s2]"])
def test_a_language_model_without_an_answer_leaves_what_comes_closest(town: Index, reply: str) -> None:
    answer = Chatbot(town, answerer="llm", llm=ScriptedLLM([reply])).ask("How many cracks were found in the bridge?")
    assert (answer.status, answer.answerer, answer.citations) == ("not_in_corpus", "llm", ())
    assert any("41 cracks" in each.quote for each in answer.closest)
    assert all(each.article == answer.nearest[each.number - 1] for each in answer.closest)


def test_a_failing_language_model_is_replaced_by_quotations(town: Index) -> None:
    llm = ScriptedLLM([RuntimeError("out of order")])
    answer = Chatbot(town, answerer="llm", llm=llm).ask("How many cracks were found in the bridge?")
    assert answer.answerer == "extractive"
    assert answer.status == "answered"
    assert any("language model" in note for note in answer.notes)


def test_the_day_from_which_the_question_is_asked(town: Index, tmp_path: Path) -> None:
    answer = Chatbot(town).ask("How many cracks were found in the bridge?", until="2024-12-31")
    assert str(answer.as_of) == "2024-05-03"


def test_copies_are_cited_once(index: Index, corpus: Path, write: Write) -> None:
    text = "The ferry to Sund sank on Monday. Nobody was hurt."
    write("a.md", text, outlet="Sund Post", published="2024-01-02")
    write("b.md", text, outlet="Coast Daily", published="2024-01-03")
    index.sync(corpus)
    answer = Chatbot(index).ask("When did the ferry to Sund sink?")
    assert [citation.outlet for citation in answer.citations] == ["Sund Post"]
    assert [copy.outlet for copy in answer.citations[0].copies] == ["Coast Daily"]


def test_the_questions_of_the_readme(starter: Index) -> None:
    answer = Chatbot(starter).ask("Will US troops go to Ukraine?")
    assert answer.status == "answered"
    assert "deploy no troops" in answer.citations[0].quote
    assert answer.citations[0].speaker == "Pete Hegseth"


def test_who_is_something_is_told_by_the_newest_articles(starter: Index) -> None:
    assert Chatbot(starter).ask("Who is the Secretary General of NATO?").short_answer == "Mark Rutte"
    assert Chatbot(starter).ask("Who is the Secretary General?", until="2023-12-31").short_answer == "Jens Stoltenberg"
