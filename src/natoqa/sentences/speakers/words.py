"""The words that attribution in news English turns on: verbs of speech, roles, groups, and what is no name."""

from __future__ import annotations

from typing import Literal

Gender = Literal["m", "f"]
Strength = Literal["strong", "weak", "judging"]
Form = Literal["finite", "base", "ing"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def by_gender(*, men: str, women: str) -> dict[str, Gender]:
    """Return the words of two lists with the gender that each tells."""
    genders: dict[str, Gender] = {}
    for word in men.split():
        genders[word] = "m"
    for word in women.split():
        genders[word] = "f"
    return genders


# A verb of the first kind is speech whatever follows; one of the second only before or after what is said
# ("added three players" is none); one of the third only when a quotation follows ("called the plan “a mistake”").
_STRONG = """
    acknowledge admit:admitted allege argue assert caution claim complain concede contend declare emphasise
    emphasize exclaim explain insist lament opine predict proclaim quip:quipped reiterate remark retweet say:said
    state stress tell:told testify:testified tweet vow warn
"""
_WEAK = """
    add advise agree announce answer ask assure begin:began boast clarify:clarified comment conclude confess confirm
    conjecture continue counter declare demand deny:denied disclose estimate implore indicate inform interject joke
    laugh mention muse note observe offer pledge post promise propose recall recount reflect remind repeat
    reply:replied report respond
    reveal shout sigh signal speculate suggest underscore urge whisper write:wrote yell
"""
_JUDGING = """
    accuse blame blast call celebrate characterise characterize cite commend condemn criticise criticize
    decry:decried denounce deride describe dismiss dub:dubbed express hail label mock praise rebuke refer:referred
    reject slam:slammed thank tout urge welcome
"""


def _forms(verb: str) -> dict[str, Form]:
    base, _, past = verb.partition(":")
    stem = base[:-1] if base.endswith("e") else base
    doubled = past[:-2] if past.endswith("ed") and len(past) == len(base) + 3 else stem
    past = past or stem + "ed"
    third = base[:-1] + "ies" if base.endswith("y") and base[-2] not in "aeo" else base + "s"
    third = base + "es" if base.endswith(("s", "sh", "ch")) else third
    return {base: "base", past: "finite", third: "finite", doubled + "ing": "ing"}


_VERBS: tuple[tuple[Strength, str], ...] = (("judging", _JUDGING), ("weak", _WEAK), ("strong", _STRONG))
SPEECH: dict[str, tuple[Strength, Form]] = {
    form: (strength, kind)
    for strength, verbs in _VERBS
    for verb in verbs.split()
    for form, kind in _forms(verb).items()
}
"""Each form of each verb of speech, with how surely it is one and which form it is."""

AUXILIARIES = _words("has have had did also later then again further already once often still now even simply just")
ADVERBS = _words("himself herself themselves itself recently reportedly previously too soon alike instead")
BASES = _words(
    "say tell argue warn insist claim acknowledge agree contend suggest estimate complain concede admit predict "
    "describe call note allege maintain"
)
"""Verbs whose first form is taken for one; "state", "report" and "comment" are nouns more often."""

BE = _words("am is are was were be been being get gets got")
NEGATIONS = _words(
    "not never cannot would could should may might must will can shall to without refused refuses refuse declined "
    "declines decline denied yet don't didn't doesn't hasn't haven't hadn't won't wouldn't couldn't can't shouldn't "
    "wasn't weren't isn't aren't nobody"
)
"""Before a verb of speech: it was not said, or may be said."""
WENT_ON = _words("went goes on continued continues continue wanted quick came began")
"""Before "to say": it was said after all."""

_PHRASAL = """
    made:clear,plain makes:clear,plain making:clear,plain pointed:out points:out pointing:out summed:up sums:up
    summing:up
"""
_STANCES = """
    ruled:out rules:out ruling:out called:for calls:for calling:for spoke:of speaks:of doubted:that,whether
    doubts:that,whether
"""


def _pairs(text: str) -> dict[str, frozenset[str]]:
    return {verb: frozenset(particles.split(",")) for verb, _, particles in (w.partition(":") for w in text.split())}


PHRASAL = _pairs(_PHRASAL)
"""Verbs of speech in two words, with their second words: like weak verbs, they need what is said around them."""
STANCES = _pairs(_STANCES)
"""Verbs in two words whose object is what somebody says; a thing can be their subject without speaking."""

FINDING = _words("found finds considered considers thought thinks")
"""Speech before "it regrettable that"."""

TELLING = _words("assure assured assures assuring remind reminded reminds reminding inform informed informs informing")
"""Speech with an object before "that": assured the deputies that."""
ASKING = _words("ask asked asks asking urge urged urges urging implore implored implores imploring")
CALLING = _words("call called calls calling")
"""Speech with an object before "to": asked the allies to raise, called on them to go."""
PLEDGING = _words("pledge pledged pledges pledging promise promised promises promising")
"""Speech before "to" itself."""
ACCUSING = _words("accuse accused accuses accusing")
REFUSING = _words("reject rejected rejects rejecting dismiss dismissed dismisses dismissing")
NAMING = _words("call called calls calling label labeled labelled labels labelling brand branded brands branding")
"""Speech with an object before a judgement: called the plan premature."""
DESCRIBING = _words(
    "describe described describes describing dismiss dismissed dismisses dismissing condemn condemned condemns "
    "condemning denounce denounced denounces denouncing characterise characterised characterises characterising "
    "characterize characterized characterizes characterizing hail hailed hails hailing praise praised praises praising"
)
"""Speech with an object before "as"."""
CLAIMS = _words("view idea notion claim claims suggestion suggestions allegation allegations accusation accusations")
"""What is rejected when it is somebody else's word."""
VIEWS = _words("view opinion words eyes judgment judgement")
"""In his view: what stands around it is what he says."""
JUDGEMENTS = _words(
    "absurd bad better completely counterproductive critical crucial cruel entirely essential evil extremely fake "
    "false frightening good great historic illegal immoral important inappropriate insufficient irrelevant less more "
    "naive necessary nonsense premature racist realistic right simply too totally tragic true unacceptable "
    "unconstitutional unfair unhelpful unlawful unprecedented unrealistic untrue unwise utterly very vital wise worse "
    "worst wrong"
)
JUDGING_ENDINGS = ("able", "ible", "ous", "less", "ful")
"""Endings that only adjectives have: unacceptable, dangerous, hopeless, shameful."""

HE: dict[str, Gender | None] = {"he": "m", "she": "f", "they": None, "it": None}
ARTICLES = _words("the a an this that these those")
POSSESSIVES = _words("his her their its our my your")
INDEFINITE = _words("a an one another some several many two three four five six seven most other few any")

PREPOSITIONS = _words(
    "of for at in from with to by on about into over under against between among near outside inside through during "
    "amid despite including like than via per toward towards behind beyond across around within without upon"
)
CONJUNCTIONS = _words("and but or nor yet so while whereas although though because that which where then however")
SUBORDINATING = _words("after before when since until as once if whether unless")
"""A clause begun by one of these tells of speech without being it."""
HYPOTHETICAL = _words("if whether unless")
RELATIVE = _words("who whom whose which that where when")

DAYS = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december feb mar apr jun jul aug sept sep oct nov dec today yesterday tonight"
)
MOMENTS = _words("less shortly early late moments minutes hours days several twice once briefly soon")
"""What "said Rutte shortly after the vote" goes on with, beside function words; another word is part of the name."""
NAME_MONTHS = _words("april june august")
"""Months that are given names, too, where a title stands before them."""
TIME_NOUNS = _words("day week month year morning afternoon evening night time earlier later ago today yesterday")

