"""The article as a page of its own: evidence marked in the text, and beside it what each says."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from allywatch.reading import wording
from allywatch.reading.findings import Finding, Run, runs
from allywatch.text.clean import CleanText
from allywatch_schemas import NewsArticle

_TEMPLATE = "template.html"


def render(article: NewsArticle, page: CleanText, found: Sequence[Finding]) -> str:
    """The whole page; it loads nothing from anywhere and runs nothing."""
    template = files("allywatch.reading").joinpath(_TEMPLATE).read_text("utf-8")
    marked = "".join(_marked(run) for run in runs(page.text, found))
    head, body = _split(marked)
    parts = {
        "language": escape(article.language or "und", quote=True),
        "name": escape(article.title or "An article"),
        "title": head or escape(article.source.name),
        "about": escape(f"{article.source.name} · {article.published_at:%d %B %Y}"),
        "summary": escape(wording.summary(found)),
        "body": "".join(f"<p>{line}</p>" for line in body.split("\n") if line.strip()),
        "findings": "".join(_card(each) for each in found),
    }
    pieces = template.split("{{")
    return pieces[0] + "".join(
        parts[name] + rest for name, _, rest in (piece.partition("}}") for piece in pieces[1:])
    )


def _split(marked: str) -> tuple[str, str]:
    """The title, and the rest; marks never span a line, so that either stands by itself."""
    head, _, body = marked.partition("\n")
    return head, body


def _marked(run: Run) -> str:
    numbers = "".join(map(_number, run.ends))
    if not run.quoted and not run.triggers:
        return escape(run.text) + numbers
    kind = "trigger" if run.triggers else "quote"
    first = (run.triggers or run.quoted)[0]
    told = escape(f"{wording.what(first)}: {', '.join(first.regions)}", quote=True)
    opened = f'<mark class="{kind} {wording.direction(first)} {first.item.modality}" title="{told}">'
    return (
        "\n".join(opened + escape(line) + "</mark>" if line else "" for line in run.text.split("\n"))
        + numbers
    )


def _number(found: Finding) -> str:
    number, way = found.number, wording.direction(found)
    return f'&#8288;<a class="n {way}" href="#f{number}" id="t{number}">{number}</a>'


def _card(found: Finding) -> str:
    way = wording.direction(found)
    more = " · ".join(escape(each) for each in (wording.parts(found), wording.reach(found)) if each)
    return (
        f'<li class="{way}" id="f{found.number}">'
        f'<a class="n {way}" href="#t{found.number}">{found.number}</a>'
        f"<div><b>{escape(', '.join(found.regions))}</b> "
        f'<span class="way">{wording.ARROWS[way]}</span> {escape(wording.what(found))}'
        f"<em>{escape(wording.how_sure(found))}</em><small>{more}</small></div></li>"
    )
