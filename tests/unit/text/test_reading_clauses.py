"""Who acts on whom: voice, prepositions, cases, possessives, headlines, lists, reported speech, reversals."""

from datetime import UTC, datetime

import pytest

from allywatch.text import ArticleReader
from allywatch_schemas import Evidence, Mechanism, Modality
from builders import an_article

WHEN = datetime(2025, 6, 3, 9, tzinfo=UTC)
THREAT, RETREAT, REASSURED = (
    Mechanism.MILITARY_THREAT,
    Mechanism.PATRON_DISENGAGEMENT,
    Mechanism.PATRON_REASSURANCE,
)
TRADE, EASED, STRAINED = (
    Mechanism.ECONOMIC_COERCION,
    Mechanism.DEESCALATION,
    Mechanism.ALLIANCE_COHESION,
)


def read(reader: ArticleReader, text: str, language: str = "en", title: str = "") -> list[Evidence]:
    return reader.read(an_article(title=title, body=text, language=language, published_at=WHEN))


def found(items: list[Evidence]) -> set[tuple[str, Mechanism]]:
    return {(item.region, item.mechanism) for item in items if item.mechanism}


@pytest.mark.parametrize(
    ("text", "region", "adversary"),
    [
        ("China threatened Taiwan on Monday.", "TWN", "CHN"),
        ("Taiwan was threatened by China on Monday.", "TWN", "CHN"),
        ("Drills held by China around Taiwan went on for a week.", "TWN", "CHN"),
        ("Live-fire drills around Taiwan by the Chinese navy went on for a week.", "TWN", "CHN"),
        ("Chinese warships off Taiwan", "TWN", "CHN"),
        ("Russia's attack on Ukraine went on through the night.", "UKR", "RUS"),
        ("Ukraine came under attack from Russia in the night.", "UKR", "RUS"),
        ("Officials in Tallinn said that Russian jets had violated Estonian airspace.", "EST", "RUS"),
        ("Russian jets, which had taken off near Pskov, violated the airspace of Estonia.", "EST", "RUS"),
        ("North Korea fired two ballistic missiles over Japan.", "JPN", "PRK"),
    ],
)
def test_an_adversary_acts_and_a_region_suffers(
    reader: ArticleReader, text: str, region: str, adversary: str
) -> None:
    items = [item for item in read(reader, text) if item.mechanism is THREAT]
    assert {(item.region, item.adversary) for item in items} == {(region, adversary)}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("On Monday Russian warplanes attacked Ukraine.", "en"),
        ("In the night Russian drones attacked Ukraine.", "en"),
        ("In recent weeks Russia attacked Ukraine.", "en"),
        ("In 2024 Russia attacked Ukraine.", "en"),
        ("On 12 March Russian warplanes attacked Ukraine.", "en"),
        ("У понеділок російські літаки атакували Україну.", "uk"),
        ("В ночь на понедельник российские самолёты атаковали Украину.", "ru"),
        ("W poniedziałek rosyjskie samoloty zaatakowały Ukrainę.", "pl"),
        ("In der Nacht griffen russische Drohnen die Ukraine an.", "de"),
        ("Dans la nuit la Russie a attaqué l'Ukraine.", "fr"),
        ("En marzo Rusia atacó Ucrania.", "es"),
        ("În noaptea de luni Rusia a atacat Ucraina.", "ro"),
        ("在周一俄罗斯袭击乌克兰。", "zh"),
    ],
)
def test_a_phrase_of_time_before_the_attacker_leaves_it_the_attacker(
    reader: ArticleReader, text: str, language: str
) -> None:
    items = [item for item in read(reader, text, language) if item.mechanism is THREAT]
    assert {(item.region, item.adversary) for item in items} == {("UKR", "RUS")}


@pytest.mark.parametrize(
    "text",
    [
        "Ukraine attacked a depot in Russia on Monday.",
        "Estonia condemned Russia for its attack on Georgia.",
        "Poland expelled three Russian diplomats.",
        "A depot in Russia was attacked by Ukraine.",
    ],
)
def test_what_a_region_does_to_its_adversary_is_not_done_to_the_region(
    reader: ArticleReader, text: str
) -> None:
    assert not {item.region for item in read(reader, text)} & {"UKR", "EST", "POL"}


@pytest.mark.parametrize(
    ("text", "mechanism"),
    [
        (
            "Estonia and Latvia warned that Russia gains from the war in Ukraine.",
            Mechanism.DIPLOMATIC_PRESSURE,
        ),
        ("Russia moved troops towards the border of Poland.", Mechanism.DIPLOMATIC_PRESSURE),
        ("Washington denies any plan to halt weapons deliveries to Ukraine.", Mechanism.PATRON_REASSURANCE),
        ("Russia withdrew its troops from the border of Poland and Lithuania.", THREAT),
        ("Germany, France and Britain have stepped up military aid.", REASSURED),
        ("Walking away doesn't just leave Kyiv in a lurch, it worries Japan, which rests on the US.", None),
    ],
)
def test_who_speaks_or_gives_or_is_left_is_told_from_the_others(
    reader: ArticleReader, text: str, mechanism: Mechanism | None
) -> None:
    wrong = {item.region for item in read(reader, text) if item.mechanism is (mechanism or RETREAT)}
    assert wrong <= ({"UKR"} if mechanism is None else set())


