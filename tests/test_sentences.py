"""Sentence spans: a table of hard cases, Markdown and line breaks, and what holds for every text."""

from __future__ import annotations

import re
import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natoqa.sentences import read, split

# Each case is a paragraph in which "|" stands where one sentence ends and the next begins.
# Written from the rules of the language, not from what the splitter does; the benchmark of splitters uses them, too.
HARD_CASES: dict[str, tuple[str, ...]] = {
    "plain": (
        "The talks ended late.| No deal was signed.| Both sides will meet again.",
        "Who will pay?| Nobody knows!| The vote is on Monday.",
        "The vote was close.| 52 members said yes.",
        "He paid.| $5 was enough.",
        "It rose to 3.5 percent.| Prices fell 0.2 points.",
        "The figure was 24.| Rutte called it low.",
        "It began in 2014.| Ukraine lost Crimea.",
        "Nobody laughed.| #NATO was trending by noon.",
        "It was over.| iPhone sales fell the next day.",
    ),
    "titles": (
        "Mr. Rutte met Mrs. Meloni and Ms. Frederiksen.| They talked.",
        "Dr. Li He and Dr. So spoke.| Prof. An listened.",
        "Gen. Mark Milley, Lt. Col. Alexander Vindman and Sgt. Joe Pike testified.| All agreed.",
        "Sen. Lindsey Graham, Rep. Nancy Mace and Gov. Ron DeSantis objected.| Nobody else did.",
        "Maj. Gen. Christopher Donahue was the last to leave.| Adm. Rob Bauer came later.",
        "The Rt. Hon. Kim Lee, the Rev. Al Sharpton and St. John Smythe prayed.| Msgr. Bux did not.",
        "ST. LOUIS is in Missouri.| DR. NO is a film.",
        "She flew to St. Petersburg via Mt. Vernon.| It took a day.",
        "He lives on Main St. with a cat.| His office is on Wall St.| The walk takes an hour.",
    ),
    "initials": (
        "J. D. Vance spoke before J.D. Vance listened.| George W. Bush stayed away.",
        "J.R.R. Tolkien met C. S. Lewis.| John F. Kennedy was young.",
        "The patient lacked vitamin C. | The doctor prescribed some.",
        "Queen Elizabeth I reigned for 44 years.| Nobody reigned longer then.",
        "Plan A failed.| They turned to plan B.| It worked.",
    ),
    "countries": (
        "He lives in the U.S. | The president does, too.",
        "The U.S. Senate voted.| The U.N. Security Council did not.",
        "The E.U. Commission and the U.K. Treasury agreed.| France did not.",
        "It is made in the U.K. | But it is sold in the U.S.",
        "Troops from the U.S. are there.| Those from the U.K. will follow.",
        "See Rankings:U.S. News.| It is made in the (former) U.S.S.R. | The wall fell.",
        "The U.S.-led alliance met.| U.S. officials were late.",
        "It opened in Washington, D.C. | In May it closed.",
        "He worked for the U.S. | Officials denied it.",
        "The U.S. 5th Fleet sailed.| Its base is in Bahrain.",
        "He called it a gift to the “U.S.” | She called it a loan.",
    ),
    "companies": (
        "Apple Inc. Chief Executive Tim Cook resigned.| Shares fell.",
        "He works for Apple Inc. | She works for Lockheed Martin Corp. and Shell Ltd. in London.",
        "Smith & Co. sued Jones Bros. | The case was settled.",
        "Yahoo! Inc. was sold.| Yahoo! | The name is still funny.",
        "Yum! Brands owns the chain.| E! News reported it.",
        "Booking.com and Will.i.am met at example.org.| They left.",
        "Robert F. Kennedy Jr. spoke.| Martin Luther King Jr. | The name is famous.",
    ),
    "dates and hours": (
        "On Feb. 13 he spoke.| By Sept. 11 it was over.",
        "It began in Feb. | The end came in Dec. 2024.",
        "It starts at 5 p.m. on Monday.| It ends at 9 p.m. | The doors open at 4 p.m. EST.",
        "He arrived at 7 a.m. Tuesday.| She came at 8 a.m. Kyiv time.",
        "The vote is at 5 p.m. | Rutte will watch.",
        "WASHINGTON, Feb. 13 (Reuters) - The talks failed.| More follows.",
    ),
    "numbers": (
        "No. 10 Downing Street was silent.| “No.” | The answer was clear.",
        "Is it over?| No. | We go on.",
        "Art. 5 was invoked once.| See p. 12 and pp. 3-4 of Vol. 2.| Fig. 3 shows it.",
        "It cost $3.5m in 2024.| Version 2.0.1 cost €4.50.",
        "Reasons: 1. It is cheap.| 2. It is fast.| 3. It works.",
        "Age: 44. | Born in Kyiv.",
        "Section § 5.2 applies.| § 6 does not.",
        "It grew by 1.5 per cent (v. 0.9 per cent).| Good.",
    ),
    "other abbreviations": (
        "Guns, tanks, etc. were sent.| Planes, ships, etc. | Ukraine thanked them.",
        "Some members, e.g. Hungary, object.| Others, i.e. Poland, do not.",
        "It is Ukraine vs. Russia.| Roe v. Wade was overturned.",
        "The study (Smith et al. 2020) is old.| It was by Jones et al. | The data are lost.",
        "Sen. Mitch McConnell, R-Ky., and Elizabeth Warren, D-Mass., agreed.| It was rare.",
        "He is from Calif. | The others are from Tex.",
        "She has a Ph.D. in law.| He has an M.D. | They met at school.",
        "The dept. of defence, approx. 3 km away, is closed.| It opens soon.",
    ),
    "quotations": (
        "“We must act.| We must act now,” he said.",
        "“I agree.” | She left.",
        "“Is it true?” he asked.| “It is!” she cried.",
        "“Is it true?” Trump asked.| “Never!” President Joe Biden replied.",
        "“Is it true?” | She said nothing more.",
        '"It is over," he said.| "We lost." | The room was silent.',
        "He said: “We go.| You stay.” | They obeyed.",
        "He called it “a gift.” | Others disagreed.",
        "He called it ‘a gift’.| Others disagreed.",
        "“He told me ‘I quit.’” | She wept.",
        "She said it was “over.”[1] | He asked why.[2][3] | Nobody knew.¹ | It rained.",
        "(He did not say why.) | She did.",
        "He left (it was late).| She stayed.",
        "He left (why?) and she stayed.| It was [sic] late.",
        "“We won.| [T]he war is over.” | He smiled.",
        "“The first victim of war is truth.” — Hiram Johnson",
        "'We are ready.' | 'So are we.'",
        "“Are you sure?” | “Yes.” | “Good.”",
        "“Who goes there?” | The voice was low.",
        "“Go!” shouted the crowd.| Nobody went.",
        "He asked, “Why?” | And I said nothing.",
        "It is spelt with an “i”. | Bill was sure.",
        "“I might have …” | Kyiv’s mayor paused.",
    ),
    "ellipses": (
        "It is crucial … but it was never a promise.| He left.",
        "It is crucial ... but not now.| He left.",
        "Well... | It is over.",
        "I thought … | The rest is known.",
        "We trust … Ukraine to win.| They will.",
        "“I was late. | … I went home,” he said.",
        "He paused. . . . and left.| She stayed.",
        "He stopped....| Rain fell.",
        "They want peace [...] and trade.| We do, too.",
        "It ended. | [...] The rest is known.",
    ),
    "exclamations and questions inside": (
        "He shouted “Stop!” and ran.| Nobody followed.",
        "The film “Who Is Next?” opens today.| It is long.",
        "What?!| He left.",
        "Really??? | Yes!!!",
        "He won (!) twice.| She lost (?) once.",
    ),
    "addresses": (
        "See https://example.org/a.b?c=D. | The page is old.",
        "Write to press.office@example.org. | They answer.",
        "Read www.example.org/Index.html and file.txt.| Then call.",
        "It runs Node.js and ASP.NET on v1.2.3.| Nobody knows why.",
        "[He left.](https://example.org/a) | She stayed.",
        "**It is over.** | *Nobody won.* | __All lost.__",
    ),
    "datelines and dashes": (
        "WASHINGTON (AP) — President Joe Biden spoke.| He was brief.",
        "WASHINGTON, D.C. — The president spoke.| He was brief.",
        "KYIV, Ukraine — “It is cold,” she said.| It was.",
        "He came – late – and left.| She stayed.",
        "— It is over.| — Is it?| — Yes.",
        "The plan — “a joke!” he said — failed.| It was over.",
    ),
    "german": (
        "„Ich gehe.“ | Er ging.| Dann kam der 24. Februar 2022.| Am 3. März war Ruhe.",
        "Er sagte z.B. nichts.| Es kostete ca. 3 Mio. Euro.| Das ist viel.",
        "»Ich gehe.« | Sie blieb.| Dr. Müller kam im 19. Jahrhundert.",
        "Über Nacht fiel Schnee.| Ärzte warnten.",
    ),
    "french": (
        "« Je pars. » | Il est parti.| M. Macron a parlé.",
        "« Est-ce vrai ? » demande-t-il.| « Oui ! » répond-elle.",
        "À Paris, tout va bien.| Écoutez !| C’est fini.",
    ),
    "spanish": (
        "¿Es verdad?| ¡No!| El Sr. Sánchez viajó a EE.UU. con la Sra. López.",
        "Se acabó.| ¿Quién ganó?| Ángela no lo sabe.",
    ),
    "russian": (
        "Он ушёл.| «Я согласен», — сказал он.| Это было в 2022 г. и в Москве.",
        "В. В. Путин и Д. А. Медведев молчали.| Почему?| Никто не знает.",
    ),
    "other scripts": (
        "他走了。|她留下了！|为什么？|没有人知道。",
        "「行きます。」と彼は言った。|彼女は残った。",
        "هل انتهت الحرب؟| لا أحد يعرف.| ذهب الرئيس.",
        "वह चला गया।| वह रुकी।| क्यों?",
        "Έφυγε.| Εκείνη έμεινε.",
    ),
}


