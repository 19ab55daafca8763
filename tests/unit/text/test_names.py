from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.regions import Registry
from allywatch.text import ArticleReader
from allywatch.text.folding import fold
from allywatch.text.scanning import Scanner
from builders import an_article

IN_OFFICE = datetime(2025, 6, 3, 9, tzinfo=UTC)


def regions(reader: ArticleReader, text: str, when: datetime = IN_OFFICE) -> set[str]:
    return {i.region for i in reader.read(an_article(title="", body=text, published_at=when))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russian troops attacked a post in Georgia.", {"GEO"}),
        ("Moscow threatens Tbilisi over Georgia's plans.", {"GEO"}),
        ("Russian hackers attacked a hospital in Athens, Georgia Tech said.", set()),
        ("Michael Jordan attacked Iran's record.", set()),
        ("Iran attacked a base in Jordan.", {"JOR"}),
        ("Russia attacked the turkey farm.", set()),
        ("Washington may abandon Poland; Washington is tired, the United States says.", {"POL"}),
        ("Denzel Washington may abandon Poland.", set()),
        ("Kyiv was attacked by Moscow.", {"UKR"}),
        ("North Korea fired a ballistic missile towards South Korea.", {"KOR"}),
        ("He told us that Russia attacked nobody.", set()),
        ("RUSSIA ATTACKS UKRAINE", {"UKR"}),
        ("Romania and Romanian ports were attacked by Russian drones.", {"ROU"}),
    ],
)
def test_who_is_meant(reader: ArticleReader, text: str, expected: set[str]) -> None:
    assert regions(reader, text) == expected


def test_a_leader_speaks_for_a_country_only_in_office(reader: ArticleReader) -> None:
    text = "Donald Trump may abandon Ukraine."
    assert regions(reader, text) == {"UKR"}
    assert regions(reader, text, datetime(2023, 6, 3, tzinfo=UTC)) == set()


def test_other_outlets_are_no_countries(reader: ArticleReader) -> None:
    assert regions(reader, "Russia attacked nobody, the Kyiv Post and the Japan Times said.") == set()


@pytest.fixture(scope="module")
def scanner(registry: Registry) -> Scanner:
    return Scanner(registry)


def named(scanner: Scanner, text: str, when: datetime = IN_OFFICE) -> list[str]:
    return [mention.actor for mention in scanner.mentions(text, when.date())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mayor of Moscow, Idaho, spoke.", []),
        ("He was born in Paris, Texas.", []),
        ("A flood in Athens, Georgia, and in Atlanta.", []),
        ("Ukraine, Georgia and Moldova signed.", ["UKR", "GEO", "MDA"]),
        ("Students of Georgia Tech won.", []),
        ("Jack London wrote it.", []),
        ("Denzel Washington and George Washington.", []),
        ("Washington said it would wait.", ["USA"]),
        ("The Blue House published a list.", ["KOR"]),
        ("A desk officer at Foggy Bottom.", ["USA"]),
        ("Korean barbecue is served.", []),
        ("North Korea threatened. Korean troops moved.", ["PRK", "PRK"]),
        ("We had roast Turkey with gravy for Thanksgiving.", []),
        ("Let us go Dutch tonight.", []),
        ("An orchestra from Lublin.", ["POL"]),
        ("Profesorul Mircea Rusu a primit o medalie.", []),
        ("Дети катались на американских горках.", []),
        ("Студенты подарили украинцам веер.", ["UKR"]),
        ("Kijeve ir Taline vyko parodos.", ["UKR", "EST"]),
        ("孩子们都爱玩俄罗斯方块。", []),
        ("관객들은 대만족이었다.", []),
        ("Cô Trần Thị Mỹ dạy toán.", []),
        ("Đức và Ý thi làm kem.", ["DEU", "ITA"]),
        ("زار وفد إماراتي حديقة في بغداد.", ["ARE", "IRQ"]),
        ("Ukrayna'da ve Gürcistan'da üzüm bol.", ["UKR", "GEO"]),
        ("Bílý dům má nového kuchaře.", ["USA"]),
        ("Nagpadala ng barko ang Tsina sa Pilipinas.", ["CHN", "PHL"]),
        ("Amerika Serikat dan Jepang menandatangani.", ["USA", "JPN"]),
    ],
)
def test_who_is_named_in_many_languages(scanner: Scanner, text: str, expected: list[str]) -> None:
    assert named(scanner, text) == expected


@pytest.mark.parametrize(
    "written",
    ["P\u043eland", "\uff30\uff4f\uff4c\uff41\uff4e\uff44", "P\u03bfland"],
)
def test_names_in_letters_that_look_alike_are_read_and_keep_their_place(
    scanner: Scanner, written: str
) -> None:
    text = f"“Troops” entered {written} today."
    (mention,) = scanner.mentions(text, IN_OFFICE.date())
    assert (mention.actor, text[mention.start : mention.end]) == ("POL", written)


def test_letters_of_another_script_in_a_cyrillic_word_are_read_too(scanner: Scanner) -> None:
    assert named(scanner, "Армия Рoссии отошла.") == ["RUS"]


@given(st.text(max_size=300))
def test_folding_keeps_the_length_whatever_the_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="abcdefg ,.XYZ-\n'", max_size=300))
def test_long_and_short_texts_are_folded_alike(text: str) -> None:
    long = text + "é" + " x" * 100
    assert fold(long)[: len(text)] == fold(text)


def test_a_word_of_mixed_script_that_looks_like_none_stays_as_it_is() -> None:
    assert fold("5 μg на rж") == "5 μg на rж"
