"""The words that answer, found in a sentence."""

from collections.abc import Sequence

import numpy as np
import pytest

from natoqa.citations import Claim, Disagreement, Draft, Quote, bind
from natoqa.embedding import Matrix
from natoqa.evidence import Candidate
from natoqa.extractive import _chosen, _disagreements, _Opinion, _voted, closest_mention
from natoqa.question import Question
from natoqa.types import Account, Answer, Article, Difference, Filters, Sentence, Speaker
from natoqa.voting import Contender, Vote

CASES = [
    ("When did Ukraine apply for membership?", "In 2008 the bloc proclaimed that Ukraine would join, and Kiev applied "
     "for membership in September 2022.", None, "September 2022"),
    ("When did the bridge close?", "The bridge closed on 3 May 2024, two years after the flood of 2022.", None,
     "3 May 2024"),
    ("How many cracks did the engineer find?", "On 3 May 2024 the engineer found 41 cracks in 2 arches.", None, "41"),
    ("How much did the repair cost?", "The repair cost $3.5 million.", None, "$3.5 million"),
    ("How many people died?", "Three people died on Monday.", None, "Three"),
    ("Where did the ministers meet?", "The ministers met in Riga before the feast.", None, "Riga"),
    ("Who found the cracks?", "The cracks were found by Ines Falk.", None, "Ines Falk"),
    ("Who said that cars are safe?", "“Cars are safe,” she said.", Speaker("Ines Falk"), "Ines Falk"),
    ("Which country vetoed the plan?", "The plan was vetoed by Hungary.", None, "Hungary"),
    ("When did it happen?", "Nobody knows.", None, None),
    ("Why was the bridge closed?", "It was closed in 2024 because of 41 cracks.", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("question", "text", "speaker", "words"), CASES)
def test_closest_mention(question: str, text: str, speaker: Speaker | None, words: str | None) -> None:
    assert closest_mention(Question(question), Sentence(text, 0, len(text), speaker)) == words


def quote(outlet: str, text: str) -> Quote:
    article = Article(title="Fire", text=text, path=outlet, outlet=outlet, article_id=outlet, version=1)
    return Quote(article, Sentence(text, 0, len(text)))


TWELVE = quote("The Courier", "The fire killed 12 people.")
FIFTEEN = quote("The Echo", "The fire killed 15 people.")
NOTE = "The articles differ: The Courier: 12, The Echo: 15."


def bound(draft: Draft) -> Answer:
    return bind(draft, question="q", query="q", answerer="extractive", hits=(), filters=Filters(), copies=lambda _: ())


def test_figures_that_differ_are_told_with_their_quotes() -> None:
    (found,) = _disagreements(Question("How many people did the fire kill?"), [TWELVE, FIFTEEN])
    assert found == Disagreement(NOTE, ((TWELVE, "12"), (FIFTEEN, "15")))
    assert not list(_disagreements(Question("How many people did the fire kill?"), [TWELVE, TWELVE]))


class Alike:
    """Finds that all texts mean the same."""

    def embed(self, texts: Sequence[str]) -> Matrix:
        return np.ones((len(texts), 1), dtype=np.float32)


@pytest.mark.parametrize(
    ("question", "shown"),
    [("How many people did the fire kill?", [TWELVE, FIFTEEN]), ("What did the fire do?", [TWELVE])],
)
def test_the_same_sentence_with_another_figure_is_shown_beside_it(question: str, shown: list[Quote]) -> None:
    candidates = [Candidate(each.article, 0, len(each.sentence.text), 0.5) for each in (TWELVE, TWELVE, FIFTEEN)]
    found = _chosen(Question(question), candidates, Alike(), voted=candidates[:1])  # type: ignore[arg-type]
    assert [each.sentence.text for each in found] == [each.sentence.text for each in shown]


def contender(article: Article, start: int, share: float) -> Contender:
    return Contender((Vote(article, "12", start, start + 2, ()),), 0.0, share)


def test_the_sentences_of_rival_answers_are_shown_the_strongest_first() -> None:
    article = Article(
        title="Fire", text="It killed 12. It cost 15. It rained 8. It took 3 days.", path="", article_id="f"
    )
    places = [(0, 13), (14, 25), (26, 38), (39, 54)]
    candidates = [Candidate(article, start, end, 0.9 - rank / 10) for rank, (start, end) in enumerate(places)]
    contenders = [contender(article, 22, 0.5), contender(article, 10, 0.2), contender(article, 47, 0.01)]
    found = _voted(_Opinion(candidates, contenders, 0.5, 0.1))
    assert [each.text for each in found] == ["It cost 15.", "It killed 12."]
    assert _voted(_Opinion(candidates, (), 0.5, 0.1)) == candidates[:1]
    shown = _chosen(Question("How much?"), candidates, Apart(), voted=found)  # type: ignore[arg-type]
    assert [each.sentence.text for each in shown] == ["It cost 15.", "It killed 12.", "It rained 8."]


class Apart:
    """Finds that no two texts mean the same."""

    def embed(self, texts: Sequence[str]) -> Matrix:
        return np.eye(len(texts), dtype=np.float32)


def test_an_answer_names_the_citations_that_differ() -> None:
    disagreement = Disagreement(NOTE, ((TWELVE, "12"), (FIFTEEN, "15")))
    claims = (Claim("Fifteen.", (FIFTEEN,)), Claim("Twelve.", (TWELVE,)))
    answer = bound(Draft("answered", claims, disagreements=(disagreement,)))
    assert answer.differing == (Difference(NOTE, (Account("12", 2), Account("15", 1))),)
    assert Answer.from_dict(answer.to_dict()).differing == answer.differing


def test_what_is_not_cited_has_nothing_to_differ_from() -> None:
    disagreement = Disagreement(NOTE, ((TWELVE, "12"), (FIFTEEN, "15")))
    assert bound(Draft("answered", (Claim("Twelve.", (TWELVE,)),), disagreements=(disagreement,))).differing == ()


def test_an_answer_kept_before_there_were_differences_can_be_read() -> None:
    document = bound(Draft("answered", (Claim("Twelve.", (TWELVE,)),))).to_dict()
    del document["differing"]
    assert Answer.from_dict(document).differing == ()