def text_and_sentences(case: str) -> tuple[str, list[str]]:
    return case.replace(" | ", " ").replace("|", ""), [part.strip() for part in case.split("|")]


def _texts(text: str) -> list[str]:
    return [sentence.text for sentence in split(text)]


@pytest.mark.parametrize("case", [case for cases in HARD_CASES.values() for case in cases])
def test_hard_case(case: str) -> None:
    text, sentences = text_and_sentences(case)
    assert _texts(text) == sentences


WRAPPED = """\
The Secretary-General said on Thursday that accession was never a part of the
deal. Speaking to reporters, he named neither Hungary nor Slovakia, whose Mr.
Fico objects. “We are ready,” he said, “to listen to every one of our 32
members.”
"""
ONE_LINE_EACH = """\
Alliance steps back from promise of membership
Ukraine was never promised membership as part of any agreement, the head of the alliance said on Thursday in Brussels.
Rutte’s words echo those of the US Defense Secretary
“There will not be troops,” he added. “None at all.”
Applications take years. Kiev applied in 2022, and members such as Hungary have said that they will vote against it.
"""


def test_a_wrapped_paragraph_is_one_paragraph() -> None:
    assert [" ".join(text.split()) for text in _texts(WRAPPED)] == [
        "The Secretary-General said on Thursday that accession was never a part of the deal.",
        "Speaking to reporters, he named neither Hungary nor Slovakia, whose Mr. Fico objects.",
        "“We are ready,” he said, “to listen to every one of our 32 members.”",
    ]


