from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import pytest

from allywatch.evaluation.gold import Read, auc, read_gold
from allywatch.gold import GoldArticle, Label
from allywatch_schemas import Evidence, Mechanism, Modality, NewsArticle
from builders import an_article, an_evidence


def label(region: str = "LVA", modality: Modality = Modality.ASSERTED, sign: int = 1) -> Label:
    return Label.model_validate(
        {"region": region, "mechanism": Mechanism.MILITARY_THREAT, "sign": sign, "modality": modality}
    )


def gold(name: str, *labels: Label, language: str = "en") -> GoldArticle:
    noon = datetime.combine(date(2026, 3, 14), time(12), UTC)
    return GoldArticle(an_article(id=name, language=language, published_at=noon), labels)


def evidence(
    region: str = "LVA", modality: Modality = Modality.ASSERTED, probability: float = 0.6
) -> Evidence:
    return an_evidence(
        region=region, mechanism=Mechanism.MILITARY_THREAT, modality=modality, probability=probability, sign=1
    )


def reader(**found: Sequence[Evidence]) -> Read:
    def read(article: NewsArticle) -> Sequence[Evidence]:
        return found.get(article.id, ())

    return read


def test_what_is_found_is_held_against_what_is_given() -> None:
    articles = [gold("a", label("LVA"), label("EST")), gold("b")]
    figures = read_gold(articles, reader(a=[evidence("LVA"), evidence("POL")]))
    assert (figures.labels.given, figures.labels.found, figures.labels.right) == (2, 2, 1)
    assert figures.labels.f1 == 0.5
    assert figures.false_alarms == 0


def test_the_surest_of_several_items_tells_the_modality() -> None:
    found = [evidence(modality=Modality.SPECULATIVE, probability=0.8), evidence(modality=Modality.PLANNED)]
    figures = read_gold([gold("a", label(modality=Modality.PLANNED))], reader(a=found))
    assert (figures.modality, figures.modality_f1) == (1, 1)
    assert figures.labels.found == 1


def test_the_mean_over_modalities_weighs_rare_ones_like_common_ones() -> None:
    articles = [gold(name, label()) for name in "abc"] + [gold("d", label(modality=Modality.DENIED))]
    figures = read_gold(articles, reader(**{name: [evidence()] for name in "abcd"}))
    assert figures.modality == 0.75
    assert figures.modality_f1 == pytest.approx((6 / 7 + 0) / 2)


def test_a_wrong_sign_is_counted_apart_from_what_was_found() -> None:
    figures = read_gold([gold("a", label(sign=-1))], reader(a=[evidence()]))
    assert (figures.labels.f1, figures.sign) == (1, 0)


def test_languages_are_told_apart() -> None:
    articles = [gold("a", label()), gold("b", label(), language="lv")]
    figures = read_gold(articles, reader(a=[evidence()]))
    assert (figures.english.f1, figures.other_languages.f1) == (1, 0)
    assert figures.by_language["lv"].recall == 0


def test_evidence_in_an_article_without_any_is_a_false_alarm() -> None:
    figures = read_gold(
        [gold("a", label()), gold("b")], reader(a=[evidence()], b=[evidence(probability=0.4)])
    )
    assert figures.false_alarms == 1
    assert figures.auc == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([(0.9, True), (0.1, False)], 1.0),
        ([(0.1, True), (0.9, False)], 0.0),
        ([(0.5, True), (0.5, False)], 0.5),
        ([(0.5, True)], 0.0),
    ],
)
def test_area_under_the_curve(values: list[tuple[float, bool]], expected: float) -> None:
    assert auc(values) == expected
