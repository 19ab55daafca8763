"""The shipped classifier on invented sentences: classes, roles, probabilities, what it says of no event."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.classes import QUAD_OF, Classifier, MarkedSentence, Root, from_tags, load_phrases, root_of
from allywatch.classes.classifier import ClassReading
from allywatch.classes.modelfile import load_model
from allywatch.errors import ConfigError
from allywatch_schemas import PloverRoot, QuadClass

CLASSIFIER = Classifier.load()


def read(tagged: str) -> ClassReading:
    return CLASSIFIER.classify([from_tags(tagged)])[0]


@pytest.mark.parametrize(
    ("sentence", "root"),
    [
        ("<s>Norland</s> has imposed sanctions on <t>Sundholm</t>.", Root.COERCE),
        ("<s>Norland</s> condemned <t>Sundholm</t> for the shelling.", Root.ACCUSE),
        ("<s>Norland</s> will hold talks with <t>Sundholm</t> next week.", Root.AGREE),
        ("<s>Norland's president</s> held talks with <t>the prime minister of Sundholm</t>.", Root.CONSULT),
        ("<s>Norland</s> rejected <t>Sundholm</t>'s offer to mediate.", Root.REJECT),
        ("<s>Norland</s> threatened to attack <t>Sundholm</t>.", Root.THREATEN),
        ("<s>Norland</s> suspended military aid to <t>Sundholm</t>.", Root.SANCTION),
        ("<s>Norland</s> shelled <t>villages in Sundholm</t>, killing four.", Root.ASSAULT),
        ("<s>Norland</s> sent humanitarian aid to <t>Sundholm</t>.", Root.AID),
        ("<s>Norland</s> freed <t>forty prisoners</t>.", Root.YIELD),
    ],
)
def test_plain_acts_are_known_with_and_without_marks(sentence: str, root: Root) -> None:
    assert read(sentence).root is root
    assert CLASSIFIER.classify([MarkedSentence(from_tags(sentence).text)])[0].root is root


def test_who_they_are_does_not_matter() -> None:
    there = read("<s>Poland</s> accused <t>Belarus</t> of spying.")
    elsewhere = read("<s>Taiwan</s> accused <t>China</t> of spying.")
    assert there.root is elsewhere.root is Root.ACCUSE


def test_active_and_passive_are_of_one_class() -> None:
    active = read("<s>Norland</s> attacked <t>Sundholm</t>.")
    passive = read("<t>Sundholm</t> was attacked by <s>Norland</s>.")
    assert active.root is passive.root is Root.ASSAULT


def test_an_answer_does_not_depend_on_its_neighbours() -> None:
    sentences = [
        from_tags("<s>A</s> met <t>B</t>."),
        MarkedSentence("A met B."),
        from_tags("<s>A</s> hit <t>B</t>."),
    ]
    together = CLASSIFIER.classify(sentences)
    for sentence, reading in zip(sentences, together, strict=True):
        alone = CLASSIFIER.classify([sentence])[0]
        assert alone.root is reading.root
        assert alone.probability == pytest.approx(reading.probability, abs=1e-5)


def test_no_sentences_have_no_readings() -> None:
    assert CLASSIFIER.classify([]) == CLASSIFIER.held_out([]) == []


def test_an_attack_is_more_of_an_event_than_a_recipe() -> None:
    attack, recipe = CLASSIFIER.classify(
        [
            MarkedSentence("Norland fired missiles at Sundholm and massed troops at its border."),
            MarkedSentence("The dumplings taste best with butter and a pinch of salt."),
        ]
    )
    assert attack.none_probability < 0.3 < 0.7 < recipe.none_probability


def test_more_events_in_an_article_make_one_more_probable() -> None:
    attack = MarkedSentence("Norland fired missiles at Sundholm.")
    one, two = CLASSIFIER.event_probability([attack]), CLASSIFIER.event_probability([attack, attack])
    assert 0 < one < two <= 1
    assert CLASSIFIER.event_probability([]) == 0


def test_yielding_troops_is_retreat_and_yielding_rights_is_concession() -> None:
    assert read("<s>Norland</s> withdrew its troops from <t>Sundholm</t>.").plover_root is PloverRoot.RETREAT
    reading = read("<s>Norland</s> eased restrictions on <t>opposition parties</t> after protests.")
    assert reading.plover_root is PloverRoot.CONCEDE


def test_both_editions_of_the_classes_are_understood() -> None:
    assert root_of("YIELD") is root_of("CONCEDE") is root_of("RETREAT") is Root.YIELD
    with pytest.raises(ValueError, match="INVESTIGATE"):
        root_of("INVESTIGATE")


def test_every_root_has_its_quad_class() -> None:
    assert set(QUAD_OF) == set(Root)
    assert set(QUAD_OF.values()) == set(QuadClass)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_probabilities(text: str) -> None:
    reading = CLASSIFIER.classify([MarkedSentence(text)])[0]
    assert 1 / len(Root) <= reading.probability <= 1.0001
    assert reading.probability <= reading.quad_probability + 0.5
    assert 0 <= reading.none_probability <= 1
    assert 1 <= reading.quad_number <= 4


def test_a_sentence_never_seen_is_not_learned_from() -> None:
    sentence = from_tags("<s>Norland</s> met <t>Sundholm</t>.")
    assert not CLASSIFIER.learned_from(sentence)
    assert CLASSIFIER.held_out([sentence]) == CLASSIFIER.classify([sentence])


def test_another_phrase_book_than_the_model_learned_with_is_refused() -> None:
    book = load_phrases()
    other = book.model_copy(update={"acts": book.acts | {Root.AID: ("aid",)}})
    with pytest.raises(ConfigError, match="make models"):
        Classifier(load_model(), other)


def test_the_model_is_small_and_says_what_it_learned_from() -> None:
    facts = load_model().facts
    assert "text/plover_sentences_train.tsv" in facts["inputs"]
    assert all(len(digest) == 64 for digest in facts["inputs"].values())
