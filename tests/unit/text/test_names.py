from datetime import UTC, datetime

import pytest

from allywatch.text import ArticleReader
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