@pytest.mark.parametrize("plan", ["would not only embolden", "would not just embolden", "would embolden"])
def test_not_only_takes_nothing_from_the_would_before_it(reader: ArticleReader, plan: str) -> None:
    text = f"A withdrawal of support for Ukraine {plan} Moscow."
    assert {item.modality for item in read(reader, text)} == {Modality.CONDITIONAL}


def test_what_may_follow_counts_before_the_signs_of_it(reader: ArticleReader) -> None:
    text = "His reluctance to intervene suggests that American support for Ukraine may not last."
    assert {item.modality for item in read(reader, text) if item.mechanism is RETREAT} == {
        Modality.SPECULATIVE
    }


def test_a_denied_plan_to_halt_deliveries_is_no_halt(reader: ArticleReader) -> None:
    items = read(reader, "The State Department denies any plan to halt weapons deliveries to Ukraine.")
    assert {item.modality for item in items if item.mechanism is RETREAT} == {Modality.DENIED}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Taiwan was threatened with sanctions by China.", ("TWN", TRADE)),
        ("US troops out of Germany: Poland worried", ("DEU", RETREAT)),
        ("The last American soldiers left Romania on Friday.", ("ROU", RETREAT)),
        ("Washington sent a Patriot battery to Poland.", ("POL", REASSURED)),
        ("A Patriot battery was sent to Poland by the United States.", ("POL", REASSURED)),
        ("The talks between Russia and Ukraine led to a ceasefire.", ("UKR", EASED)),
        ("NATO is divided over how far to go for Estonia.", ("EST", STRAINED)),
    ],
)
def test_clauses_of_many_kinds(reader: ArticleReader, text: str, expected: tuple[str, Mechanism]) -> None:
    assert expected in found(read(reader, text))


def test_a_list_is_read_to_its_end(reader: ArticleReader) -> None:
    items = read(reader, "The United States cut military aid to Poland, Lithuania and to Romania.")
    assert found(items) == {("POL", RETREAT), ("LTU", RETREAT), ("ROU", RETREAT)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("China lifted its ban on imports of fruit from Taiwan.", {("TWN", EASED)}),
        ("China called off its live-fire drills around Taiwan.", {("TWN", EASED)}),
        ("The United States reversed its cut in military aid to Ukraine.", {("UKR", REASSURED)}),
        ("The United States cancelled joint military exercises with Latvia.", {("LVA", RETREAT)}),
    ],
)
def test_what_is_taken_back_is_its_opposite(
    reader: ArticleReader, text: str, expected: set[tuple[str, Mechanism]]
) -> None:
    assert found(read(reader, text)) == expected


def test_the_adversary_may_stand_in_the_sentence_before(reader: ArticleReader) -> None:
    items = read(reader, "Beijing announced exercises. On Tuesday, warships circled around Taiwan.")
    assert ("TWN", THREAT) in found(items)


def test_harm_that_nobody_owns_up_to_is_news_of_the_region(reader: ArticleReader) -> None:
    (item,) = read(reader, "An undersea cable off Estonia was cut overnight.")
    assert (item.region, item.mechanism, item.adversary) == ("EST", THREAT, None)


def test_the_name_of_an_exercise_or_column_is_no_cue(reader: ArticleReader) -> None:
    items = read(reader, "Chinas Botschafter besuchte Taiwan.", "de", "Übung: China und Taiwan")
    assert items == []


def test_words_of_another_language_in_the_same_letters_do_not_count(reader: ArticleReader) -> None:
    text = "Russia and Ukraine: film about an attack wins a prize."
    assert not found(read(reader, text, "lv"))


@pytest.mark.parametrize(
    ("language", "text", "region", "mechanism"),
    [
        ("ru", "Украина была атакована Россией.", "UKR", THREAT),
        ("ru", "Украину атаковала Россия.", "UKR", THREAT),
        ("uk", "Китай погрожує Тайваню.", "TWN", THREAT),
        ("pl", "Ukraina została zaatakowana przez Rosję.", "UKR", THREAT),
        ("de", "Die Ukraine wurde von Russland angegriffen.", "UKR", THREAT),
        ("de", "Die USA haben ihre Soldaten aus Litauen abgezogen.", "LTU", RETREAT),
        ("fr", "Taïwan a été menacée par la Chine.", "TWN", THREAT),
        ("es", "Ucrania fue atacada por Rusia.", "UKR", THREAT),
        ("ro", "Ucraina a fost atacată de Rusia.", "UKR", THREAT),
        ("lt", "Rusija grasina Lietuvai.", "LTU", THREAT),
        ("lv", "Krievija draud Latvijai.", "LVA", THREAT),
        ("et", "Venemaa ähvardab Eestit.", "EST", THREAT),
        ("zh", "台湾遭到中国威胁。", "TWN", THREAT),
        ("ja", "中国が台湾を威嚇した。", "TWN", THREAT),
        ("ko", "중국이 대만을 위협했다.", "TWN", THREAT),
        ("vi", "Đài Loan bị Trung Quốc đe dọa.", "TWN", THREAT),
        ("ar", "هددت الصين تايوان.", "TWN", THREAT),
    ],
)
def test_voice_and_case_in_other_languages(
    reader: ArticleReader, language: str, text: str, region: str, mechanism: Mechanism
) -> None:
    assert (region, mechanism) in found(read(reader, text, language))


def test_a_patron_that_gives_does_not_turn_away_in_the_same_sentence(reader: ArticleReader) -> None:
    title = "United States sends another tranche of shells to Ukraine"
    items = read(reader, "Today's exercise.", title=title)
    assert {item.mechanism for item in items} == {REASSURED}