TITLES: dict[str, tuple[str | None, Gender | None]] = {
    "mr": (None, "m"),
    "mrs": (None, "f"),
    "ms": (None, "f"),
    "miss": (None, "f"),
    "dr": (None, None),
    "sir": (None, "m"),
    "dame": (None, "f"),
    "lord": ("Lord", "m"),
    "lady": ("Lady", "f"),
    "sen": ("Senator", None),
    "rep": ("Representative", None),
    "gov": ("Governor", None),
    "gen": ("General", None),
    "lt": ("Lieutenant", None),
    "sgt": ("Sergeant", None),
    "capt": ("Captain", None),
    "col": ("Colonel", None),
    "cmdr": ("Commander", None),
    "maj": ("Major", None),
    "adm": ("Admiral", None),
    "prof": ("Professor", None),
    "rev": ("Reverend", None),
    "det": ("Detective", None),
    "atty": ("Attorney", None),
    "supt": ("Superintendent", None),
    "mp": ("MP", None),
}
"""Short titles before a name, as they are read out, with the gender that they tell."""

ROLES = _words("""
    activist actor actress administrator admiral adviser advisor advocate agent aide alderman ambassador analyst
    anchor anthropologist archaeologist archbishop architect astronaut astronomer athlete attorney auditor aunt
    author banker barrister billionaire biographer biologist bishop blogger boss bouncer boxer boy boyfriend broker
    brother businessman businesswoman caller campaigner candidate captain cardinal cardiologist ceo cfo chair
    chairman chairperson chairwoman champion chancellor chef chemist chief clerk climatologist co-chair co-founder
    coach cofounder colleague colonel columnist comedian commander commissioner commodore comptroller congressman
    congresswoman conservative constable consul consultant contractor coo coordinator coroner correspondent
    councillor councilman councilor councilwoman counsel counselor cousin critic cto curator customer dad daughter
    dean defendant defender delegate democrat dentist deputy designer detective developer diplomat director
    dispatcher doctor driver duchess duke ecologist economist editor employee engineer entrepreneur envoy
    epidemiologist executive expert farmer father fellow fiance filmmaker firefighter fisherman forecaster founder
    friend general geologist girl girlfriend golfer governor grandfather grandmother guy head historian host husband
    imam influencer insider inspector interpreter investor journalist judge justice king lawmaker lawyer lead leader
    librarian lieutenant lobbyist major man manager marshal mayor member meteorologist midfielder minister model mom
    mother musician neighbor neighbour nephew niece nominee novelist nurse officer official ombudsman oncologist
    organiser organizer owner paramedic partner passenger pastor pathologist pediatrician pharmacist photographer
    physician physicist pilot plaintiff player pm policeman policewoman politician pollster pope postmaster premier
    president prince princess principal producer professor prosecutor provost psychiatrist psychologist quarterback
    queen rabbi rapper realtor rector reporter representative republican researcher resident reverend roommate
    runner salesman scholar scientist seaman secretary secretary-general secretary-treasurer seismologist senator
    sergeant sheriff singer sister sociologist soldier solicitor son source speaker spokesman spokesperson
    spokeswoman star strategist striker student superintendent supervisor surgeon survivor suspect swimmer teacher
    teenager therapist trader trainer translator treasurer trooper trustee tycoon uncle undersecretary user veteran
    veterinarian vice-president victim virologist warden whip whistleblower widow wife witness woman worker writer
    youtuber zoologist
""")
"""Nouns for what a person is; plurals of them are groups."""