@pytest.mark.parametrize("width", [40, 55, 72, 80, 100, 120])
def test_wrapping_does_not_change_the_sentences(width: int) -> None:
    plain = ONE_LINE_EACH.replace("\n", "\n\n")
    wrapped = "\n\n".join(textwrap.fill(line, width) for line in ONE_LINE_EACH.splitlines())
    assert [" ".join(text.split()) for text in _texts(wrapped)] == _texts(plain)


def test_one_paragraph_a_line() -> None:
    assert _texts(ONE_LINE_EACH) == [
        "Alliance steps back from promise of membership",
        "Ukraine was never promised membership as part of any agreement, the head of the alliance said on Thursday in "
        "Brussels.",
        "Rutte’s words echo those of the US Defense Secretary",
        "“There will not be troops,” he added.",
        "“None at all.”",
        "Applications take years.",
        "Kiev applied in 2022, and members such as Hungary have said that they will vote against it.",
    ]


MARKDOWN = {
    "# Talks fail\nThe talks failed. All left.": ["Talks fail", "The talks failed.", "All left."],
    "## What now? ##\n\nNobody knows.": ["What now?", "Nobody knows."],
    "Talks fail\n==========\nAll left.": ["Talks fail", "All left."],
    "- Hungary objects\n- Slovakia, too. It is firm.\n* Poland does not\n+ Nor France": [
        "Hungary objects",
        "Slovakia, too.",
        "It is firm.",
        "Poland does not",
        "Nor France",
    ],
    "• Hungary\n•Slovakia\n‣ Poland": ["Hungary", "Slovakia", "Poland"],
    "1. Hungary objects.\n2. Slovakia does\n   so, too.\n3) Poland waits.": [
        "Hungary objects.",
        "Slovakia does\n   so, too.",
        "Poland waits.",
    ],
    "24. Februar 2022: Der Krieg beginnt.": ["24. Februar 2022: Der Krieg beginnt."],
    "2022. A hard year.": ["2022.", "A hard year."],
    "> We must act. We must act now,\n> he said.\n\nAll left.": [
        "We must act.",
        "We must act now,\n> he said.",
        "All left.",
    ],
    "> We must act.\n> We must act now.\n>\n> > And soon.": ["We must act.", "We must act now.", "And soon."],
    "> - Hungary\n> - Slovakia": ["Hungary", "Slovakia"],
    ">50 members agreed. One did not.": [">50 members agreed.", "One did not."],
    "| Member | View |\n|:---|---:|\n| Hungary | No. It is firm. |": ["Member | View", "Hungary | No. It is firm."],
    "One.\n\n---\n\n* * *\n\n***\n\nTwo.": ["One.", "Two."],
    "- \n>\n#\n|\n": [],
    "**Talks** fail. [All left](https://example.org/a.html) *early*. __Nobody__ won.": [
        "**Talks** fail.",
        "[All left](https://example.org/a.html) *early*.",
        "__Nobody__ won.",
    ],
    "Mark Rutte\nBrussels\nThe talks failed.": ["Mark Rutte", "Brussels", "The talks failed."],
    "It was said by the Secretary-General of the\nAlliance. All left.": [
        "It was said by the Secretary-General of the\nAlliance.",
        "All left.",
    ],
    "The talks failed, said the minister\nafter the meeting.": [
        "The talks failed, said the minister\nafter the meeting."
    ],
    "apples\npears\nplums": ["apples", "pears", "plums"],
    "One ends.\r\nTwo ends.\rThree ends.\u2028Four ends.\u2029Five": [
        "One ends.",
        "Two ends.",
        "Three ends.",
        "Four ends.",
        "Five",
    ],
    "\ufeffOne ends.\u200b Two ends.\u200b\n \u200b \nThree": ["One ends.\u200b", "Two ends.", "Three"],
    "": [],
    " \n\t\u200b\n": [],
    "…": ["…"],
}


