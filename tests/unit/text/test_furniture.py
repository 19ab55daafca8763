"""Lines of a page that are no part of its article."""

import pytest

from allywatch.text import load_lexicon
from allywatch.text.furniture import Furniture

FURNITURE = Furniture(load_lexicon().furniture)


def left_of(text: str, own_name: str = "") -> list[str]:
    """The lines that stay."""
    gone = FURNITURE.spans(text, 0, own_name)
    kept = "".join(c for i, c in enumerate(text) if not any(a <= i < b for a, b in gone))
    return [line.strip() for line in kept.splitlines() if line.strip()]


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to The Example for updates from Ukraine",
        "We use cookies. Accept all?",
        "© 2026 Poland Example Ltd.",
        "Share",
        "Read more »",
        "A soldier near Kharkiv, Ukraine. Getty Images",
        "By Ann Author and Bob Writer",
        "Reporting by Somebody in Taipei; editing by Nobody",
        "Підписуйтесь на наш канал про Україну",
        "Фото: пресслужба",
        "Читайте также: Россия и Украина",
        "Czytaj też: Rosja grozi Polsce",
        "Lesen Sie auch: Russland droht",
        "Lire aussi : la Russie menace",
        "Lea también: Rusia amenaza",
        "Đọc thêm: Nga đe dọa",
        "Nuotr. autoriaus",
        "Foto: autors",
        "Loe ka: Venemaa ähvardab",
        "责任编辑：某某",
        "版權所有，不得轉載",
        "無断転載を禁じます",
        "사진=연합",
        "ⓒ 무단전재 및 재배포 금지",
        "اقرأ أيضا: روسيا تهدد",
        "جميع الحقوق محفوظة",
    ],
)
def test_a_line_of_furniture_goes_and_the_article_stays(line: str) -> None:
    before, after = "The invented ministry met on Monday.", "It will meet again, it said."
    assert left_of(f"{before}\n{line}\n{after}") == [before, after]


@pytest.mark.parametrize(
    "line",
    [
        "Subscribers to the theory say that Russia may attack.",
        "The world watches as Russia moves troops.",
        "Printing presses stopped in Riga.",
        "Officials share the view that Poland is safe.",
        "Share prices fell in Warsaw as Russia threatened.",
        "Homes burned in Kharkiv.",
        "Related to this, Russia moved troops to the border of Estonia.",
    ],
)
def test_a_sentence_that_only_begins_alike_stays(line: str) -> None:
    assert left_of(line + "\nMore follows.") == [line, "More follows."]


def test_headlines_after_a_heading_of_links_are_of_other_stories() -> None:
    links = "Related articles\nRussia attacks Ukraine\n\nIs Taiwan next?"
    assert left_of(f"It met.\n\n{links}\n\nThe ministry met again on Monday.") == [
        "It met.",
        "The ministry met again on Monday.",
    ]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("RIGA, March 2 (Agency) - The ministry met.", "The ministry met."),
        ("КИЇВ, 2 березня (Агенція) — Міністерство зібралося.", "Міністерство зібралося."),
        ("（示例社台北2日电）部门开会。", "部门开会。"),
        ("(서울=보기뉴스) 홍길동 기자 = 부처가 모였다.", "부처가 모였다."),
        ("【東京共同】省が会合した。", "省が会合した。"),
        ("كييف (وكالة) – اجتمعت الوزارة.", "اجتمعت الوزارة."),
    ],
)
def test_a_dateline_is_no_part_of_the_sentence(text: str, rest: str) -> None:
    assert left_of(text) == [rest]


def test_the_outlets_own_name_does_not_count() -> None:
    assert left_of("VIETNAM EXAMPLE and Vietnam Example met.", "The Vietnam Example") == ["and  met."]
