"""Short answers: spans written as answers, yes or no, sources that differ, positions that moved."""

import doctest
import importlib
import itertools
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natoqa.citations import Quote
from natoqa.question import Question
from natoqa.short_answers import differing, form, is_statement_to_judge, moved, verdict
from natoqa.short_answers.days import resolved
from natoqa.short_answers.edges import trimmed, whole_words
from natoqa.short_answers.figures import figures, written
from natoqa.types import Article, Sentence, Speaker

THURSDAY = date(2025, 2, 13)
MODULES = "asking clauses comparing days edges figures forming people verdicts".split()


def quote(text: str, speaker: str = "", *, before: str = "", outlet: str = "", day: date | None = THURSDAY) -> Quote:
    """A sentence that stands behind others in its article."""
    article = Article(title="", text=before + text, path=outlet, outlet=outlet or None, published=day)
    spoken = Speaker(speaker) if speaker else None
    return Quote(article, Sentence(text, len(before), len(before) + len(text), spoken))


def formed(
    asked: str, text: str, span: str, speaker: str = "", *, before: str = "", day: date | None = THURSDAY
) -> str:
    start = text.index(span)
    return form(Question(asked), quote(text, speaker, before=before, day=day), start, start + len(span))


@pytest.mark.parametrize("module", MODULES)
def test_worked_examples(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"natoqa.short_answers.{module}")).failed == 0


# -- form -------------------------------------------------------------------------------------------------------------

FORMS = [
    ("Which broadcaster?", "It was in the BBC’s report; the BBC stands by it.", "the BBC’s", "BBC"),
    ("Which chain?", "They ate at McDonald’s.", "McDonald’s", "McDonald’s"),
    ("Which country legalised it?", "Thailand’s bill became law.", "Thailand’s", "Thailand"),
    ("Where did they meet?", "They met in The Hague.", "in The Hague.", "The Hague"),
    ("Which show?", "Netflix renewed “Squid Game” on Sunday.", "“Squid Game", "Squid Game"),
    ("Which show?", "Netflix renewed “Squid Game” on Sunday.", "Squid Game” on", "Squid Game"),
    ("Which rocket?", "Artemis I (the rocket) flew.", "Artemis I (the", "Artemis I"),
    ("Which rocket?", "Artemis I (SLS) flew.", "Artemis I (SLS)", "Artemis I (SLS)"),
    ("Which firm?", "It was bought by Acme Inc. for cash.", "by Acme Inc.", "Acme Inc."),
    ("Which film?", "He saw the film It Ends with Us at home.", "It Ends with Us", "It Ends with Us"),
    ("Which museum?", "A jar broke at the Hecht Museum in Haifa.", "Hecht", "Hecht Museum"),
    ("What US national park is it?", "The Blue Hills National Park is it.", "Blue Hills", "Blue Hills National Park"),
    ("Which university lost its president?", "Columbia University President Shafik left.", "Columbia University",
     "Columbia University"),
    ("Which hurricane hit Jamaica?", "Hurricane Beryl hit Jamaica.", "Hurricane Beryl", "Beryl"),
    ("A storm hit. What was its name?", "Tropical Storm Debby was wet.", "Tropical Storm Debby", "Debby"),
    ("What hit Jamaica?", "Hurricane Beryl hit Jamaica.", "Hurricane Beryl", "Hurricane Beryl"),
    ("What was cut?", "They cut half of the aid to", "half of the aid to", "half of the aid"),
    ("What for?", "The town pays to fund schools.", "to fund schools", "to fund schools"),
    ("Whose dog?", "She lost her dog, “Rex”.", "her dog, “Rex”.", "dog, “Rex”"),
    ("Which state?", "They met in Boise, Idaho.", "Boise, Idaho", "Idaho"),
    ("Which city?", "They met in Boise, Idaho.", "Boise, Idaho", "Boise, Idaho"),
    ("Which nation won?", "The Spanish won again.", "The Spanish", "Spain"),
    ("Which country pays?", "The U.S. pays.", "The U.S.", "United States"),
    ("How many people died?", "Some 42,000 people died.", "Some 42,000 people", "42,000"),
    ("How many people died?", "About a dozen people died.", "a dozen people", "12"),
    ("How many tests?", "They can order four free tests.", "four", "4"),
    ("How many people?", "Two million people left.", "Two million people", "2 million"),
    ("How much was paid?", "It cost $1.3 billion in all.", "1.3", "$1.3 billion"),
    ("How much was paid?", "It cost more than £102m.", "more than £102m", "£102m"),
    ("What percentage agrees?", "About 45 per cent of voters agree.", "45", "45%"),
    ("What percentage agrees?", "Some 45.7% of voters agree.", "45.7", "45.7%"),
    ("Which share of voters agrees?", "Nine percent agree.", "Nine percent", "9%"),
    ("How many in all?", "It is one in four, between 10 and 20.", "10 and 20", "10 and 20"),
    ("How long did it last?", "It lasted nine months.", "nine", "9 months"),
    ("How many months did it last?", "It lasted nine months.", "nine months", "9"),
    ("How old is he?", "Frost, 25, won.", "25,", "25"),
    ("When did they meet?", "They met on Monday in Riga.", "on Monday", "Monday, 10 February 2025"),
    ("When will they meet?", "They will meet on Monday in Riga.", "on Monday", "Monday, 17 February 2025"),
    ("When did she say so?", "She said on Monday that she will go.", "on Monday", "Monday, 10 February 2025"),
    ("When did they meet?", "They met last month.", "last month", "January 2025"),
    ("When did they meet?", "They met in September.", "in September", "September"),
    ("When did they meet?", "They met in September 2022.", "in September 2022.", "September 2022"),
    ("What year did they meet?", "They met in May 2019.", "May 2019", "2019"),
    ("What year did they meet?", "They met last year.", "last year", "2024"),
    ("In which month do they meet?", "They meet on May 11.", "May 11", "May"),
    ("Which day this week was it?", "It was on Tuesday.", "on Tuesday", "Tuesday"),
    ("When was it?", "“It was yesterday,” he said.", "yesterday", "yesterday"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "text", "span", "answer"), FORMS)
