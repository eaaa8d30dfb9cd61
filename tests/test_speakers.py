"""Who speaks: short invented articles with the speaker of every sentence, and what holds for every text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natoqa.sentences import read, split
from natoqa.sentences.speakers import attribute
from natoqa.types import Sentence, Speaker

Line = tuple[str, str | None]

# Each article is a list of paragraphs, each paragraph a list of (sentence, name of its speaker).
ARTICLES: dict[str, list[list[Line]]] = {
    "direct speech, both orders": [
        [("Harbour Minister Anna Lindqvist opened the new pier on Monday.", None)],
        [("“The pier is safe,” Lindqvist said.", "Anna Lindqvist")],
        [("“We tested it twice,” said Lindqvist.", "Anna Lindqvist"), ("“It held.”", "Anna Lindqvist")],
        [("Visitors may use it from May.", None)],
    ],
    "indirect speech": [
        [("Mayor Tom Beckett said that the bridge would close in June.", "Tom Beckett")],
        [("Beckett has warned drivers to expect long queues.", "Tom Beckett")],
        [("The work will take a year, Beckett insisted.", "Tom Beckett")],
        [("According to Beckett, the ferry will run every hour.", "Tom Beckett")],
        [("The ferry is free for residents, according to Beckett.", "Tom Beckett")],
        [("Beckett told reporters that tolls were not planned.", "Tom Beckett")],
        [("Beckett told CNN he would ride it himself.", "Tom Beckett")],
    ],
    "apposition": [
        [("Rosa Delgado, the head of the water board, said the wells were full.", "Rosa Delgado")],
        [("Delgado, who took office in spring, claimed victory over the drought.", "Rosa Delgado")],
        [("The reservoirs are next, said Delgado, a geologist by training.", "Rosa Delgado")],
    ],
    "inverted with a role": [
        [("The treaty stands, said Foreign Minister Jan Novak.", "Jan Novak")],
        [("“It will outlive us all,” said US Ambassador Peter Hale.", "Peter Hale")],
        [("“That is my hope too,” added Novak.", "Jan Novak")],
        [("“Hope is not a plan,” said retired plumber Luke Abbott, a member of the audience.", "Luke Abbott")],
    ],
    "when and where it was said, behind and before": [
        [("“We start at dawn,” said Ines Falk less than a week before the race.", "Ines Falk")],
        [("“The course is dry,” said Falk shortly after a last look.", "Ines Falk"), ("“It held.”", "Ines Falk")],
        [("“We lost the flags,” said Falk late Sunday.", "Ines Falk")],
        [("The start was too early, said Falk early on Monday.", "Ines Falk")],
        [("“Nobody is late,” said Falk aide Tim Roe.", "Tim Roe")],
        [("Falk in a statement after the race said the course had been marked badly.", "Ines Falk")],
        [("The plumber in a letter to the club said he would not run again.", None)],
    ],
    "a quotation over several sentences": [
        [
            ("“We waited for hours.", "Mary Stone"),
            ("Nobody came.", "Mary Stone"),
            ("In the end we walked home,” said Mary Stone, a teacher.", "Mary Stone"),
        ],
        [("“It was cold, too,” she added.", "Mary Stone"), ("“My feet were numb.”", "Mary Stone")],
        [("The bus company runs six lines.", None)],
    ],
    "a quotation over several paragraphs": [
        [("“The vote was lost long ago,” said Karl Weber, a party veteran.", "Karl Weber")],
        [("“We know that.", "Karl Weber"), ("We have always known it.", "Karl Weber")],
        [("“Next time we will listen.”", "Karl Weber")],
    ],
    "pronouns": [
        [("Prime Minister Elena Petrova met Finance Minister Oleg Ivanov on Friday.", None)],
        [("“The budget is sound,” Petrova said.", "Elena Petrova")],
        [("She said taxes would not rise.", "Elena Petrova")],
        [("Ivanov was more careful.", None)],
        [("“We will see in autumn,” he said.", "Oleg Ivanov")],
        [("He added that oil prices were falling.", "Oleg Ivanov")],
    ],
    "the remarks that a sentence introduces": [
        [("NATO chief Mark Rutte said on Thursday that nothing had been promised.", "Mark Rutte")],
        [("Rutte’s words echoed remarks made by US Defense Secretary Pete Hegseth a day before.", None)],
        [("“That is not realistic,” he said.", "Pete Hegseth")],
        [("“There will be no troops,” he added.", "Pete Hegseth")],
    ],
    "a role instead of a name": [
        [("Health Minister Paul Adeyemi and Mayor Ruth Klein visited the clinic.", None)],
        [("“Beds are enough,” Adeyemi said.", "Paul Adeyemi")],
        [("“We need nurses,” Klein replied.", "Ruth Klein")],
        [("The minister added that help was on its way.", "Paul Adeyemi")],
        [("“I will hold him to it,” the mayor said.", "Ruth Klein")],
    ],
    "bodies": [
        [("NATO said the exercise was planned.", "NATO")],
        [("The White House said on Tuesday that talks went on.", "White House")],
        [("The company said in a statement that nobody was hurt.", None)],
        [("“We are looking into it,” a spokesperson for Meta said.", "Meta")],
        [("The Ministry of Transport announced that trains would be free.", "Ministry of Transport")],
        [("The roof fell in at noon, according to the Harlow Fire Department.", "Harlow Fire Department")],
    ],
    "nouns for the people of a country": [
        [("US Defense Secretary Carl Boone met French Foreign Minister Anne Morel in Lisbon.", None)],
        [("The plan was sound, the American said.", "Carl Boone")],
        [("He added that it would be signed in May.", "Carl Boone")],
        [("The Frenchwoman argued that May was too late.", "Anne Morel")],
        [("She called the delay dangerous.", "Anne Morel")],
        [("The Hungarian said that he agreed with neither.", None)],
    ],
    "two of one country": [
        [("US Senator Carl Boone and US Senator Dora Flint came to Riga.", None)],
        [("The American said that it was cold.", None)],
    ],
    "a nationality that only the context tells": [
        [("Pieter Smit said that the dykes would hold.", "Pieter Smit")],
        [("They had been tested in March, the Dutchman added.", "Pieter Smit")],
    ],
    "offices under other names": [
        [("Ukrainian President Petro Hrytsenko spoke with British Prime Minister Ian Ashdown.", None)],
        [("German Chancellor Lena Vogt and NATO Secretary General Jan Kroon were present.", None)],
        [("Russian President Oleg Orlov and Kremlin spokesman Igor Belov were not.", None)],
        [("The Ukrainian leader said that the talks had gone well.", "Petro Hrytsenko")],
        [("The British prime minister agreed that they had.", "Ian Ashdown")],
        [("The German chancellor warned that winter was near.", "Lena Vogt")],
        [("The alliance’s head insisted that there was time.", "Jan Kroon")],
        [("The NATO chief named no date, the British leader said.", "Ian Ashdown")],
        [("The Kremlin chief claimed that nobody had asked him.", "Oleg Orlov")],
        [("The Polish president said that this was untrue.", None)],
    ],
    "former and present": [
        [("Former President Paul Greer met President Mary Lund on Friday.", None)],
        [("The former president said that he was glad.", "Paul Greer")],
        [("The president said that she was, too.", "Mary Lund")],
        [("Vice President Tom Reed was ill.", None)],
        [("The vice president said so himself.", "Tom Reed")],
        [("The president wished him well, she said.", "Mary Lund")],
    ],
    "one minister among several": [
        [("Foreign Minister Ada Obi and Finance Minister Max Adler travelled together.", None)],
        [("“We share a car,” Adler said.", "Max Adler")],
        [("The foreign minister said that it was a small one.", "Ada Obi")],
        [("The health minister said that he would walk.", None)],
    ],
    "bodies under other names": [
        [("NATO and Ukraine signed the paper in the Georgia Department of Agriculture.", None)],
        [("The bloc proclaimed that it would stand.", "NATO")],
        [("The alliance said so twice.", "NATO")],
        [("The department said that lunch was served.", "Georgia Department of Agriculture")],
        [("The bank said nothing, a spokesman for the committee said.", None)],
    ],
    "a company that has just spoken": [
        [("Delta Airlines said that all flights were late.", "Delta Airlines")],
        [("The company added that it was sorry.", "Delta Airlines")],
        [("A company said in June that it was not.", None)],
    ],
    "a pronoun whose name stands in its own sentence": [
        [("Farmer Joan Hill said that nobody had come.", "Joan Hill")],
        [("Captain Ruth Klein was puzzled: “I saw a crowd,” she said.", "Ruth Klein")],
        [("The farmer had seen none, and she said so.", "Joan Hill")],
        [("When Klein came back, she said that it had rained.", "Ruth Klein")],
        [("Hill had stayed dry, but she conceded that it was wet.", "Joan Hill")],
        [("As Klein left, “it was a ghost,” she said.", "Ruth Klein")],
        [("Hill took up a plan that she said would help.", "Joan Hill")],
        [("Klein tore down the fence, which she called “a disgrace.”", "Ruth Klein")],
        [("Hill did not answer, but in a letter to the Echo, she said that it was hers.", "Joan Hill")],
        [("Klein met her on the air, where she said that it was not.", "Ruth Klein")],
        [("Hill smiled as she said: “It is.”", "Joan Hill")],
        [("Hill sent Captain Ruth Klein to the air, where she said that it was cold.", None)],
        [("Drivers saw the mayor’s car, and he said that it was his.", None)],
        [("Klein met her later.", None)],
        [("She said that the fence was old.", "Ruth Klein")],
        [("After she had met Hill, she said that she was tired.", "Ruth Klein")],
        [("Hill was wrong, she said.", "Ruth Klein")],
        [("“Hill was wrong,” she said.", "Ruth Klein")],
        [("When Hill spoke, she said, nobody listened.", "Ruth Klein")],
        [("Klein met Mayor Tom Beckett: “They are tired,” he said.", None)],
    ],
    "either of two blocs": [
        [("NATO and the EU met in Ghent.", None)],
        [("The bloc said that the beer was good.", None)],
        [("The alliance said that it was strong.", "NATO")],
    ],
    "verbs of two words": [
        [("Minister Joan Hill made clear that the offer stood.", "Joan Hill")],
        [("She made it plain that there was no other.", "Joan Hill")],
        [("Hill pointed out that others had paid more.", "Joan Hill")],
        [("It was a fair price, she summed up.", "Joan Hill")],
        [("Hill ruled out a discount.", "Joan Hill")],
        [("She called for patience.", "Joan Hill")],
        [("She spoke of hard times.", "Joan Hill")],
        [("Hill doubted that they would end soon.", "Joan Hill")],
        [("Hill found it strange that nobody else did.", "Joan Hill")],
    ],
    "verbs with an object": [
        [("Mayor Tom Beckett assured the drivers that the tunnel was safe.", "Tom Beckett")],
        [("He asked the council to lend him a million.", "Tom Beckett")],
        [("He called on the owners to pay as well.", "Tom Beckett")],
        [("Beckett urged them not to wait.", "Tom Beckett")],
        [("Beckett pledged to close the gap.", "Tom Beckett")],
        [("He accused the builders of greed.", "Tom Beckett")],
        [("He described the tunnel as a triumph.", "Tom Beckett")],
        [("Beckett rejected the claim that it leaked.", "Tom Beckett")],
        [("Beckett called the leak completely irrelevant.", "Tom Beckett")],
        [("He called it absurd that anybody cared.", "Tom Beckett")],
        [("He called that a scandal.", "Tom Beckett")],
        [("Beckett left, calling the question unfair.", "Tom Beckett")],
        [("The tunnel, in his view, was dry.", "Tom Beckett")],
        [("In Beckett’s opinion, so was the mayor.", "Tom Beckett")],
    ],
    "the same verbs without speech": [
        [("Captain Ruth Klein made soup.", None)],
        [("Klein ruled the town for a year.", None)],
        [("Klein was ruled out of the match.", None)],
        [("Klein called the harbour police.", None)],
        [("She called her mother a week later.", None)],
        [("Klein asked for help.", None)],
        [("Klein was accused of theft.", None)],
        [("She called a doctor, called Peters.", None)],
        [("Klein praised the team as they left.", None)],
        [("Klein rejected the gift.", None)],
        [("A boat called the Swan left the port.", None)],
        [("The report called for repairs.", None)],
        [("Klein has ruled nothing out.", None)],
    ],
    "datelines and adverbs are no subjects": [
        [("Tulsa: Governor Max Adler opened the fair, saying it was the best.", "Max Adler")],
        [("Separately, Adler asked everybody to come.", "Max Adler")],
    ],
    "single quotation marks": [
        [("‘The soldiers’ boots don’t fit,’ said Colonel Ben Carter.", "Ben Carter")],
        [("‘They said “wait” and left.", "Ben Carter"), ("We’re still waiting.’", "Ben Carter")],
        [("‘It’s the sergeants’ fault’ – so Carter called it ‘a farce’ in June.", "Ben Carter")],
        [("The ’90s were better for Carter’s men and the sergeants’ wives.", None)],
        [("The rock ’n’ roll years’ end was no loss.", None)],
    ],
    "straight single quotation marks": [
        [("'We're late,' Mary Stone said.", "Mary Stone"), ("'The boys' bus didn't come.'", "Mary Stone")],
        [("The drivers' strike and the owners' answer took days.", None)],
    ],
    "quoted headings": [
        [("“We sleep in the car,” said Mary Stone.", "Mary Stone")],
        [("‘No room at the inn’", None)],
        [("Stone: ‘We stay’", "Mary Stone")],
        [("Snow closes Stone’s road: ‘No way out’", None)],
    ],
    "nobody by name": [
        [("Two men were arrested, police said.", "police")],
        [("Federal health officials said the water was clean.", "Federal health officials")],
        [("The talks failed, a senior official said.", "senior official")],
        [("“I saw smoke,” a man said.", None)],
        [("“It was black,” he said.", None)],
    ],
    "no speech at all": [
        [("Sarah Lund, the chancellor, left Paris on Monday.", None)],
        [("Lund met the king for an hour.", None)],
        [("Lund did not say when she would return.", None)],
        [("She refused to say who would pay.", None)],
        [("Lund declined to comment on the case.", None)],
        [("Her deputy would say more on Friday.", None)],
        [("Lund was told that the flight was late.", None)],
        [("The report said that the roof was old.", None)],
        [("Lund added three names to the list.", None)],
        [("Lund called her lawyer twice.", None)],
    ],
    "hypothetical speech": [
        [("Hugo Brandt will run again.", None)],
        [("If Brandt says no, the party has no plan.", None)],
        [("Brandt could say yes as early as May.", None)],
    ],
    "full names from elsewhere": [
        [("Voters trust Rahman, polls show.", None)],
        [("Rahman said the count was fair.", "Leila Rahman")],
        [("Leila Rahman, a judge, ran as an independent.", None)],
    ],
    "participles and judgements": [
        [("Senator Joan Hill criticized the plan as “a gift to smugglers.”", "Joan Hill")],
        [("Hill rejected the offer, saying it came too late.", "Joan Hill")],
        [("Hill was quoted as saying the offer was an insult.", "Joan Hill")],
        [("Hill met the guards and said that they deserved better.", "Joan Hill")],
    ],
    "a clause inside": [
        [("“The dam,” said engineer Otto Falk, “will hold for a century.”", "Otto Falk")],
        [("The dam, Falk said, is the oldest in the valley.", "Otto Falk")],
        [("“Will it hold?” Falk asked.", "Otto Falk")],
        [("Speaking to reporters on Sunday, Falk said he would move if it did not.", "Otto Falk")],
    ],
    "two of one family": [
        [("Bill Archer and Jane Archer run the farm.", None)],
        [("“We rise at four,” Bill Archer said.", "Bill Archer")],
        [("“He rises at six,” Jane Archer said.", "Jane Archer")],
        [("“She exaggerates,” he said.", "Bill Archer")],
    ],
    "two who may be meant": [
        [("“It was close,” said Ben Carter, a referee.", "Ben Carter")],
        [("The match pleased Colin Moore after Ben Carter had stopped it twice.", None)],
        [("He said it was the best in years.", None)],
    ],
    "headlines": [
        [("Taxes must fall, Finance Minister Ada Obi says", "Ada Obi")],
        [("Ada Obi: this budget is the last of its kind", "Ada Obi")],
        [("Obi spoke in the capital on Monday.", None)],
    ],
    "straight quotation marks": [
        [('"It works," said inventor Max Adler.', "Max Adler"), ('"Every time."', "Max Adler")],
        [('The sign said "closed" on both days.', None)],
    ],
}


def _build(article: list[list[Line]]) -> tuple[str, list[Sentence], list[str | None]]:
    text, sentences, names = "", [], []
    for paragraph in article:
        for sentence, name in paragraph:
            sentences.append(Sentence(sentence, len(text), len(text) + len(sentence)))
            names.append(name)
            text += sentence + " "
        text = text[:-1] + "\n\n"
    return text, sentences, names


@pytest.mark.parametrize("topic", ARTICLES)
def test_speaker_of_every_sentence(topic: str) -> None:
    text, sentences, names = _build(ARTICLES[topic])
    found = [(s.text, s.speaker.name if s.speaker else None) for s in attribute(text, sentences)]
    assert found == [(s.text, name) for s, name in zip(sentences, names, strict=True)]


def test_table_is_large_enough() -> None:
    assert sum(len(paragraph) for article in ARTICLES.values() for paragraph in article) >= 60


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("US Defense Secretary Pete Hegseth said no.", Speaker("Pete Hegseth", "US Defense Secretary")),
        ("The US-led bloc’s Secretary-General Mark Rutte has said so.", Speaker("Mark Rutte", "Secretary-General")),
        ("Mark Rutte, the bloc’s Secretary-General, said so.", Speaker("Mark Rutte", "Secretary-General")),
        ("Sen. Rhea Walsh, D-Ore., said so.", Speaker("Rhea Walsh", "Senator")),
        ("Secretary of State Nora Finch said so.", Speaker("Nora Finch", "Secretary of State")),
        ("Peru’s Attorney General, Patricia Vega, said so.", Speaker("Patricia Vega", "Attorney General")),
        ("Mr. Ian Cobb said so.", Speaker("Ian Cobb")),
        ("A spokeswoman for Orion Rail said so.", Speaker("Orion Rail", "through a spokeswoman")),
        ("Author and activist Ann Lee said so.", Speaker("Ann Lee", "Author and activist")),
        (
            "“No,” said former minister and party leader Ann Lee.",
            Speaker("Ann Lee", "former minister and party leader"),
        ),
        ("The author and former mayor Ann Lee said so.", Speaker("Ann Lee", "author and former mayor")),
        ("His wife and son Ian Cobb said so.", Speaker("Ian Cobb", "son")),
        ("Deputy Public Defender Ann Lee said so.", Speaker("Ann Lee", "Deputy Public Defender")),
        ("“No,” a spokesman for Ian Cobb said.", Speaker("Ian Cobb", "through a spokesman")),
        ("Ian Cobb, chief economist at Delta Bank, said so.", Speaker("Ian Cobb", "chief economist at Delta Bank")),
    ],
)
def test_role(text: str, speaker: Speaker) -> None:
    assert [sentence.speaker for sentence in read(text)] == [speaker]


def test_role_with_a_capital_is_preferred() -> None:
    text = "Never, bloc chief Mark Rutte said.\nThe bloc’s Secretary-General Mark Rutte left."
    assert read(text)[0].speaker == Speaker("Mark Rutte", "Secretary-General")


def test_title_gives_the_full_name() -> None:
    found = read("Okafor said the road was open.", title="Road is open, says Ngozi Okafor")
    assert found[0].speaker == Speaker("Ngozi Okafor")


def test_title_decides_between_namesakes() -> None:
    text = "Clara Voss and Emil Voss were there.\nVoss said the hall was full."
    assert [s.speaker for s in read(text, title="Clara Voss on her hall")] == [None, Speaker("Clara Voss")]
    assert [s.speaker for s in read(text, title="Emil Voss on his hall")] == [None, Speaker("Emil Voss")]


def test_she_is_no_man() -> None:
    text = (
        "“Yes,” said Ella Marsh. Her husband Greg Marsh smiled.\n"
        "“No,” she said.\n“Why not?” said Greg Marsh.\n“Yes,” she said."
    )
    names = [sentence.speaker.name if sentence.speaker else None for sentence in read(text)]
    assert names == ["Ella Marsh", None, "Ella Marsh", "Greg Marsh", "Ella Marsh"]


def test_pronoun_without_anybody_before_it_is_nobody() -> None:
    assert [sentence.speaker for sentence in read("He said it was late. “Very late,” she added.")] == [None, None]


def test_letters_with_separate_accents() -> None:
    text = unicodedata.normalize("NFD", "Andrés Núñez said it was late.")
    speaker = read(text)[0].speaker
    assert speaker is not None
    assert speaker.name == unicodedata.normalize("NFD", "Andrés Núñez")


_WORDS = st.sampled_from(
    [
        *"said told according to He She the minister Mark Rutte Anna Pfizer , . : “ ” who and not has of".split(),
        *"Mr. U.S. — ( ) ’s '' \" 's saying as by spokesman for police officials Monday".split(),
        "\n",
    ]
)


@given(st.lists(_WORDS, max_size=60).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_sentences_stay_as_they_are(text: str) -> None:
    sentences = split(text)
    found = attribute(text, sentences, title="Anna Rutte")
    assert [(s.text, s.start, s.end) for s in found] == [(s.text, s.start, s.end) for s in sentences]
    assert found == attribute(text, sentences, title="Anna Rutte")
    for sentence in found:
        if sentence.speaker is not None:
            assert sentence.speaker.name.strip()
            assert set(sentence.speaker.name.replace("’s", "").split()) <= _plain_words(text + " Anna Rutte")


def _plain_words(text: str) -> set[str]:
    return {word.strip(',.:“”"()') for word in text.replace("’s", " ").replace("'s", " ").split()} | set(text.split())


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text(text: str) -> None:
    sentences = split(text)
    assert [sentence.text for sentence in attribute(text, sentences)] == [sentence.text for sentence in sentences]


_HOSTILE = (
    "said ",
    '" ',
    "Al Bo, the chief, said, ",
    "Al and said ",
    "Al: “a” ",
    "Al in Bo said ",
    "(",
    "''",
    "“Abc said\n",
    "‘a ",
    " 'as' ",
    "‘a\n",
    "The American said he asked the ",
    "US Minister Al Bo. The minister said. The American said. ",
    "called the ",
    "NATO and the Ab Department said the bloc and the department said ",
    "in his ",
)


@pytest.mark.parametrize("text", [*(unit * (30_000 // len(unit)) for unit in _HOSTILE), ("".join(_HOSTILE) * 3_500)])
def test_time_grows_with_length_only(text: str) -> None:
    started = time.thread_time()
    attribute(text, [Sentence(text, 0, len(text))])
    assert time.thread_time() - started < len(text) / 10_000  # ten times what it takes on one core


def test_many_names_of_one_family() -> None:
    text = "\n".join(f"Ab{i}a Smith spoke. Smith said no. He added more. The minister agreed." for i in range(2_000))
    started = time.thread_time()
    assert len(read(text)) == 8_000
    assert time.thread_time() - started < 20
