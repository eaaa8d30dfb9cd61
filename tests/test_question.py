"""What a question asks for, and questions that are none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natoqa.question import Question, same_name, unanswerable
from natoqa.words import stems, words

KINDS = [
    ("Who leads NATO?", "who"),
    ("Whose proposal was it?", "who"),
    ("And who opposed it?", "who"),
    ("When did Ukraine apply?", "when"),
    ("In which year did the summit take place?", "when"),
    ("Since when has Sweden been a member?", "when"),
    ("Where did the ministers meet?", "where"),
    ("In which city did they meet?", "where"),
    ("How many tanks did Brazil send?", "number"),
    ("How much money was promised?", "number"),
    ("What did Rutte say about Putin?", "said"),
    ("What is Hungary's position on the accession?", "said"),
    ("Why was the summit postponed?", "why"),
    ("How will the plan be paid for?", "how"),
    ("Will US troops go to Ukraine?", "yes-no"),
    ("Did Georgia join NATO?", "yes-no"),
    ("Hasn't Finland joined?", "yes-no"),
    ("Which members oppose Kiev's accession?", "what"),
    ("What happened in Munich?", "what"),
    ("US troops Ukraine", "what"),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_kind(text: str, kind: str) -> None:
    assert Question(text).kind == kind


NAMES = [
    ("Will US troops go to Ukraine?", ["US", "Ukraine"]),
    ("will us troops go to ukraine?", ["us", "ukraine"]),
    ("Tell us about the summit.", []),
    ("What did the Pope say about climate change?", ["Pope"]),
    ("How many tanks did Brazil send?", ["Brazil"]),
    ("Who won the 2022 World Cup?", ["World Cup"]),
    ("Who is the Secretary General of NATO?", ["NATO"]),
    ("What did Mark Rutte and Volodymyr Zelensky say?", ["Mark Rutte", "Volodymyr Zelensky"]),
    ("Is Rutte's plan new?", ["Rutte's"]),
    ("WHY WAS THE SUMMIT POSTPONED?", []),
    ("What happened next?", []),
    ("Journalists at which newspaper went on strike?", []),
    ("A feed additive for what type of livestock?", []),
    ("Mark Rutte said what?", ["Mark Rutte"]),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_names(text: str, names: list[str]) -> None:
    assert [" ".join(word.text for word in name) for name in Question(text).names] == names


@pytest.mark.parametrize(
    ("name", "text", "present"),
    [
        ("Mark Rutte", "Rutte spoke.", True),
        ("Mark Rutte", "Mark spoke.", False),
        ("Kiev", "Ukrainian ministers met.", True),
        ("United States", "The U.S. will not.", True),
        ("Viktor Orbán", "Mr Orban objected.", True),
        ("Pope Francis", "Pope Leo spoke.", False),
        ("Brazil", "Bolivia sent tanks.", False),
    ],
)
def test_same_name(name: str, text: str, present: bool) -> None:
    assert (same_name(words(name), {word.stem for word in words(text)}) >= 0.5) is present


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("What did Rutte say about Putin?", ["Rutte"]),
        ("What did Rutte and Zelensky say?", ["Rutte", "Zelensky"]),
        ("What did the defense secretary say?", ["defense secretary"]),
        ("Who said that?", []),
    ],
)
def test_whose_words_are_asked_for(text: str, speakers: list[str]) -> None:
    assert [" ".join(word.text for word in name) for name in Question(text).asked_speakers] == speakers


def test_a_question_without_some_of_its_names() -> None:
    question = Question("What did Rutte and Angela Merkel say about Ukraine?")
    rest = question.without([question.names[1]])
    assert rest.text == "What did Rutte and say about Ukraine?"
    assert rest.kind == "said"
    assert [name[0].text for name in rest.names] == ["Rutte", "Ukraine"]


def test_several_questions_in_one() -> None:
    assert [part.text for part in Question("Who leads NATO and when did Ukraine apply?").parts()] == [
        "Who leads NATO?",
        "when did Ukraine apply?",
    ]
    assert len(Question("What did Rutte and Zelensky say?").parts()) == 1
    assert len(Question("Who met? Where did they meet?").parts()) == 2


NOT_QUESTIONS = [
    ("", "empty"),
    ("   \n ", "empty"),
    ("?!", "empty"),
    ("🙂", "empty"),
    ("Hello", "greeting"),
    ("hi there!", "greeting"),
    ("Thank you very much.", "greeting"),
    ("who are you?", "greeting"),
    ("Will it rain? " * 10_000, "characters"),
    ("Werden US-Truppen in die Ukraine gehen?", "English"),
    ("¿Irán las tropas a Ucrania?", "English"),
    ("Les troupes américaines iront-elles en Ukraine ?", "English"),
    ("Пойдут ли войска в Украину?", "English"),
    ("美国军队会去乌克兰吗？", "English"),
]


@pytest.mark.parametrize(("text", "note"), NOT_QUESTIONS)
def test_what_is_no_question_gets_a_helpful_sentence(text: str, note: str) -> None:
    refusal = unanswerable(text, familiar=lambda _: 0.1)
    assert refusal
    assert refusal[0].endswith(".")
    assert note in refusal[1]


@pytest.mark.parametrize(
    "text",
    [
        "Will US troops go to Ukraine?",
        "NATO expansion?",
        "Hello Kitty sales",
        "Rutte",
        "troops ukraine",
        "What did Orbán say?",
        "test results of the vaccine",
        "Who is Macron?",
    ],
)
def test_what_is_a_question_is_searched_for(text: str) -> None:
    assert unanswerable(text, familiar=lambda _: 0.1) is None


def test_known_words_are_no_foreign_language() -> None:
    assert unanswerable("Orban Fico veto accession", familiar=lambda _: 1.0) is None


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("Who is the Secretary General of NATO?", True),
        ("Who’s the president?", True),
        ("Who leads NATO?", True),
        ("Which members are against Kyiv's accession?", True),
        ("Does Trump object?", True),
        ("Who led NATO?", False),
        ("Who was the Secretary General?", False),
        ("What did Rutte say that is new?", False),
        ("Has Peru banned plastic bags?", False),
        ("Will the strike end?", False),
        ("Stoltenberg", False),
        ("", False),
    ],
)
def test_how_things_stand_is_asked_in_the_present_tense(text: str, present: bool) -> None:
    assert Question(text).is_present is present


WRITTEN = "United States states the The Hague Kingdom South Korea Korea's U.S. us US l' ’ 's - _ . , é 1,000 Orbán"
PIECES = st.sampled_from([*WRITTEN.split(), " ", "  ", "\n"])


@settings(max_examples=1000)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_stems_of_a_text_are_those_of_its_words(text: str) -> None:
    assert stems(text) == {word.stem for word in words(text)}