def test_form(asked: str, text: str, span: str, answer: str) -> None:
    assert formed(asked, text, span) == answer


def test_days_stay_as_written_without_the_article_s_day() -> None:
    assert formed("When did they meet?", "They met on Monday.", "on Monday", day=None) == "Monday"


def test_a_last_name_gets_the_first_name_that_the_article_has_given_before() -> None:
    before = "Pete Hegseth flew to Brussels. "
    assert formed("Who spoke?", "Hegseth spoke.", "Hegseth", before=before) == "Pete Hegseth"
    assert formed("Who spoke?", "Mr Hegseth spoke.", "Mr Hegseth", before=before) == "Pete Hegseth"
    assert formed("Which politician spoke?", "Secretary Hegseth spoke.", "Hegseth", before=before) == "Pete Hegseth"


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("Pete Hegseth and Jenny Hegseth flew to Brussels. ", "Hegseth"),  # two people
        ("Nobody else came. ", "Hegseth"),
        ("President Hegseth came. ", "Hegseth"),  # an office is no first name
        ("Storm Hegseth came. ", "Hegseth"),
        ("Europeans like Brussels. In Brussels they met. ", "Brussels"),
    ],
)
def test_a_last_name_stays_alone_where_the_article_does_not_tell(before: str, name: str) -> None:
    assert formed("Who spoke?", f"{name} spoke.", name, before=before) == name


def test_a_pronoun_is_the_speaker_or_nothing() -> None:
    assert formed("Who will go?", "“I will go,” she said.", "I", "Ines Falk") == "Ines Falk"
    assert formed("Who will go?", "She said she would go.", "She", "Ines Falk") == "Ines Falk"
    assert formed("Who will go?", "“He will go,” she said.", "He", "Ines Falk") == ""  # somebody else
    assert formed("Who will go?", "He will go.", "He") == ""


@given(
    text=st.text(alphabet="aB1 .,$%“”‘’'\"()[]-–é\n", max_size=40) | st.text(max_size=40),
    asked=st.sampled_from(["Who was it?", "When was it?", "How many?", "Where?", "Which country?", "How long?", ""]),
    start=st.integers(-3, 50),
    end=st.integers(-3, 50),
    day=st.none() | st.dates(),
)
def test_form_takes_any_span_of_any_text(text: str, asked: str, start: int, end: int, day: date | None) -> None:
    answer = form(Question(asked), quote(text, day=day), start, end)
    assert answer == answer.strip()


@given(
    pieces=st.lists(
        st.sampled_from("the “ ” ( ) Riga bridge in ’s , . of The A and Falk is on 's \" mayor".split()), max_size=9
    ),
    start=st.integers(0, 30),
    end=st.integers(0, 30),
)
def test_what_is_formed_of_words_stands_in_the_sentence(pieces: list[str], start: int, end: int) -> None:
    text = " ".join(pieces)
    assert form(Question("What was it?"), quote(text), start, end) in text


@given(text=st.text(alphabet="ab 1.,“”()’", max_size=30), start=st.integers(0, 30), end=st.integers(0, 30))
def test_trimming_twice_is_trimming_once(text: str, start: int, end: int) -> None:
    once = trimmed(text, *whole_words(text, start, end))
    assert trimmed(text, *once) == once


# -- figures and days -------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**9))
def test_a_figure_is_read_as_it_is_written(value: int) -> None:
    assert [each.value for each in figures(f"It has {value:,} parts.")] == [value]
    assert [written(each) for each in figures(f"It has {value:,} parts.")] == [f"{value:,}"]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("12", "twelve", True),
        ("12", "a dozen", True),
        ("12", "about 12", True),
        ("12", "15", False),
        ("at least 12", "15", True),
        ("at least 15", "12", False),
        ("up to 15", "12", True),
        ("nearly 5,000", "4,900", True),
        ("$1.3 billion", "$1.28 billion", True),
        ("$1.3 billion", "$1.5 billion", False),
        ("45%", "45 percent", True),
        ("45%", "45", False),
    ],
)
def test_figures_agree(one: str, other: str, agree: bool) -> None:
    [first], [second] = figures(one), figures(other)
    assert first.agrees(second) is second.agrees(first) is agree


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("on Thursday", "Thursday, 13 February 2025"),
        ("last Thursday", "Thursday, 6 February 2025"),
        ("next Monday", "Monday, 17 February 2025"),
        ("Monday morning", "Monday morning, 10 February 2025"),
        ("today", "13 February 2025"),
        ("tomorrow", "14 February 2025"),
        ("next week", "the week of 17 February 2025"),
        ("this month", "February 2025"),
        ("next year", "2026"),
        ("last September", "September 2024"),
        ("next January", "January 2026"),
        ("two days ago", "11 February 2025"),
        ("three months ago", "November 2024"),
        ("10 years ago", "2015"),
        ("the summit", None),
        ("12 February", None),
    ],
)
def test_days_told_from_the_article_s_day(words: str, day: str | None) -> None:
    assert resolved(words, THURSDAY) == day