PREFIXES = _words("vice co ex then deputy lieutenant secretary under")
"""Joined to a role by a hyphen."""

GENDERED = by_gender(
    men="spokesman chairman congressman councilman actor king prince duke pope father husband brother son dad uncle "
    "nephew grandfather boyfriend policeman businessman salesman fisherman alderman man boy guy",
    women="spokeswoman chairwoman congresswoman councilwoman actress queen princess duchess mother wife sister "
    "daughter mom aunt niece grandmother widow girlfriend policewoman businesswoman woman girl dame",
)

ROLES_THAT_ARE_NAMES = _words("king pope bishop major dean duke prince judge page marshal cardinal speaker")
"""Role words that are also family names: Stephen King."""

OFFICIALS = _words(
    "secretary secretary-general minister president premier ambassador envoy governor mayor chief general official "
    "chancellor commissioner senator director spokesman spokeswoman spokesperson adviser advisor diplomat admiral"
)
"""Who may be called "the official" afterwards."""

ANONYMOUS = OFFICIALS | _words("source witness expert analyst lawmaker insider judge researcher scientist")
"""Who is quoted without a name: "a senior official"; "a woman" would tell a reader nothing."""

HEADS_OF_STATE = _words("president premier chancellor pm king emir monarch")
"""Who is "the Ukrainian leader", beside a prime minister."""
HEADS_OF_BODIES = _words(
    "president director chairman chairwoman chair commissioner ceo executive administrator chief head"
)
"""Who is "the agency’s chief", beside a secretary general."""
FORMER = _words("former ex then")
PARTIES = _words("conservative democratic labor labour republican")
"""A person of one is not of another."""
LOWER_RANKS = _words("vice lieutenant")
"""A vice president is not called "the president", nor the other way round."""

SPOKES = _words("spokesman spokeswoman spokesperson representative")

