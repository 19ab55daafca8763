"""Examples to learn from, out of the named inputs: sentences with a class, how much each counts."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from zipfile import ZipFile

from allywatch.classes import MarkedSentence, Root, from_tags, root_of

PLOVER = "text/plover_sentences_train.tsv"
STORIES = "text/ngec_synthetic_stories.csv.zip"
CODES = "ontology/cameo_codes.csv"
CROSSWALK = "ontology/CAMEO2PLOVER-2021.txt"
RECORDS = ("text/PETR.UnitTest.records.xml", "text/GigaWord.sample.PETR.xml")

_TITLE_WEIGHT, _CODE_WEIGHT = 0.3, 0.2
_STANDINS = {"{country_1}": "Iran", "{country_2}": "Qatar"}
_SENTENCE_END = re.compile(r"(?<=[a-z][.!?])\s+(?=[A-Z\"])|\n")
_LONGEST_LEAD = 400


@dataclass(frozen=True, slots=True)
class Example:
    """`label`: a root, or as the input has it; `weight`: 1 for sentences of the task itself."""

    sentence: MarkedSentence
    label: str
    weight: float = 1.0


def plover(data: Path) -> list[Example]:
    """The task's own sentences, source and target marked."""
    with (data / PLOVER).open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Example(from_tags(row["marked_sentence"]), root_of(row["plover_root"])) for row in rows]


def titles(data: Path) -> list[Example]:
    """Titles of the synthetic stories, each once, with their first two countries as source and target."""
    labels = {row["title"]: row["label"] for row in _stories(data)}
    return [
        Example(from_tags(_filled(title)), root_of(label), _TITLE_WEIGHT) for title, label in labels.items()
    ]


def leads(data: Path) -> list[Example]:
    """First sentences of the synthetic stories; labels of PLOVER's edition of 2021."""
    found = []
    for row in _stories(data):
        lead = _SENTENCE_END.split(row["text"].strip())[0][:_LONGEST_LEAD]
        if len(lead) >= 40:
            found.append(Example(MarkedSentence(lead), row["label"]))
    return found


def code_names(data: Path) -> list[Example]:
    """CAMEO's names of its codes between a source and a target: "Iran halt negotiations Qatar"."""
    roots = _crosswalk(data)
    with (data / CODES).open(encoding="mac_roman", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        Example(
            from_tags(f"<s>Iran</s> {row['name'].split('(')[0].lower()} <t>Qatar</t>"), root, _CODE_WEIGHT
        )
        for row in rows
        if (root := _root(row["code"], roots)) is not None
    ]


def records(data: Path) -> list[Example]:
    """PETRARCH's records that carry codes of one root alone; to try a model on, not to learn from."""
    roots = _crosswalk(data)
    found = []
    for name in RECORDS:
        text = re.sub(r"<!--.*?-->", "", (data / name).read_text("utf-8", "replace"), flags=re.S)
        for record in re.findall(r"<Sentence\b.*?</Sentence>", text, flags=re.S):
            codes = re.findall(r'eventcode *= *"(\d+)"', record)
            body = re.search(r"<Text>(.*?)</Text>", record, re.S)
            coded = {_root(code, roots) for code in codes}
            if body and len(coded) == 1 and (root := coded.pop()) is not None:
                found.append(Example(MarkedSentence(" ".join(body[1].split())), root))
    return found


def _stories(data: Path) -> Iterator[dict[str, str]]:
    with ZipFile(data / STORIES) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".csv") and "__MACOSX" not in n)
        with archive.open(name) as file:
            yield from csv.DictReader(TextIOWrapper(file, encoding="utf-8", newline=""))


def _filled(title: str) -> str:
    for slot, tag in (("{country_1}", "s"), ("{country_2}", "t")):
        name = _STANDINS[slot]
        title = title.replace(slot, f"<{tag}>{name}</{tag}>", 1).replace(slot, name)
    return re.sub(r"\{.*?\}", "Doha", title)


def _crosswalk(data: Path) -> dict[str, str]:
    lines = (data / CROSSWALK).read_text("utf-8", "replace").splitlines()
    return {found[1]: found[2] for line in lines if (found := re.match(r"(\d+): *([A-Z]+)", line))}


def _root(code: str, roots: dict[str, str]) -> Root | None:
    label = roots.get(code) or roots.get(code[:3]) or roots.get(code[:2])
    try:
        return root_of(label or "")
    except ValueError:
        return None
