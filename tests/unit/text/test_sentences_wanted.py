"""Sentences are split around the places that are looked at, and these are as if all were."""

from hypothesis import given
from hypothesis import strategies as st

from allywatch.text.sentences import OPENING, REMEMBERED, Sentence, index_at, split

PIECES = st.sampled_from(
    [
        "The ship left port. ",
        "Why? ",
        "Talks ended on 3 Sept. 2024 in the town. ",
        "It fell:\n",
        "\n- one item. Two.\n",
        "\n",
        "\n\n",
        "No. 5 is here. ",
        "U.S. ships came. ",
        "• left • right\n",
        "x" * 30 + ".\n",
        "他们走了。她说：“好。”\n",
    ]
)


def told(text: str, found: list[Sentence], wanted: list[int], place: int) -> list[object]:
    """What a reader takes from a sentence: itself, its lead, how early it is, which others are around."""
    starts = [sentence.start for sentence in found]
    index = index_at(starts, place)
    around = {near - index for each in wanted if abs((near := index_at(starts, each)) - index) <= REMEMBERED}
    sentence = found[index]
    lead = None if sentence.lead is None else found[sentence.lead][:3]
    return [sentence[:3], lead, min(index, OPENING - 1), around]


@given(st.lists(PIECES, max_size=40), st.data())
def test_the_sentences_of_wanted_places_are_the_same_as_when_all_are_split(
    pieces: list[str], data: st.DataObject
) -> None:
    text = "A title\n\n" + "".join(pieces)
    wanted = sorted(data.draw(st.lists(st.integers(0, len(text) - 1), max_size=6)))
    every, few = split(text, 7), split(text, 7, wanted=wanted)
    starts = [sentence.start for sentence in every]
    wanted = [each for each in wanted if each < every[index_at(starts, each)].end]
    for place in wanted:
        assert told(text, few, wanted, place) == told(text, every, wanted, place)


def test_a_paragraph_far_from_what_is_looked_at_is_one_sentence() -> None:
    text = "A title\n\n" + "One thing. Another thing.\n\n" * 12
    assert len(split(text, 7)) == 25
    assert len(split(text, 7, wanted=[10])) == 15
