"""The words of modality where they stand, the model that weighs them, and the sentences it learned from."""

from collections import Counter

import pytest

from allywatch.errors import ConfigError
from allywatch.text.folding import fold
from allywatch.text.lexicon import WordKind, load_lexicon, parse_modality
from allywatch.text.modality import ModalityModel, load_modality_model, parse_modality_model
from allywatch.text.modality.markers import Markers
from allywatch.text.modality.model import Judge
from allywatch_schemas import Modality
from training.modality import examples, framed, written

K = WordKind


def found(words: dict[WordKind, list[str]], sentence: str) -> list[tuple[str, str]]:
    return [
        (sentence[marker.start : marker.end], marker.kind)
        for marker in Markers(words).find(f" {fold(sentence)} ")
    ]


def test_a_word_within_a_longer_one_does_not_count() -> None:
    words = {K.PLAN: ["plans to"], K.NEGATION: ["no"], K.NO_PLAN: ["no plans to"]}
    assert found(words, "There are no plans to leave.") == [("no plans to", "no_plan")]


def test_nothing_that_begins_within_a_harmless_word_counts() -> None:
    words = {K.HARMLESS: ["in may"], K.POSSIBLE: ["may"]}
    assert found(words, "In May it may rain.") == [("may", "possible")]


def test_a_gap_lets_a_few_words_stand_between() -> None:
    words = {K.DENIAL: ["reject{,s,ed} … {report,reports}"]}
    assert found(words, "He rejected all such reports.") == [("rejected all such reports", "denial")]
    assert found(words, "He rejected it. " + "x" * 60 + " reports") == []


def test_a_star_stands_for_any_ending_or_any_beginning() -> None:
    words = {K.WORRY: ["befürcht*"], K.SUPPOSED: ["*erait"]}
    assert found(words, "befürchtet, serait") == [("befürchtet", "worry"), ("erait", "supposed")]


def test_arabic_words_begin_at_a_word_or_behind_a_particle() -> None:
    words = {K.NO_PLAN: ["لن"]}
    assert found(words, "ولن يهاجم") == [("لن", "no_plan")]
    assert found(words, "أعلن أمس") == []


def test_a_script_without_spaces_is_searched_within_its_words() -> None:
    assert found({K.POSSIBLE: ["可能"]}, "美国可能撤军") == [("可能", "possible")]


def test_a_text_made_of_markers_is_bounded() -> None:
    words = {K.NEGATION: ["no"]}
    assert len(found(words, "no " * 5_000)) == 60


def test_every_kind_of_word_must_be_there() -> None:
    with pytest.raises(ConfigError, match="has no words of kind"):
        parse_modality("said: {en: [said]}", "modality.yaml")


def model(**weights: tuple[float, ...]) -> ModalityModel:
    return ModalityModel(
        version="1", labels=tuple(Modality), bias=(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), weights=weights
    )


def test_unknown_features_count_nothing() -> None:
    judged = Judge(model()).judge({"never heard of"})
    assert judged.modality is Modality.ASSERTED
    assert judged.probability == pytest.approx(0.3118, abs=1e-4)


def test_known_features_are_added_to_the_bias() -> None:
    judged = Judge(model(one=(0.0, 0.6, 0, 0, 0, 0, 0), two=(0.0, 0.6, 0, 0, 0, 0, 0))).judge({"one", "two"})
    assert judged.modality is Modality.PLANNED


def test_a_model_must_name_every_modality_and_weigh_each() -> None:
    good = written(model(one=(0.5,) * 7))
    assert parse_modality_model(good, "m").weights == {"one": (0.5,) * 7}
    with pytest.raises(ConfigError, match="every modality"):
        parse_modality_model(good.replace('"denied"', '"asserted"'), "m")
    with pytest.raises(ConfigError):
        parse_modality_model(good.replace("[1.0, ", "["), "m")


def test_the_packaged_model_is_small_and_sound() -> None:
    packaged = load_modality_model()
    assert parse_modality_model(written(packaged), "modality.model.json") == packaged
    assert len(written(packaged)) < 200_000


def test_the_sentences_mark_their_cues_and_cover_every_language_and_modality() -> None:
    every = examples()
    assert len(every) >= 900
    languages = load_lexicon().modality.root[K.CONDITION]
    counts = Counter((each.language, each.modality) for each in every)
    assert {(language, modality) for language in languages for modality in Modality} <= set(counts)
    assert all(0 <= each.start <= each.end <= len(each.sentence) for each in every)
    assert not any("{" in each.sentence or "}" in each.sentence for each in every)


def test_no_sentence_is_given_twice() -> None:
    counts = Counter((each.sentence, each.start) for each in examples())
    assert [sentence for sentence, count in counts.items() if count > 1] == []


def test_a_frame_keeps_the_cue_where_it_stands() -> None:
    every = examples()
    assert framed(every)
    assert {each.sentence[each.start : each.end] for each in framed(every)} <= {
        each.sentence[each.start : each.end] for each in every
    }