@given(
    words=st.sampled_from(
        ["yesterday", "tomorrow", "last week", "999 years ago", "on Monday", "next month", "last May"]
    ),
    day=st.dates(),
    ahead=st.booleans(),
)
def test_days_near_the_end_of_the_calendar_do_not_fail(words: str, day: date, ahead: bool) -> None:
    answer = resolved(words, day, ahead=ahead)
    assert answer is None or re.search(r"\d", answer)


# -- verdict ----------------------------------------------------------------------------------------------------------

# Under each question: what a careful reader takes from a sentence ("-" for nothing) | the sentence | its speaker
TUNED = """
Will US troops go to Ukraine?
    No   | “There will not be US troops deployed to Ukraine.” | Pete Hegseth
    -    | US troops may go to Ukraine if both sides agree. | Pete Hegseth
    -    | US troops could be sent to Ukraine, the paper wrote.
Will British soldiers be sent to Ukraine?
    Yes  | “We will send soldiers to Ukraine,” the British prime minister said. | Keir Starmer
Will France send troops to Ukraine?
    -    | Germany will send troops to Ukraine. | Olaf Scholz
Did Hungary leave NATO?
    -    | Hungary has been a member of NATO since 1999.
    No   | Hungary has not left NATO.
    Yes  | Hungary left NATO on Monday.
    -    | Hungary threatened to leave NATO.
    No   | Hungary never left NATO, whatever its critics say.
Isn't Hungary a member of NATO?
    Yes  | Hungary is a member of NATO.
    No   | Hungary is not a member of NATO.
Is Ukraine a member of NATO?
    No   | Ukraine is not a member of NATO, but it wants to become one.
    -    | Ukraine applied for membership of NATO in 2022.
    -    | Ukraine hopes to become a member of NATO.
Did Russia attack Ukraine?
    -    | Ukraine attacked Russia with drones.
    Yes  | Ukraine was attacked by Russia in February.
    Yes  | Russia attacked Ukraine with missiles.
Did Russia attack Poland?
    -    | Russia attacked Ukraine with missiles.
Was Ines Falk elected mayor of Varna?
    Yes  | Ines Falk was elected mayor of Varna on Sunday.
    No   | Ines Falk was not elected mayor of Varna.
    -    | Ines Falk hopes to be elected mayor of Varna.
    -    | Boris Angelov was elected mayor of Varna.
Is the Stone Bridge closed?
    Yes  | The Stone Bridge is closed.
    No   | The Stone Bridge is open again.
    -    | The Stone Bridge was closed in 2019.
    -    | The Stone Bridge will be closed in May.
    -    | The road to the Stone Bridge is closed.
Has the Stone Bridge been repaired?
    Yes  | The Stone Bridge has been repaired.
    No   | The Stone Bridge has yet to be repaired.
    -    | The Stone Bridge is to be repaired next year.
    No   | Engineers said the Stone Bridge has not been repaired. | the engineers
Did the court reject the appeal?
    Yes  | The court rejected the appeal.
    No   | The court did not reject the appeal.
    No   | The court accepted the appeal.
    -    | The court will reject the appeal, lawyers believe.
Did the minister resign?
    No   | The minister refused to resign.
    Yes  | The minister resigned on Tuesday.
    Yes  | The minister stepped down on Tuesday.
    -    | The opposition called on the minister to resign.
    -    | The minister denied that he would resign.
Will the minister resign?
    No   | The minister ruled out resigning: “I will not resign.” | Lena Roth
    No   | “I will not resign,” the minister said. | Lena Roth
    -    | The minister resigned in 2019.
    -    | The minister should resign, said the opposition. | the opposition
Did Acme sell customer data?
    No   | Acme denied that it had sold customer data. | Acme
    -    | Acme denied that it had sold customer data.
    Yes  | Acme sold customer data for years, the regulator said. | the regulator
    -    | Acme is accused of selling customer data.
    -    | Acme allegedly sold customer data.
Did Acme buy Borealis?
    Yes  | Acme bought Borealis for $3 billion.
    -    | Acme plans to buy Borealis for $3 billion.
    -    | Borealis bought Acme for $3 billion.
    -    | Acme said it would consider buying Borealis. | Acme
Will Acme buy Borealis?
    -    | Acme said it would consider buying Borealis. | Acme
    Yes  | Acme said it would buy Borealis. | Acme
    -    | Acme will buy Borealis.
    No   | “We have no plans to buy Borealis,” Acme said. | Acme
Can tourists enter the castle?
    Yes  | Tourists can enter the castle from Monday.
    No   | Tourists cannot enter the castle.
    -    | Tourists like the castle and can enter the garden.
Should schools ban phones?
    Yes  | Schools should ban phones, said the teachers' union. | the teachers' union
    -    | Schools ban phones in many towns.
Does Hungary support the plan?
    No   | Hungary does not support the plan.
    Yes  | Hungary supports the plan.
    -    | Hungary supported the plan in 2021.
    No   | Hungary opposes the plan.
    -    | No one knows whether Hungary supports the plan.
Did Trump promise membership to Ukraine?
    No   | Trump did not promise membership to Ukraine, Rutte said. | Mark Rutte
Did 12 people die in the fire?
    Yes  | 12 people died in the fire.
    -    | Fifteen people died in the fire.
    Yes  | Twelve people were killed in the fire.
Did anyone die in the fire?
    No   | Nobody died in the fire.
Did all the passengers survive?
    -    | Most passengers survived.
    Yes  | All the passengers survived.
True or false: Twelve people died in the fire.
    True | Twelve people died in the fire.
    False| No people died in the fire.
True or false: Humans cannot catch the virus from monkeys.
    True | Humans do not catch the virus from monkeys.
    False| Humans can catch the virus from monkeys.
True or false: The castle opened in May.
    -    | The castle opened in June.
    -    | The castle will open in May.
Is it true that the castle is closed?
    Yes  | The castle is closed.
Is it true that the castle is not closed?
    No   | The castle is closed.
Did Spain win the final?
    No   | Spain lost the final.
    -    | Spain beat England in the final.
    -    | Did Spain win the final?
    Yes  | Spain won the final against England.
    -    | If Spain had won the final, the streets would be full.
Did the union call off the strike?
    Yes  | The strike was called off by the union.
    -    | The union may call off the strike.
Is the vaccine safe?
    Yes  | The vaccine is safe, the agency said. | the agency
    -    | The vaccine is not only safe but cheap.
    -    | There is no evidence that the vaccine is safe.
    -    | Parents fear that the vaccine is not safe.
Did Trump meet Putin?
    -    | Trump met Zelensky, not Putin.
    -    | Trump’s envoy met Putin.
    -    | Trump met with aides before Putin spoke.
    Yes  | Trump and Zelensky met Putin.
Will NATO send troops to Ukraine?
    No   | NATO has no intention of sending troops to Ukraine. | Mark Rutte
    -    | “NATO will send more weapons to Ukraine but no troops,” he said. | Mark Rutte
    -    | Some NATO countries will send troops to Ukraine. | Mark Rutte
    -    | NATO will send troops to Poland, which borders Ukraine. | Mark Rutte
    -    | NATO has not ruled out sending troops to Ukraine. | Mark Rutte
    -    | It would be a mistake for NATO to send troops to Ukraine. | Mark Rutte
    No   | Nobody in NATO will send troops to Ukraine. | Mark Rutte
Is Ukraine going to join NATO?
    Yes  | “Ukraine will join NATO,” Rutte said. | Mark Rutte
    Yes  | Ukraine is going to join NATO one day, Rutte said. | Mark Rutte
    -    | Ukraine joining NATO is not realistic. | Pete Hegseth
Can Ukraine win the war?
    -    | Ukraine cannot win the war without weapons. | Pete Hegseth
    -    | Ukraine can win the war only with weapons. | Pete Hegseth
Does Rutte support Ukraine?
    Yes  | Rutte said that he supports Ukraine. | Mark Rutte
    Yes  | Rutte says he supports Ukraine. | Mark Rutte
Did Orban say Hungary would leave NATO?
    Yes  | Orban said Hungary would leave NATO. | Viktor Orban
    -    | Orban said Hungary would not leave NATO. | Viktor Orban
Did Hungary leave NATO?
    -    | The day Hungary left NATO would be a dark one.
    -    | A film in which Hungary left NATO won the prize.
    No   | Reports that Hungary left NATO are false.
    No   | It is not true that Hungary left NATO.
    -    | Hungary would have left NATO without the vote.
    -    | Hungary left the NATO summit early.
    -    | Hungary stopped short of leaving NATO.
    -    | Hungary nearly left NATO.
Did the bridge collapse?
    No   | The bridge did not collapse, but a wall did.
    -    | A wall of the bridge collapsed.
    -    | The bridge had been about to collapse.
Are schools closed?
    Yes  | Schools are closed.
    -    | Most schools are closed.
    -    | Schools in Riga are closed.
    No   | Schools are not being closed.
Is Riga the capital of Latvia?
    Yes  | Riga, the capital of Latvia, is cold.
    Yes  | Riga is the largest city and capital of Latvia.
Is Riga the capital of Estonia?
    -    | Riga is the capital of Latvia, Tallinn of Estonia.
Has the ceasefire ended?
    Yes  | The ceasefire has ended.
    -    | The ceasefire ends on Sunday.
    -    | Talks on the ceasefire have ended.
    -    | The ceasefire has ended the war.
Did the jury find Smith guilty?
    No   | The jury found Smith not guilty.
    Yes  | The jury found Smith guilty.
    No   | The jury found Smith innocent.
Did anyone survive the crash?
    No   | There were no survivors of the crash.
Was the flight delayed?
    Yes  | The flight was delayed by fog.
Was the vote delayed by the storm?
    No   | The vote was delayed by protests, not by the storm.
True or false: Taylor Swift won four Grammys.
    True | Taylor Swift won four Grammys in one night.
True or false: No one died in the fire.
    True | No one died in the fire.
    False| Two people died in the fire.
Is it true that NATO promised Ukraine membership?
    No   | NATO never promised Ukraine membership, Rutte said. | Mark Rutte
    Yes  | NATO promised Ukraine membership in 2008.
Did Biden and Trump debate in June?
    Yes  | Biden and Trump debated in June.
    -    | Biden debated in June; Trump did not.
Did Germany win more medals than France?
    Yes  | Germany won more medals than France.
    -    | France won more medals than Germany.
    No   | Germany did not win more medals than France.
Did Microsoft lay off workers?
    Yes  | Microsoft laid off 10,000 workers.
    -    | Microsoft will lay off 10,000 workers.
Did Apple stop selling the watch?
    Yes  | Apple stopped selling the watch.
    No   | Apple did not stop selling the watch.
Did Apple sell the watch?
    -    | Apple stopped selling the watch.
    -    | Apple sold the watch maker to Google.
Is smoking legal in parks?
    No   | Smoking is illegal in parks.
    Yes  | Smoking is legal in bars and parks.
Did Trump meet Putin?
    -    | Trump has never met Putin in Alaska.
    -    | Trump has never met Putin in the Kremlin.
    No   | Trump has never met Putin.
Was Ukraine promised membership in a peace deal?
    No   | Ukraine was never promised membership as part of any peace agreement. | Mark Rutte
    -    | Ukraine was promised part of the membership in a peace deal. | Mark Rutte
Does the agency urge people not to eat lettuce?
    -    | The agency urges people not to eat lettuce.
Has the office yet to answer?
    -    | The office has yet to answer.
Was Gates back at No. 2?
    Yes  | Gates was back at No. 2 with a fortune.
Did the club lose?
    No   | The club did not lose.
    -    | The club did not lose at No. 2 in Paris.
Did the bridge collapse?
    -    | The bridge collapsed in a film shown on Sunday.
True or false: Taylor Swift won four Grammys.
    -    | Taylor Swift lost four Grammys.
"""

