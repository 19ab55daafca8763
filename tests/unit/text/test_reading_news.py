from datetime import UTC, datetime

import pytest

from allywatch.text import ArticleReader
from allywatch_schemas import (
    ArticleStatus,
    Evidence,
    EvidenceKind,
    Mechanism,
    Modality,
    PloverRoot,
    Role,
    Track,
)
from builders import an_article

WHEN = datetime(2025, 6, 3, 9, tzinfo=UTC)


def read(reader: ArticleReader, text: str, **changes: object) -> list[Evidence]:
    return reader.read(an_article(**{"title": "", "body": text, "published_at": WHEN} | changes))


def one(reader: ArticleReader, text: str) -> Evidence:
    (item,) = read(reader, text)
    return item


@pytest.mark.parametrize(
    ("text", "region", "mechanism", "modality"),
    [
        (
            "The United States has withdrawn its brigade from Latvia.",
            "LVA",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.ASSERTED,
        ),
        (
            "The United States may withdraw its brigade from Latvia.",
            "LVA",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.SPECULATIVE,
        ),
        (
            "The United States will withdraw its brigade from Latvia.",
            "LVA",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.PLANNED,
        ),
        (
            "Washington denied that the United States had withdrawn its brigade from Latvia.",
            "LVA",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.DENIED,
        ),
        (
            "If the United States withdraws its brigade from Latvia, others will follow.",
            "LVA",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.CONDITIONAL,
        ),
        (
            "In 1994 the United States withdrew its brigade from Germany.",
            "DEU",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.HISTORIC,
        ),
        (
            "Insiders claim that the United States has withdrawn its brigade from Latvia.",
            "LVA",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.QUOTED_CLAIM,
        ),
        (
            "Russian warplanes attacked a depot in Ukraine on Monday.",
            "UKR",
            Mechanism.MILITARY_THREAT,
            Modality.ASSERTED,
        ),
        (
            "China has banned imports of fruit from Taiwan.",
            "TWN",
            Mechanism.ECONOMIC_COERCION,
            Modality.ASSERTED,
        ),
        (
            "Russia expelled two diplomats of Estonia.",
            "EST",
            Mechanism.DIPLOMATIC_PRESSURE,
            Modality.ASSERTED,
        ),
        ("Russia and Ukraine agreed on a ceasefire.", "UKR", Mechanism.DEESCALATION, Modality.ASSERTED),
        (
            "The United States reaffirmed its commitment to Japan.",
            "JPN",
            Mechanism.PATRON_REASSURANCE,
            Modality.ASSERTED,
        ),
    ],
)
def test_plain_sentences(
    reader: ArticleReader, text: str, region: str, mechanism: Mechanism, modality: Modality
) -> None:
    found = [i for i in read(reader, text) if i.mechanism is mechanism]
    assert [(i.region, i.modality) for i in found] == [(region, modality)]


def test_a_clear_act_is_an_event(reader: ArticleReader) -> None:
    item = one(reader, "Russian warplanes attacked a depot in Ukraine on Monday.")
    assert (item.kind, item.plover_root, item.track) == (EvidenceKind.EVENT, PloverRoot.ASSAULT, Track.ACTS)
    assert (item.role, item.actor, item.target, item.adversary) == (Role.TARGET, "RUS", "UKR", "RUS")


def test_an_act_that_may_come_is_a_mechanism_of_words(reader: ArticleReader) -> None:
    item = one(reader, "Russian warplanes may attack a depot in Ukraine.")
    assert (item.kind, item.plover_root, item.track) == (EvidenceKind.MECHANISM, None, Track.WORDS)


def test_what_a_region_does_to_its_adversary_is_no_threat_to_the_region(reader: ArticleReader) -> None:
    assert read(reader, "Ukraine attacked a depot in Russia on Monday.") == []


def test_the_passive_names_the_actor_after_by(reader: ArticleReader) -> None:
    item = one(reader, "Ukraine was attacked by Russia.")
    assert (item.region, item.role, item.actor) == ("UKR", Role.TARGET, "RUS")


def test_an_adversary_that_withdraws_is_no_patron_that_leaves(reader: ArticleReader) -> None:
    found = read(reader, "Russia withdrew its troops from Ukraine.")
    assert {i.mechanism for i in found} == {Mechanism.DEESCALATION}


@pytest.mark.parametrize(
    ("text", "region", "mechanism"),
    [
        ("China ended its military exercise around Taiwan.", "TWN", Mechanism.DEESCALATION),
        (
            "China ended talks with Taiwan and launched military drills.",
            "TWN",
            Mechanism.MILITARY_THREAT,
        ),
        ("China extended its military exercise around Taiwan.", "TWN", Mechanism.MILITARY_THREAT),
        ("Chinese ships withdrew from the Taiwan Strait.", "TAIWAN_STRAIT", Mechanism.DEESCALATION),
    ],
)
def test_the_end_of_a_drill_is_told_from_a_drill(
    reader: ArticleReader, text: str, region: str, mechanism: Mechanism
) -> None:
    item = one(reader, text)
    assert (item.region, item.mechanism, item.modality) == (region, mechanism, Modality.ASSERTED)


