"""Texts made to hurt a reader: a megabyte each, by name. All invented; deterministic."""

from collections.abc import Iterator

from allywatch_schemas import MediaType

SIZE = 1_000_000
"""Characters: what the contract lets through. More is refused before anybody reads it."""

_CLAIM = "Russia attacked Ukraine. "
_PROSE = (
    "Officials of the invented ministry said on Monday that the talks would go on next week, and that "
    "nobody should read too much into the visit. Fishermen in the north reported a good catch. "
)
_PLAIN = {
    "prose": _PROSE,
    "prose_of_other_marks": _PROSE.replace(" that ", " — “that” — ").replace("talks", "tälks…"),
    "claims": _CLAIM,
    "one_claim_without_end": "Russia attacked Ukraine and ",
    "names": "Ukraine ",
    "names_of_many": "Poland, Estonia, Latvia, Lithuania, Taiwan, Japan, Russia, China, United States, ",
    "cues": "cut aid ",
    "cues_and_names": "United States cut aid to Ukraine, Russia threatened Poland, ",
    "glued_cues": "attack",
    "claims_in_cyrillic": "Россия атаковала Украину. ",
    "claims_in_chinese": "美国可能停止对台湾的援助。",
    "claims_in_korean": "러시아가 우크라이나를 공격했다. ",
    "claims_in_arabic": "هاجمت روسيا أوكرانيا. ",
    "acronyms": "The U.S. ",
    "claims_with_acronyms": "Russia attacked Ukraine in the U.S., ",
    "ends": "Go. ",
    "dots": ".",
    "spaces": " ",
    "line_ends": "\n",
    "lines": "a\n",
    "list_items": "\n- Russia attacked Ukraine",
    "bullets": " • Russia",
    "opened_quotes": "“",
    "opened_brackets": "(A",
    "capitals": "Ab ",
    "hidden_by_zero_width": "Rus\u200bsia at\u200btacked Ukra\u200dine. ",
    "hidden_by_soft_hyphens": "R\u00adu\u00ads\u00ads\u00adi\u00ada ",
    "marks_upon_marks": "R\u0301\u0302\u0303\u0304\u0305\u0306ussia ",
    "only_marks": "\u0301",
    "decomposed": "e\u0301a\u0308 ",
    "directions": "\u202eRussia\u202c \u2067attacked\u2069 أوكرانيا ",
    "look_alikes": "P\u043eland Ukr\u0430ine ",
    "mixed_alphabets": "a\u0431",
    "changes_length_in_lower_case": "İ",
    "broken": "\ufffd\x00\x08Russia\ufffe ",
    "private_and_unassigned": "\ue000\U0003fffd\U00030000",
    "emoji": "👩\u200d👩\u200d👧\u200d👦",
    "ligatures": "ﬁﷺ",
    "carriage_returns": "Russia attacked Ukraine\r\n",
    "furniture": "Share\nRelated\nSubscribe now\n",
    "datelines": "RIGA, March 2 (Agency) - ",
    "citations": "Reuters reported, according to AFP, ",
    "years": "in 1999 of 2001 ",
    "commas": ", ",
    "conditions": "if would could not said ",
}
_MARKUP = {
    "paragraphs": "<p>Russia attacked Ukraine.</p>",
    "nested": "<div>",
    "nested_in_turn": "<b><i><p>",
    "closed_only": "</div>",
    "comments_without_end": "<!--",
    "tags_without_end": "<a ",
    "less_than": "<",
    "ampersands": "&",
    "entities": "&amp;&#x41;&nbsp;",
    "soft_entities": "Rus&shy;sia ",
    "scripts": "<script>Russia</script>",
    "scripts_without_end": "<script>",
    "items": "<ul><li>Russia attacked Ukraine",
    "cells": "<table><tr><td>Russia",
    "breaks": "Russia attacked Ukraine<br>",
    "links": "<a href='x'>Russia</a> ",
    "hidden": "<nav><aside hidden>Russia",
    "quoted_ends": '<a title="> ',
}
_PAGE = "<!DOCTYPE html><html><body><article>"


def bombs() -> Iterator[tuple[str, MediaType, str]]:
    """Name, media type and body of each."""
    for name, unit in _PLAIN.items():
        yield name, MediaType.PLAIN, _full(unit)
    for name, unit in _MARKUP.items():
        yield f"html_{name}", MediaType.HTML, _full(unit)
        yield f"page_{name}", MediaType.HTML, _full(unit, _PAGE)
        yield f"small_page_{name}", MediaType.HTML, _full(unit, _PAGE)[:20_000]
    attributes = " ".join(f"a{number}='x'" for number in range(90_000))
    yield "page_attributes", MediaType.HTML, f"{_PAGE}<p {attributes}>{_CLAIM}"
    yield "page_giant_entity", MediaType.HTML, f"{_PAGE}<p>&{'a' * SIZE};{_CLAIM}"[:SIZE]
    yield "page_giant_attribute", MediaType.HTML, f'{_PAGE}<p title="{"a" * (SIZE - 500)}">{_CLAIM}'
    yield "empty", MediaType.PLAIN, ""
    yield "empty_page", MediaType.HTML, _PAGE


def _full(unit: str, opening: str = "") -> str:
    return (opening + unit * (SIZE // len(unit)))[:SIZE]