# At first sight 37 of 38 verdicts were right; the rules have been changed with these in view since then.
CHECKED = """
Will Poland send soldiers to Ukraine?
    No   | “We will not send soldiers to Ukraine,” the Polish prime minister said. | Donald Tusk
    -    | Poland might send soldiers to Ukraine. | Donald Tusk
    -    | Poland sent soldiers to Mali in 2012.
    No   | Poland has ruled out sending soldiers to Ukraine. | Donald Tusk
Has Finland joined NATO?
    Yes  | Finland joined NATO in April 2023.
    No   | Finland has not joined NATO.
    -    | Finland wants to join NATO.
    -    | Sweden joined NATO in March 2024.
    -    | Finland expects to join NATO within weeks, its president said. | Sauli Niinistö
Wasn't the airport closed?
    Yes  | The airport was closed on Friday.
    No   | The airport was not closed on Friday.
Was the airport closed?
    -    | The road near the airport was closed.
    -    | The airport could be closed if the storm comes.
Did the parliament approve the budget?
    Yes  | The parliament approved the budget on Thursday.
    No   | The parliament rejected the budget.
    Yes  | The budget was approved by the parliament.
    -    | The parliament is expected to approve the budget.
    -    | The parliament debated the budget.
Did Mara Voss win the race?
    Yes  | Mara Voss won the race in Oslo.
    No   | Mara Voss did not win the race.
    No   | Mara Voss failed to win the race.
    -    | Mara Voss said that her rival won the race. | Mara Voss
    -    | Mara Voss tried to win the race.
Did Israel strike Iran?
    -    | Iran struck Israel overnight.
    Yes  | Israel struck Iran overnight.
    No   | Israel denied that it had struck Iran. | Israel
Is the museum free?
    -    | The museum is free on Sundays.
    No   | The museum is no longer free.
    -    | The museum was free until last year.
    -    | The museum should be free, said visitors. | visitors
Will the ferry sail on Monday?
    Yes  | The ferry will sail on Monday, the company said. | the company
    -    | The ferry will sail on Tuesday, the company said. | the company
    No   | The ferry will not sail on Monday, the company said. | the company
    -    | The ferry will sail on Monday unless the storm returns. | the company
Are the two leaders meeting in Riga?
    Yes  | The two leaders are meeting in Riga.
    -    | The two leaders are meeting in Vilnius.
Does the law ban smoking?
    Yes  | The law bans smoking.
    No   | The law does not ban smoking.
    -    | Critics say the law bans smoking.
True or false: The company recalled two million rockers.
    True | The company recalled two million rockers.
    -    | The company recalled three million rockers.
True or false: The mayor did not resign.
    False| The mayor resigned on Friday.
    True | The mayor has not resigned.
True or false: The mayor resigned.
    -    | The mayor is considering whether to resign.
Have both hostages been released?
    Yes  | Both hostages have been released.
    -    | One of the hostages has been released.
    -    | Neither of the hostages has been released.
Did the Senate confirm Dana Reyes as ambassador?
    Yes  | The Senate on Thursday confirmed Dana Reyes as ambassador to Chile by 52 votes to 47.
    -    | The Senate committee confirmed that Dana Reyes had withdrawn as ambassador.
    -    | Senators voted against confirming Dana Reyes as ambassador.
    No   | The Senate has not yet confirmed Dana Reyes as ambassador.
Has Turkey ratified the treaty?
    -    | Turkey, which had blocked the treaty for months, ratified it on Friday.
    Yes  | Turkey ratified the treaty on Friday, ending months of delay.
    -    | Turkey’s neighbours have ratified the treaty.
    No   | Turkey has refused to ratify the treaty.
Will the central bank cut interest rates?
    No   | The central bank will not cut interest rates this year, its governor said. | Nora Lind
    -    | The central bank is widely expected to cut interest rates in June.
    -    | The central bank cut interest rates in March. | Nora Lind
    -    | “We will cut interest rates if inflation falls,” the central bank said. | the central bank
Did prices go up in May?
    -    | Prices went down in May.
    Yes  | Prices went up in May for the third month running.
Did Borgen vote for the bill?
    -    | Borgen voted against the bill.
Did Borgen vote against the bill?
    Yes  | Borgen voted against the bill.
Is Anna Kovac the president of Slovenia?
    -    | Anna Kovac, the former president of Slovenia, is 61.
    Yes  | Anna Kovac is the president of Slovenia.
    No   | Anna Kovac is no longer the president of Slovenia.
    -    | Anna Kovac's husband is the president of Slovenia.
Was the pilot killed in the crash?
    No   | The pilot was not killed in the crash, police said. | police
    -    | The pilot's wife was killed in the crash.
    No   | The pilot survived the crash.
    -    | The pilot narrowly escaped being killed in the crash.
Are Norway and Denmark planning a bridge?
    Yes  | Norway and Denmark are planning a bridge.
    -    | Norway and Denmark have dropped a plan for a bridge.
Did Kestrel Air cancel its flights to Malta?
    Yes  | Kestrel Air cancelled its flights to Malta.
    -    | Kestrel Air avoided cancelling its flights to Malta.
    -    | Kestrel Air did cancel its flights to Cyprus but not those to Malta.
Does the drug cure malaria?
    No   | The drug does not cure malaria but eases its symptoms.
    -    | The drug cured malaria in mice.
    -    | The drug helps to cure malaria.
True or false: The emperor penguin can fly.
    False| The emperor penguin cannot fly.
    -    | The emperor penguin can swim.
True or false: Oslo hosted the 1952 Winter Olympics.
    True | Oslo hosted the Winter Olympics in 1952.
    -    | Oslo bid to host the 1952 Winter Olympics.
Did the two sides sign a ceasefire?
    Yes  | The two sides signed a ceasefire on Sunday, mediators announced. | the mediators
    -    | The two sides are close to signing a ceasefire.
    -    | The two sides agreed to sign a ceasefire.
    -    | Only one of the two sides signed a ceasefire.
    -    | It was a mistake to think that the two sides signed a ceasefire.
    -    | Had the two sides signed a ceasefire, the war would be over.
"""

