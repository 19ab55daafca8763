from collections.abc import Collection
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from allywatch.evaluation.copies import copies, edited

EVENT = {
    "a drill": [
        "one two three four five six seven eight nine ten",
        "quite another story about this drill here",
    ]
}


def every_word(_: str, body: str) -> Collection[str]:
    return body.split()


def whole(_: str, body: str) -> Collection[str]:
    return (body,)


def test_keys_that_survive_edits_know_every_copy() -> None:
    found = copies(EVENT, every_word)
    assert found.stories == 2
    assert set(found.recall.values()) == {1.0}


def test_keys_of_the_whole_text_know_no_edited_copy() -> None:
    assert copies({"a": [EVENT["a drill"][0]] * 3}, whole).recall[0.10] < 1


def test_stories_on_one_event_that_share_a_key_are_merged() -> None:
    assert copies(EVENT, lambda *_: ("same",)).merged_per_1000 == 1000
    assert copies(EVENT, whole).merged_per_1000 == 0


def test_stories_on_different_events_are_no_pairs() -> None:
    assert copies({"a": ["one two"], "b": ["three four"]}, whole).pairs == 0


@given(st.lists(st.text("abc", min_size=1), min_size=1, max_size=60), st.integers())
def test_edits_exchange_no_more_words_than_said(words: list[str], seed: int) -> None:
    body = " ".join(words)
    changed = edited(body, 0.1, ["new"], Random(seed)).split(" ")
    assert len(changed) == len(words)
    assert sum(one != other for one, other in zip(words, changed, strict=True)) <= round(0.1 * len(words))