MODIFIERS = _words("""
    acting administration affairs air alliance american armed assistant associate attorney award-winning bank
    billionaire bloc british campaign central chief chief-of-staff chinese city civil climate college communications
    company conservative county criminal currency data defence defense defense-ministry democratic deputy disease
    district domestic economic education election emergency emeritus energy environmental european ex executive
    far-left far-right federal fellow film finance financial fire first foreign former founding freelance french
    general german global government group head health high-level high-ranking honorary hospital house human
    incoming independent industry infectious intelligence interim interior international investment israeli junior
    labor labour late law lead leading legal local long-time longtime majority managing market marketing media
    medical military minority movie music national news operating opposition outgoing party police policy political
    presidential press prime principal prize-winning public regional republican research respective retired rights
    ruling russian school science security senate senior special sports staff state supreme team tech technical
    technology top trade ukrainian undersecretary union university vaccine veteran vice visiting weather world
""")
"""Words that may stand between an article and a role or group."""

DESCRIPTIVE = _words("""
    acting award-winning billionaire chief-of-staff city county fellow founding high-level high-ranking honorary
    incoming independent lead leading local long-time longtime majority minority outgoing prize-winning respective
    retired ruling senior top veteran visiting
""")
"""Modifiers that tell something of a person, and not which office it is."""

GROUPS = _words("""
    activists administration advisers advocates agencies agency aides airline airport alliance allies americans
    analysts army association astronomers attorneys authorities authority automaker bank biologists bloc board
    britons broadcaster brokerage bureau businesses cabinet campaign carmaker carrier center centre chain charity
    children church club coalition command commission committee companies company congress conservatives consortium
    corporation council couple court critics defense delegation democrats department deputies detectives developer
    diplomats directors doctors economists embassy employees engineers epidemiologists europeans exchange executives
    experts families family fans farmers firefighters firm force forces forecasters foundation giant government
    governors group historians hospital inspectors institute insurer investigators investors israelis judges jurors
    kremlin lawmakers lawyers leaders league legislature lender liberals magazine maker managers manufacturer
    members men meteorologists militants military ministers ministry mission museum nation-state neighbors
    neighbours network newspaper nonprofit nurses observers office officers officials operator opponents opposition
    organisation organization organizers outlet owners palestinians paper parents parliament party pentagon people
    physicians platform police prosecution prosecutors protesters psychologists publisher rebels regulator
    regulators relatives representatives republicans researchers residents retailer russians school scientists
    senate senators service sources spokespeople staff staffers start-up startup students studio supporters
    survivors teachers team traders tribunal troopers troops ukrainians union university users utility veterans
    victims voters watchdog witnesses women workers
""")
"""Nouns for several people, or for a body that speaks as one."""

BODIES = _words("""
    administration agency airline alliance association authority automaker bank bloc board broadcaster brokerage bureau
    campaign carmaker carrier center centre chain charity club coalition commission committee company consortium
    corporation council department developer exchange firm foundation giant group hospital institute insurer league
    lender magazine maker manufacturer ministry mission museum network newspaper nonprofit office organisation
    organization operator outlet paper party platform publisher regulator retailer school service start-up startup
    studio team union university utility watchdog
""")
"""Nouns that tell a reader nothing without the name that they stand for: "the company said"."""

COMPANIES = _words("""
    airline association automaker bank broadcaster brokerage carmaker carrier chain charity club coalition company
    corporation developer firm foundation giant group insurer lender maker manufacturer network nonprofit organisation
    organization operator platform publisher retailer start-up startup studio utility watchdog
""")
"""Those of them that can stand for a name that does not say what it is: Pfizer, Greenpeace."""

AGENCIES = _words("agency bureau department service")
"""Those that can stand for an abbreviation: NASA, the FBI."""

BROADCASTERS = _words("abc afp ap bbc cbs cnn espn msnbc nbc npr nyt pbs wsj")
"""Abbreviations that are no agency's."""

PAPERS = _words(
    "axios bloomberg chronicle courier gazette guardian herald journal magazine news post press record register "
    "reuters star sun telegraph times today tribune"
)
"""Last words in the names of newspapers and agencies: who reports, and of whom nobody speaks as "the company"."""

PUBLIC = _words("""
    administration agency army authority cabinet centers commission congress council county court department embassy
    government house ministry office parliament pentagon police kremlin senate service sheriff state states treasury
""")
"""Words in the names of public bodies, which are no companies."""

ALLIANCES: dict[str, frozenset[str]] = {
    "nato": _words("alliance bloc"),
    "eu": _words("bloc union"),
    "european union": _words("bloc union"),
    "african union": _words("bloc union"),
    "arab league": _words("bloc league"),
    "asean": _words("bloc"),
    "brics": _words("bloc"),
    "ecowas": _words("bloc"),
    "mercosur": _words("bloc"),
    "opec": _words("bloc alliance"),
}
"""Organisations of states and the nouns that stand for them."""
SAME_ALLIANCE = {"european union": "eu"}

