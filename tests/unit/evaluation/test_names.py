from datetime import date

from allywatch.evaluation.names import answers, name_figures
from allywatch.gold import GoldMentions, Split
from allywatch.regions import NameKind
from allywatch.text.names import Mention

TEXT = GoldMentions(
    split=Split.DEV,
    language="en",
    published=date(2025, 3, 1),
    text="Poland met Jack London in Riga.",
    mentions={"Poland": "POL", "London": None, "Riga": "LVA"},
)


def right(*found: Mention) -> list[bool]:
    return [one.is_right for one in answers([TEXT], lambda *_: found)]


def test_a_name_is_right_if_a_mention_of_its_actor_covers_it() -> None:
    poland = Mention(0, 6, "POL", NameKind.COUNTRY)
    assert right(poland) == [True, True, False]
    assert right(Mention(0, 3, "POL", NameKind.COUNTRY)) == [False, True, False]
    assert right(Mention(0, 6, "EST", NameKind.COUNTRY)) == [False, True, False]


def test_the_name_of_nobody_is_wrong_as_soon_as_a_mention_touches_it() -> None:
    assert right(Mention(16, 22, "GBR", NameKind.CAPITAL))[1] is False


def test_figures_count_names_by_language_and_split() -> None:
    figures = name_figures(list(answers([TEXT], lambda *_: [Mention(0, 6, "POL", NameKind.COUNTRY)])))
    assert (figures.names, figures.accuracy, figures.of_nobody) == (3, 0.6667, 1.0)
    assert figures.by_language == {"en": 0.6667}
    assert figures.by_split == {"dev": 0.6667, "test": 0.0}