@pytest.mark.parametrize("text", MARKDOWN)
def test_markdown_and_lines(text: str) -> None:
    assert _texts(text) == MARKDOWN[text]


# Whatever the text is, it is covered: what lies between the sentences is white space or Markdown's markers.
BETWEEN = re.compile(r"[\s\u200b\u2060\ufeff]*(?:[-*_=~`#>|:+•‣▪●◦∙·.)\d\s\u200b\u2060\ufeff]*)\Z")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\r\n[^\S\n]*\r\n|[\f\u2029]")
CHARACTERS = " .!?…\n\"'“”‘’«»()[]*_#>|-—•1Aaé字ع。」\u200b\u200f\ufeff\u2029\x00\x0c\r\t$"
WORDS = "Mr. U.S. p.m. 12. The he “I ... [1] ](x) |a| Trump asked 🙂 iPhone ” said".split()
PIECES = st.sampled_from([*CHARACTERS, *WORDS, "\n\n", "\r\n", "\n- ", "\n> ", "\n2. ", "\n# "])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_spans_are_exact_ordered_and_cover_the_text(text: str) -> None:
    position = 0
    for sentence in split(text):
        assert sentence.text == text[sentence.start : sentence.end] != ""
        assert sentence.start >= position
        assert sentence.text == sentence.text.strip()
        assert BETWEEN.match(text[position : sentence.start])
        assert not BLANK_LINE.search(sentence.text)
        position = sentence.end
    assert BETWEEN.match(text[position:])


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="-*_=~`#>|:+•‣▪●◦∙·", exclude_categories=["Cs", "Nd"]), max_size=200))
def test_without_markers_only_white_space_is_left_out(text: str) -> None:
    covered = "".join(sentence.text for sentence in split(text))
    blank = re.compile(r"[\s\u200b\u2060\ufeff]+")
    assert blank.sub("", covered) == blank.sub("", text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["We met.", "Is it over?", "He said “No.”", "No deal", "1.5 is low!"]), max_size=8))
def test_paragraphs_are_split_alone(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    assert _texts(text) == [sentence for paragraph in paragraphs for sentence in _texts(paragraph)]


UNITS = '。 " ." ( .]( x .[1] 。」 # .'.split()
UNITS += [". (", " ", ". ", "\n", "a\n", "> ", "- ", "1. ", "| ", "[...] "]
UNITS += ["? A", "U.S. ", "A ", ". $", "!A ", "\u200b", ". « "]


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_linear(unit: str) -> None:
    def seconds(size: int) -> float:
        """Return the best of three runs: a garbage collection in between is not the splitter's."""
        text = (unit * size)[:size] + " x"
        runs = []
        for _ in range(3):
            started = time.process_time()
            split(text)
            runs.append(time.process_time() - started)
        return min(runs)

    # Quadratic work would take minutes; the floor keeps the ratio meaningful where a run takes milliseconds.
    assert seconds(200_000) < 20 * max(seconds(25_000), 0.02)


def test_a_very_long_sentence_is_left_whole() -> None:
    text = "Ukraine, " * 20_000 + "and nobody else."
    assert _texts(text) == [text]


def test_read_keeps_the_spans() -> None:
    text = "“There will not be troops,” Hegseth said. He left."
    spans = [(sentence.start, sentence.end) for sentence in split(text)]
    assert [(sentence.start, sentence.end) for sentence in read(text, title="No troops")] == spans