DOCUMENTS = _words("""
    account affidavit analysis article bill book caption chart complaint data database document documents email
    estimate evidence figures filing filings forecast forecasts guidelines index indictment it law lawsuit legend letter
    list map memo message model motion note numbers order page papers plan plans poll post record records release report
    research results rules ruling rumors rumours schedule script sign signs site song statement statistics story
    study survey test tests text that this tool tracker tradition transcript trial tweet video warrant website what
    which
""")
"""What is quoted but does not speak."""

WRITINGS = _words("statement letter tweet post message video email memo note speech interview")
"""What somebody issues "saying that …"."""

REPORTS = _words("report study poll index act tool website data database tracker lawsuit review")
"""At the end of a capitalised sequence: it is a document's name."""

ORGANISATION_WORDS = _words("""
    academy act action administration agency agreement airlines airport airways alliance amazon amnesty analytics
    apple arena army assembly association authority avenue award awards bakery bank bar board bowl bridge building
    bureau cabinet cafe campaign capital caucus center centers centre chronicle church city club co coalition
    college commission committee company congress corp corporation council county court covid cup data day deal
    department diner district division embassy energy entertainment exchange facebook faculty federation festival
    force forces foundation fund game games gazette global google grill group guard health herald hospital hotel
    house hurricane inc initiative insights instagram institute international island journal kingdom kremlin
    laboratory labs lake league library llc ltd magazine market markets media microsoft ministry mint motors
    mountain museum national nations navy network news night observatory office olympics organisation organization
    park parliament partners party pentagon pictures pizza plaza police poll polling post press program programme
    project pub radio records reddit relief republic research reserve restaurant rights river road school schools
    securities senate series service services shop society stadium staff state states stores storm street studios
    survey systems team technologies television theater theatre tiktok times today tower treasury treaty tribunal
    tribune trust tv twitter union university war watch weather x
""")
"""Words that make a capitalised sequence something other than a person."""

PLACES = _words("""
    afghan afghanistan africa african america american angeles argentina asia asian asian-american australia
    australian austria beijing belarus belgium berlin black brazil brazilian britain british brussels california
    canada canadian catholic cdc chicago chile china chinese christian cia colombia colorado cuba cuban danish
    delaware democratic democrats denmark dutch east eastern egypt england english estonia eu europe european fbi
    fda finland finnish florida fort france french gaza georgia german germany ghana greece hispanic hungary india
    indian indonesia iran iranian iraq ireland irish israel israeli italian italy japan japanese jerusalem jewish
    jordan kenya kenyan kiev korea korean kyiv lake latino latvia lebanon lithuania london los mexican mexico moscow
    mount muslim nasa native nato new nigeria north northern norway pakistan palestinian paris peru peruvian
    philippines poland polish port portugal qatar republican republicans russia russian saint san saudi scotland
    scottish slovakia south southern spain spanish st sweden swedish switzerland syria taiwan texan texas thailand
    tokyo turkey turkish u.s u.s. uk ukraine ukrainian un united us usa venezuela vietnam wales washington west
    western white who wilmington yemen york
""")
"""Capitalised words that are no part of a person's name when they begin it."""

FUNCTION_WORDS = (
    PREPOSITIONS
    | CONJUNCTIONS
    | SUBORDINATING
    | RELATIVE
    | ARTICLES
    | POSSESSIVES
    | BE
    | AUXILIARIES
    | _words("""
    according additionally advertisement again all almost also although always amid among another any are as asked be
    because been below both breaking can can't citing click contact continues correction could despite did didn't do
    does don't each earlier editor's eight email even ever every exclusive finally first five follow following four
    further given good half he he's hence here him how however i i'm i've if image indeed instead is isn't it it's just
    last later let let's live many may maybe me meanwhile might more moreover most much must nearly never nevertheless
    next nine no none nonetheless not note now often oh okay once one only opinion other others overall people perhaps
    photo photos please reach read related second see seven she she's should since six some sometimes sorry speaking
    still story such ten thank thanks that's them then there therefore they they're third though three thus today
    tomorrow two unless until updated us video was wasn't watch we we're we've well were what while why will won't
    would yes yesterday yet you
""")
)
"""Capitalised at the start of a sentence, but no name."""

PARTICLES = _words("de van der von den bin ibn al el la le da di del dos du ben ter")
SUFFIXES = _words("jr jr. sr sr. ii iii iv")
