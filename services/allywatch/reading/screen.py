"""The article on a terminal: evidence in colour, numbered, and below it what each says."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from allywatch.reading import wording
from allywatch.reading.findings import Finding, runs
from allywatch.text.clean import CleanText
from allywatch_schemas import NewsArticle

_COLOUR = {"up": "red", "down": "green", "flat": "yellow"}


def render(article: NewsArticle, page: CleanText, found: Sequence[Finding]) -> RenderableType:
    """The article and the table of its findings."""
    body = Text(overflow="fold")
    for run in runs(page.text, found):
        body.append(_visible(run.text), _style(run.triggers, run.quoted))
        for each in run.ends:
            body.append(f"[{each.number}]", f"bold {_COLOUR[wording.direction(each)]}")
    title = body[: _title_end(page, body)]
    title.stylize("bold")
    shown = Padding(Text.assemble(title, body[len(title) :]), (1, 2))
    about = Text(_about(article, found), "dim")
    return Group(shown, about, Text(), _table(found)) if found else Group(shown, about)


def _title_end(page: CleanText, body: Text) -> int:
    end = body.plain.find("\n")
    return end if end >= 0 and page.title_end else 0


def _style(triggers: Sequence[Finding], quoted: Sequence[Finding]) -> str:
    if triggers:
        return f"bold underline {_COLOUR[wording.direction(triggers[0])]}"
    return _COLOUR[wording.direction(quoted[0])] if quoted else ""


def _about(article: NewsArticle, found: Sequence[Finding]) -> str:
    published = f"{article.published_at:%d %b %Y}"
    return _visible(f"  {wording.summary(found)} · {article.source.name}, {published}")


def _table(found: Sequence[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=True, expand=False)
    for name in (" ", "", "regions", "what", "how sure", "who"):
        table.add_column(name, overflow="fold")
    for each in found:
        way = wording.direction(each)
        told = Text(wording.what(each))
        if reach := wording.reach(each):
            told.append("\n" + reach, "dim")
        table.add_row(
            f"  {each.number}",
            Text(wording.ARROWS[way], _COLOUR[way]),
            Text(", ".join(each.regions), "bold"),
            told,
            wording.how_sure(each),
            Text(wording.parts(each)),
        )
    return table


def _visible(text: str) -> str:
    """Without what drives a terminal; line ends stay."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