# Written to mislead: at first sight 11 of 16 verdicts were right.
UNSEEN = """
Did Brazil recall its ambassador?
    Yes  | Brazil recalled its ambassador on Friday.
    -    | Brazil recalled how its ambassador was treated.
    No   | Brazil did not recall its ambassador.
    -    | Brazil is weighing a recall of its ambassador.
    -    | In 1998 Brazil recalled its ambassador over a similar row.
Did Lena Roth kill the banker?
    -    | Lena Roth was charged with killing the banker.
    -    | Lena Roth was acquitted of killing the banker.
    Yes  | Lena Roth killed the banker, the court found.
    -    | Lena Roth pretended to kill the banker.
Is the dam safe?
    -    | The dam is safe enough for now.
    -    | The dam is far from safe.
    Yes  | The dam is safe.
    -    | The dam is anything but safe.
    -    | The dam is considered safe.
Will the strike end this week?
    Yes  | The strike will end soon, the union said. | the union
    -    | The strike will end in March, the union said. | the union
    -    | The strike will never end, joked the union. | the union
Has Peru banned plastic bags?
    Yes  | Peru has banned plastic bags.
    -    | Peru has banned thin plastic bags.
    -    | Peru has lifted the rule that banned plastic bags.
    -    | Peru came close to having banned plastic bags.
Did Norway beat Italy?
    Yes  | Norway beat Italy 3-0.
    -    | Norway were beaten by Italy.
    -    | Norway almost beat Italy.
    -    | Norway beat Italy in only one of five games.
Does the minister own shares?
    Yes  | The minister owns shares in three banks.
    No   | The minister does not own shares.
    No   | The minister no longer owns shares.
    -    | The minister owns up to mistakes over shares.
Are talks under way?
    Yes  | Talks are under way.
    No   | Talks are not yet under way.
    -    | Talks about talks are under way.
True or false: The comet hit Jupiter.
    True | The comet hit Jupiter in July.
    -    | The comet missed Jupiter.
    -    | The comet hit Jupiter in the novel.
    -    | Pieces of the comet hit Jupiter.
"""

