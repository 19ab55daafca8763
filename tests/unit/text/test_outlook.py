"""The quick look at what follows heads of cues never passes over one that goes on."""

from hypothesis import given
from hypothesis import strategies as st

from allywatch.text.cues import INITIALS, beginnings
from allywatch.text.outlook import Outlook

WORDS = st.lists(st.text("abcdežяш中文", min_size=1, max_size=6), min_size=1, max_size=40)
STARTS = st.frozensets(st.text("abcdežяш", min_size=1, max_size=INITIALS), max_size=4)


@given(WORDS, st.lists(STARTS | st.none(), min_size=1, max_size=5))
def test_every_head_behind_which_a_known_beginning_stands_is_promising(
    words: list[str], starts: list[frozenset[str] | None]
) -> None:
    padded = f" {' '.join(words)} "
    ends = [at for at, character in enumerate(padded[:-1]) if character == " "] * len(starts)
    patterns = [number % len(starts) for number in range(len(ends))]
    promising = set(Outlook(starts).promising(padded, patterns, ends))
    for head, (pattern, end) in enumerate(zip(patterns, ends, strict=True)):
        known = starts[pattern]
        if known is None or not known.isdisjoint(beginnings(padded, end)):
            assert head in promising


def test_a_head_behind_which_no_known_beginning_stands_is_passed_over() -> None:
    padded = " " + "alpha beta gamma delta " * 4
    outlook = Outlook([frozenset({"gam"}), frozenset({"omi"})])
    assert set(outlook.promising(padded, [0, 1] * 4, [6] * 8)) == {0, 2, 4, 6}