def test_who_reports_a_threat_is_not_the_threatened(reader: ArticleReader) -> None:
    assert one(reader, "China blockaded Taiwan, observers in Japan said.").region == "TWN"
    assert one(reader, "Chinese ships shelled a reef, Taipei said.").region == "TWN"


def test_a_corrected_number_is_no_denial(reader: ArticleReader) -> None:
    item = one(reader, "China sent seventeen aircraft, not seventy, across the median line towards Taiwan.")
    assert item.modality is Modality.ASSERTED


def test_a_report_that_is_not_commented_on_is_a_claim(reader: ArticleReader) -> None:
    item = one(reader, "Tallinn did not comment on the report that the United States cut aid to Estonia.")
    assert item.modality is Modality.QUOTED_CLAIM


def test_a_patron_is_remembered_from_the_sentence_before(reader: ArticleReader) -> None:
    text = "The United States may abandon Poland. A pullback would embolden Russia."
    found = [i for i in read(reader, text) if i.mechanism is Mechanism.ADVERSARY_EMBOLDENED]
    assert [(i.region, i.modality) for i in found] == [("POL", Modality.CONDITIONAL)]


def test_an_effect_is_no_surer_than_its_premise(reader: ArticleReader) -> None:
    text = "The United States may abandon Poland. This emboldens Russia and unsettles allies in Poland."
    assert {i.modality for i in read(reader, text)} == {Modality.SPECULATIVE}


@pytest.mark.parametrize(
    "text",
    [
        "Poland beat Russia in the final of the football championship after an early attack.",
        "Shares in Japan fell as the dollar attacked new highs against China's currency.",
        "The novelist, who was born in Ukraine, died aged 91. She wrote about Russia under attack.",
        "Ministers of Poland and Estonia opened a bridge.",
        "The weather will be mild.",
        "The United States imported more wine from Spain. Demand pulled back from last year's highs.",
        "",
    ],
)
def test_ordinary_news_gives_nothing(reader: ArticleReader, text: str) -> None:
    assert read(reader, text) == []


def test_a_canceled_article_gives_nothing(reader: ArticleReader) -> None:
    text = "Russian warplanes attacked a depot in Ukraine on Monday."
    assert read(reader, text, status=ArticleStatus.CANCELED) == []


def test_a_title_weighs_more_than_the_last_lines(reader: ArticleReader) -> None:
    words = "Russia attacks Ukraine"
    filler = "Nothing else happened that day. " * 12
    items = read(reader, filler + "\n\n" + words + ".", title=words)
    assert [i.salience for i in items] == [1.0, 0.5]


@pytest.mark.parametrize(
    ("language", "text", "region", "mechanism", "modality"),
    [
        (
            "uk",
            "США можуть вивести війська з Польщі.",
            "POL",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.SPECULATIVE,
        ),
        (
            "pl",
            "Stany Zjednoczone wycofały wojska z Litwy.",
            "LTU",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.ASSERTED,
        ),
        (
            "ru",
            "США приостановили военную помощь Украине.",
            "UKR",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.ASSERTED,
        ),
        ("zh", "美国可能停止对台湾的援助。", "TWN", Mechanism.PATRON_DISENGAGEMENT, Modality.SPECULATIVE),
        (
            "ja",
            "アメリカがウクライナへの支援を停止した。",
            "UKR",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.ASSERTED,
        ),
        (
            "ja",
            "米国がウクライナへの軍事支援を停止したことを受け、日本では声明が出た。",
            "UKR",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.ASSERTED,
        ),
        (
            "uk",
            "США відновили військову допомогу Україні.",
            "UKR",
            Mechanism.PATRON_REASSURANCE,
            Modality.ASSERTED,
        ),
        ("de", "Russland greift die Ukraine an.", "UKR", Mechanism.MILITARY_THREAT, Modality.ASSERTED),
        (
            "fr",
            "Les États-Unis pourraient abandonner l’Ukraine.",
            "UKR",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.SPECULATIVE,
        ),
        (
            "es",
            "Estados Unidos suspende la ayuda a Ucrania.",
            "UKR",
            Mechanism.PATRON_DISENGAGEMENT,
            Modality.ASSERTED,
        ),
        ("vi", "Trung Quốc đe dọa Đài Loan.", "TWN", Mechanism.MILITARY_THREAT, Modality.ASSERTED),
        (
            "ko",
            "북한이 한국을 향해 탄도미사일을 발사했다.",
            "KOR",
            Mechanism.MILITARY_THREAT,
            Modality.ASSERTED,
        ),
        ("ar", "هاجمت روسيا أوكرانيا.", "UKR", Mechanism.MILITARY_THREAT, Modality.ASSERTED),
    ],
)
def test_other_languages(
    reader: ArticleReader, language: str, text: str, region: str, mechanism: Mechanism, modality: Modality
) -> None:
    found = read(reader, text, language=language)
    assert [(i.region, i.mechanism, i.modality) for i in found] == [(region, mechanism, modality)]