# Written to mislead, for what the table above had shown: at first sight 15 of 25 verdicts were right.
NARROWED = """
Did the tower fall?
    Yes  | The tower fell at dawn.
    -    | The tower falls in the third season of the series.
    No   | The tower did not fall.
    -    | In her dream the tower fell.
Did Ghana sell the port?
    Yes  | Ghana sold the port in May.
    -    | Ghana sold shares in the port.
    -    | Ghana forgot why it sold the port.
    -    | Ghana sold the old port in 1987.
Does Chile export lithium?
    Yes  | Chile exports lithium.
    -    | Chile exports recycled lithium.
    No   | Chile does not export lithium.
    -    | Chile exports machines that mine lithium.
Will the museum reopen on Friday?
    Yes  | The museum will reopen on Friday, its director said. | Ana Lind
    -    | The museum will reopen in May, its director said. | Ana Lind
    -    | The museum will reopen next year, its director said. | Ana Lind
    No   | The museum will not reopen on Friday, its director said. | Ana Lind
Did the team lose three games?
    Yes  | The team lost three games.
    -    | The team won three games.
    -    | The team lost three more games.
Are workers on strike?
    Yes  | Workers are on strike.
    No   | Workers are no longer on strike.
    -    | Workers for workers on strike are cooking.
    -    | Workers are on strike committees.
Did the army close the border?
    Yes  | The army closed the border on Monday.
    -    | The army closed a border post.
    -    | The army closed the border in an exercise.
    No   | The army did not close the border.
Has Kenya banned foreign films?
    Yes  | Kenya has banned foreign films.
    -    | Kenya has banned violent foreign films.
    -    | Kenya has banned films.
Did Mia Holt remember the victims?
    Yes  | Mia Holt remembered the victims.
    -    | Mia Holt remembered who the victims blamed.
    -    | Mia Holt did not remember when the victims arrived.
Is the bridge open?
    Yes  | The bridge is open.
    No   | The bridge is closed.
    -    | The bridge is open in the model.
    -    | The bridge is open to cyclists.
"""

