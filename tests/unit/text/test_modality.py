"""How sure a sentence is of what it says: who says it, about whom, in which words, in which language."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explaining
from allywatch.text.folding import fold
from allywatch.text.lexicon import WordKind, load_lexicon
from allywatch.text.modality import ModalityReader, Tone, load_modality_model
from allywatch_schemas import Modality

READER = ModalityReader(load_lexicon().modality, load_modality_model())
LANGUAGES = sorted(load_lexicon().modality.root[WordKind.CONDITION])
NAMES = {
    "United States": "USA",
    "US ": "USA",
    "Pentagon": "USA",
    "Ukraine": "UKR",
    "Washington": "USA",
    "White House": "USA",
    "Moscow": "RUS",
    "Russia": "RUS",
    "Kremlin": "RUS",
    "Poland": "POL",
    "Latvia": "LVA",
    "Taiwan": "TWN",
    "China": "CHN",
}


def tone(sentence: str, language: str = "en", *, heading: bool = False) -> Tone:
    named = sorted((at, actor) for name, actor in NAMES.items() if (at := sentence.find(name)) >= 0)
    return READER.tone(sentence, fold(sentence), language, 2026, named=named, heading=heading)


def modality(marked: str, language: str = "en", *, heading: bool = False, verbal: bool = False) -> Modality:
    """Of the cue that stands in braces."""
    start, end = marked.index("{"), marked.index("}") - 1
    sentence = marked.replace("{", "").replace("}", "")
    return tone(sentence, language, heading=heading).at(start, end, verbal=verbal)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("The Pentagon said it would {withdraw} its brigade from Latvia.", Modality.PLANNED),
        ("The Pentagon said it had {withdrawn} its brigade from Latvia.", Modality.ASSERTED),
        ("The Kremlin claims the United States will {leave} Latvia.", Modality.QUOTED_CLAIM),
        ("Moscow said that the United States had {abandoned} Latvia.", Modality.QUOTED_CLAIM),
        ("The White House denied that it would {cut} aid.", Modality.DENIED),
        ("Moscow denied that Russia {cut} the cable.", Modality.DENIED),
        ("The Pentagon said it would {withdraw} if Poland did not pay.", Modality.CONDITIONAL),
    ],
)
def test_whose_act_it_is_decides_what_reported_speech_means(marked: str, expected: Modality) -> None:
    assert modality(marked) is expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Russia: no plans to {attack} Latvia", Modality.DENIED),
        ("US 'considering' {cut} in aid to Latvia", Modality.SPECULATIVE),
        ("US to {withdraw} troops from Poland", Modality.PLANNED),
        ("US has {abandoned} Ukraine, says Kremlin", Modality.QUOTED_CLAIM),
        ("Will Washington {abandon} Taiwan?", Modality.SPECULATIVE),
        ("Pentagon denies {withdrawal} from Poland", Modality.DENIED),
        ("Russia {attacks} power plants", Modality.ASSERTED),
        ("US may {withdraw} troops from Poland", Modality.SPECULATIVE),
    ],
)
def test_headlines_have_ways_of_their_own(marked: str, expected: Modality) -> None:
    assert modality(marked, heading=True) is expected


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        ("A pullback would:", Modality.CONDITIONAL),
        ("If the deal collapses:", Modality.CONDITIONAL),
        ("The Pentagon will:", Modality.PLANNED),
        ("Analysts fear that:", Modality.SPECULATIVE),
        ("Moscow denied:", Modality.DENIED),
        ("Two things happened:", Modality.ASSERTED),
    ],
)
def test_what_ends_in_a_colon_says_how_sure_its_list_is(lead: str, expected: Modality) -> None:
    assert tone(lead).at(len(lead), len(lead)) is expected


@pytest.mark.parametrize(
    ("marked", "language", "expected"),
    [
        ("США можуть {вивести} війська з Польщі.", "uk", Modality.SPECULATIVE),
        ("США не планируют {выводить} войска из Польши.", "ru", Modality.DENIED),
        ("Jeśli USA {wycofają} wojska, Rosja to wykorzysta.", "pl", Modality.CONDITIONAL),
        ("JAV kitais metais {išves} karius iš Lenkijos.", "lt", Modality.PLANNED),
        ("ASV varētu {izvest} karavīrus no Polijas.", "lv", Modality.SPECULATIVE),
        ("Minsk väidab, et sõdurid {tulistasid} piiril.", "et", Modality.QUOTED_CLAIM),
        ("Vor zehn Jahren {besetzte} Russland die Krim.", "de", Modality.HISTORIC),
        ("Le Pentagone a démenti avoir {retiré} ses troupes.", "fr", Modality.DENIED),
        ("Estados Unidos podría {retirar} sus tropas.", "es", Modality.SPECULATIVE),
        ("Dacă SUA își {retrag} trupele, Rusia va profita.", "ro", Modality.CONDITIONAL),
        ("美国可能从波兰{撤军}。", "zh", Modality.SPECULATIVE),
        ("美國不會{拋棄}台灣。", "zh", Modality.DENIED),
        ("米国は来年ポーランドから{撤退}する予定だ。", "ja", Modality.PLANNED),
        ("미국은 폴란드에서 {철수}할 계획이 없다.", "ko", Modality.DENIED),
        ("Nếu Mỹ {rút} quân khỏi Ba Lan, Nga sẽ lợi dụng.", "vi", Modality.CONDITIONAL),
        ("قد {تسحب} الولايات المتحدة قواتها.", "ar", Modality.SPECULATIVE),
    ],
)
def test_every_language_has_its_words(marked: str, language: str, expected: Modality) -> None:
    assert modality(marked, language) is expected


def test_an_announcement_in_arabic_is_no_denial_though_its_letters_hold_one() -> None:
    assert modality("أعلنت واشنطن أنها {سحبت} قواتها أمس.", "ar") is Modality.ASSERTED


def test_what_is_not_ruled_out_is_possible() -> None:
    assert modality("The president refused to rule out a {withdrawal} from Poland.") is Modality.SPECULATIVE
    assert modality("The president ruled out a {withdrawal} from Poland.") is Modality.DENIED


def test_a_year_long_past_makes_history_unless_it_lasts_since_then() -> None:
    assert modality("In 1994 the United States {withdrew} its brigade.") is Modality.HISTORIC
    assert modality("Since 2014 Russia has {occupied} the town.") is Modality.ASSERTED
    assert modality("In 2027 the United States will {withdraw} its brigade.") is Modality.PLANNED


def test_a_threat_that_was_spoken_is_asserted_whatever_its_condition() -> None:
    assert modality("Russia {threatened} Latvia with war if it joined.", verbal=True) is Modality.ASSERTED


def test_a_language_without_words_asserts() -> None:
    assert modality("{Xyz} abc.", "xx") is Modality.ASSERTED


WEIGHTS = explaining.WEIGHTS.modality
WHO = st.sampled_from(["the United States", "Russia", "China", "Germany", "Iran", "the Kremlin"])
ACT = st.sampled_from(
    [
        "has {withdrawn} its brigade from",
        "{attacked} a port in",
        "will {cut} aid to",
        "{threatens}",
        "{abandons}",
    ]
)
WHERE = st.sampled_from(["Poland", "Estonia", "Taiwan", "Japan", "Ukraine", "the Philippines"])
WHEN = st.sampled_from(["", " on Monday", " this week"])
CLAUSES = st.builds(lambda *parts: "{} {} {}{}".format(*parts), WHO, ACT, WHERE, WHEN)


@given(clause=CLAUSES)
@pytest.mark.parametrize(
    "frame",
    [
        "Officials denied that {}.",
        "The ministry rejected reports that {}.",
        "There is no evidence that {}.",
        "If {}, others will follow.",
        "Perhaps {}.",
        "Reportedly, {}.",
        "Bloggers claim that {}.",
    ],
)
def test_a_hedge_in_front_lowers_the_weight(frame: str, clause: str) -> None:
    plain = WEIGHTS[modality(f"{clause}.")]
    assert WEIGHTS[modality(frame.replace("{}", clause))] < plain


@given(clause=CLAUSES)
@pytest.mark.parametrize("frame", ["{}, a spokesman said.", "Officials said that {}."])
def test_plain_saying_makes_it_no_surer(frame: str, clause: str) -> None:
    assert WEIGHTS[modality(frame.replace("{}", clause))] <= WEIGHTS[modality(f"{clause}.")]


@settings(max_examples=200)
@given(sentence=st.text(max_size=200), language=st.sampled_from(LANGUAGES), data=st.data())
def test_any_text_has_a_tone_and_its_probability_is_one(
    sentence: str, language: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(sentence)))
    end = data.draw(st.integers(start, len(sentence)))
    judged = tone(sentence, language).judged(start, end)
    assert 1 / len(Modality) <= judged.probability <= 1
    assert judged == tone(sentence, language).judged(start, end)
