"""Words beside a cue that turn it into its opposite: "lifted its ban on imports", "the talks collapsed"."""

from collections.abc import Mapping

from allywatch.text.cues import compile_phrases
from allywatch.text.lexicon import LexiconFile, Rule
from allywatch.text.scanning import CueHit
from allywatch_schemas import Track

_BEFORE, _AFTER = 28, 24
"""Characters before and after a cue in which such a word counts: it governs the cue itself."""


class Turning:
    """The reversals of a lexicon, compiled by language."""

    def __init__(self, lexicon: LexiconFile) -> None:
        self._rules: Mapping[str, Rule] = lexicon.by_id
        self._before = {
            language: compile_phrases(phrases) for language, phrases in lexicon.reversals.before.items()
        }
        self._after = {
            language: compile_phrases(phrases) for language, phrases in lexicon.reversals.after.items()
        }

    def rule_of(self, hit: CueHit, rule: Rule, padded: str, start: int, end: int) -> Rule | None:
        """The rule that a cue counts for in the clause at [start, end); None: its opposite is nothing.

        Args:
            hit: The cue.
            rule: Its own rule.
            padded: The folded text behind one space.
            start: Of the clause in the text.
            end: Of the clause in the text.
        """
        language = hit.cue.language
        before, after = self._before.get(language), self._after.get(language)
        begin = max(start, hit.start - _BEFORE)
        stop = min(end, hit.end + _AFTER)
        turned = (before is not None and before.search(" " + padded[begin + 1 : hit.start + 1])) or (
            after is not None
            and rule.track is not Track.WORDS
            and after.search(" " + padded[hit.end + 1 : stop + 1] + " ")
        )
        if not turned:
            return rule
        return self._rules[rule.opposite] if rule.opposite else None