# Written to mislead when the rules for the two tables above stood: 16 of 18 verdicts were right, without these rules
# 16 of 25. Two more have been changed since.
LAST = """
Did the court overturn the ban?
    Yes  | The court overturned the ban on Tuesday.
    Yes  | The court on Tuesday overturned the controversial ban.
    -    | The court overturned part of the ban.
    -    | The court overturned a lower court's ruling on the ban.
    No   | The court did not overturn the ban.
    -    | The court is due to rule on whether to overturn the ban.
Has Samsung recalled the phone?
    Yes  | Samsung has recalled the phone over overheating batteries.
    -    | Samsung has recalled accessories for the phone.
    -    | Samsung has recalled the phone's charger.
    No   | Samsung has not recalled the phone.
Did the rebels free the hostages?
    Yes  | The rebels freed the hostages at noon.
    -    | The rebels freed female hostages.
    -    | The rebels freed a leader of the hostages.
    -    | In a staged video the rebels freed the hostages.
Will Spain host the games this year?
    Yes  | Spain will host the games this year, the organisers said. | the organisers
    -    | Spain will host the games in 2030, the organisers said. | the organisers
    No   | Spain will not host the games this year, the organisers said. | the organisers
Is the vaccine safe?
    Yes  | The vaccine is safe, the regulator said. | the regulator
    No   | The vaccine is not safe, the regulator said. | the regulator
    -    | The vaccine is safe for adults, the regulator said. | the regulator
    -    | The vaccine is safe except for infants, the regulator said. | the regulator
    -    | The vaccine trial is safe, the regulator said. | the regulator
Did Anna Berg know the killer?
    Yes  | Anna Berg knew the killer.
    -    | Anna Berg knew what the killer did.
    -    | Anna Berg knew the killer's mother.
    No   | Anna Berg did not know the killer.
Did the volcano erupt?
    Yes  | The volcano erupted on Sunday.
    -    | The volcano erupts in the final episode.
    -    | A volcano near the volcano erupted.
    -    | The volcano last erupted in 1912.
Was the minister arrested?
    Yes  | The minister was arrested at the airport.
    -    | The minister was almost arrested.
    -    | The minister's aide was arrested.
    -    | The minister was arrested in an early draft of the script.
Are schools closed?
    Yes  | Schools are closed.
    -    | Schools are closed to visitors.
    -    | Primary schools are closed.
    No   | Schools are not closed.
Did Japan win five medals?
    Yes  | Japan won five medals.
    -    | Japan won five gold medals.
    -    | Japan lost five medals to doping.
    No   | Japan did not win five medals.
"""

# What the rules get wrong: another thing of the same name, long ago.
KNOWN_WRONG = {"Ghana sold the old port in 1987."}


def rows(table: str) -> list[tuple[str, str, str, str]]:
    found, asked = [], ""
    for line in table.strip().splitlines():
        if line[0] != " ":
            asked = line
            continue
        right, text, speaker = (*(cell.strip() for cell in line.split("|")), "")[:3]
        found.append((asked, text, speaker, right))
    return found


def word(asked: str, text: str, speaker: str) -> str:
    told = verdict(Question(asked), quote(text, speaker))
    return told.split(",")[0] if told else "-"


TABLES = {TUNED: 0.75, CHECKED: 0.9, UNSEEN: 0.8, NARROWED: 0.9, LAST: 0.9}
"""The share of telling sentences from which a verdict is given, at least."""

ALL = [row for table in TABLES for row in rows(table)]


@pytest.mark.parametrize(
    ("asked", "text", "speaker", "right"),
    [pytest.param(*row, marks=pytest.mark.xfail(strict=True)) if row[1] in KNOWN_WRONG else row for row in ALL],
)
def test_a_verdict_is_right_or_is_not_given(asked: str, text: str, speaker: str, right: str) -> None:
    assert word(asked, text, speaker) in (right, "-")


@pytest.mark.parametrize(("table", "least"), TABLES.items())
def test_verdicts_are_given_where_a_sentence_tells(table: str, least: float) -> None:
    telling = [row for row in rows(table) if row[3] != "-"]
    assert sum(word(*row[:3]) == row[3] for row in telling) >= least * len(telling)


def test_half_of_the_pairs_tell_nothing_or_the_opposite() -> None:
    assert len(ALL) >= 120
    assert sum(row[3] in ("-", "No", "False") for row in ALL) >= len(ALL) / 2


def test_a_verdict_names_its_speaker_and_the_day() -> None:
    asked = Question("Will US troops go to Ukraine?")
    text = "“There will not be US troops deployed to Ukraine.”"
    assert verdict(asked, quote(text, "Pete Hegseth")) == "No, according to Pete Hegseth on 13 February 2025"
    assert verdict(asked, quote(text, "Pete Hegseth", day=None)) == "No, according to Pete Hegseth"
    assert verdict(asked, quote(text)) is None  # nobody stands for the forecast


def test_a_pronoun_stands_for_the_name_that_the_sentence_before_begins_with() -> None:
    asked = Question("Did Ines Falk win the race?")
    assert verdict(asked, quote("She won the race.", before="Ines Falk ran in Oslo. ")) is None  # Falk, or Oslo?
    assert verdict(asked, quote("She won the race.", before="Ines Falk ran all day. ")) == "Yes"
    assert verdict(asked, quote("She won the race.", before="Mara Voss ran all day. ")) is None


@pytest.mark.parametrize("asked", ["Who won the race?", "When will it end?", "The race", ""])
def test_other_questions_get_no_verdict(asked: str) -> None:
    assert verdict(Question(asked), quote("Ines Falk won the race.")) is None


def test_statements_to_judge() -> None:
    assert is_statement_to_judge("  true or FALSE: cars fly")
    assert not is_statement_to_judge("Is it true or false that cars fly?")


_VOCABULARY = (
    "Will did Is Hungary leave left NATO not never could if said by the troops sent closed . , “ ” ? denied that "
    "refused to ruled out can't he I we 12 True or false: isn’t us was in on Monday no all"
).split()
SENTENCES = st.lists(st.sampled_from(_VOCABULARY), max_size=14).map(" ".join) | st.text(max_size=60)


@given(asked=SENTENCES, text=SENTENCES, speaker=st.sampled_from(["", "Ines Falk"]), day=st.none() | st.dates())
@settings(max_examples=300)
def test_verdicts_never_fail_and_name_their_speaker(asked: str, text: str, speaker: str, day: date | None) -> None:
    told = verdict(Question(asked), quote(text, speaker, day=day))
    assert told is None or re.match(r"(?:Yes|No|True|False)(?:,|$)", told)
    assert told is None or (f"according to {speaker}" in told) is bool(speaker)


@pytest.mark.parametrize("doubt", ["could", "may", "might", "hopes to", "wants to", "tried to", "should"])
@pytest.mark.parametrize("speaker", ["", "Ines Falk"])
def test_what_is_only_possible_is_never_affirmed(doubt: str, speaker: str) -> None:
    for asked, verb in itertools.product(("Did Hungary leave NATO?", "Will Hungary leave NATO?"), ("leave",)):
        assert verdict(Question(asked), quote(f"Hungary {doubt} {verb} NATO.", speaker)) is None


# -- differing, moved -------------------------------------------------------------------------------------------------

KILLED = Question("How many people did the fire in Riga kill?")


def told(*said: tuple[str, str], asked: Question = KILLED) -> list[tuple[str | None, str]]:
    quotes = [quote(text, outlet=outlet) for outlet, text in said]
    return [(each.article.outlet, figure) for each, figure in differing(asked, quotes)]


def test_figures_that_differ_are_told_in_order() -> None:
    reuters = ("Reuters", "The fire in Riga killed a dozen people.")
    ap = ("AP", "The fire in Riga killed 15 people on 3 May.")
    assert told(reuters, ap) == [("Reuters", "12"), ("AP", "15")]
    assert told(ap, reuters) == [("AP", "15"), ("Reuters", "12")]


@pytest.mark.parametrize(
    "other",
    [
        "The fire in Riga killed twelve people.",
        "The fire in Riga killed about 12 people.",
        "The fire in Riga killed at least 10 people.",
        "The fire in Oslo hurt 15 people.",  # another fire
        "The fire in Riga killed people.",
        "The fire in Riga killed 15% of its people.",  # a share
        "The fire in Riga killed people in 15 houses and 3 cars.",  # not people
    ],
)
def test_figures_that_agree_or_tell_something_else(other: str) -> None:
    assert told(("Reuters", "The fire in Riga killed 12 people."), ("AP", other)) == []


def test_one_source_does_not_contradict_itself() -> None:
    text = "The fire in Riga killed {} people."
    assert told(("AP", text.format(12)), ("AP", text.format(15))) == []


def test_days_that_differ() -> None:
    asked = Question("When did Ukraine apply for membership?")
    text = "Ukraine applied for membership in {}."
    month, year, other = text.format("September 2022"), text.format("2022"), text.format("May 2023")
    assert told(("AP", month), ("BBC", year), asked=asked) == []
    assert told(("AP", month), ("BBC", other), asked=asked) == [("AP", "September 2022"), ("BBC", "May 2023")]


def test_only_figures_and_days_are_compared() -> None:
    assert told(("AP", "Falk won 12 votes."), ("BBC", "Falk won 15 votes."), asked=Question("Who won votes?")) == []


@given(st.lists(st.tuples(st.sampled_from(["AP", "BBC", "DPA"]), SENTENCES), max_size=5), SENTENCES)
def test_differing_never_fails_and_keeps_the_order(said: list[tuple[str, str]], asked: str) -> None:
    quotes = [quote(text, outlet=outlet) for outlet, text in said]
    found = [each for each, _ in differing(Question(asked), quotes)]
    assert len(found) != 1
    remaining = iter(quotes)
    assert all(any(each is other for other in remaining) for each in found)


OLD = quote("Ukraine will join NATO one day.", "Mark Rutte", day=date(2024, 7, 11))
NEW = quote("Ukraine was never promised NATO membership.", "Mark Rutte", day=date(2025, 2, 14))
WEATHER = quote("Brussels is cold.", "Mark Rutte", day=date(2024, 1, 1))
OTHER = quote("Ukraine will join NATO.", "Ines Falk", day=date(2020, 1, 1))


def test_statements_of_one_speaker_come_newest_first() -> None:
    assert moved([OLD, OTHER, NEW]) == ([NEW, OTHER, OLD], {2})
    assert moved([NEW, OLD]) == ([NEW, OLD], {1})


def test_nothing_moved() -> None:
    assert moved([]) == ([], set())
    assert moved([WEATHER, NEW]) == ([NEW, WEATHER], set())  # another topic
    assert moved([OTHER, NEW]) == ([OTHER, NEW], set())  # another speaker
    same_day = quote("Ukraine and NATO are close.", "Mark Rutte", day=date(2025, 2, 14))
    assert moved([same_day, NEW]) == ([same_day, NEW], set())
    undated = quote("Ukraine will join NATO.", "Mark Rutte", day=None)
    assert moved([undated, NEW]) == ([undated, NEW], set())


def test_a_last_name_alone_is_the_same_speaker() -> None:
    short = quote("Ukraine will join NATO one day.", "Rutte", day=date(2024, 7, 11))
    assert moved([short, NEW]) == ([NEW, short], {1})


@given(st.lists(st.sampled_from([OLD, NEW, WEATHER, OTHER]), max_size=7))
def test_moved_only_changes_places(quotes: list[Quote]) -> None:
    ordered, older = moved(quotes)
    assert sorted(map(id, ordered)) == sorted(map(id, quotes))
    assert older <= set(range(len(quotes)))
    assert moved(ordered) == (ordered, older)
