"""`allywatch read`: what the extractor sees in one article."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def read(
    where: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL", help="A text, an HTML page, a NewsArticle as .json; or http(s)://…"
        ),
    ],
    html: Annotated[
        Path | None, typer.Option("--html", help="Also write it as a page of its own.", dir_okay=False)
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(help="When it was published, as 2026-05-01; leaders have terms. Default: now."),
    ] = None,
    language: Annotated[str | None, typer.Option(help="Its language (BCP 47), such as pl.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The evidence, one JSON object per line.")] = False,
) -> None:
    """Read one article and mark its evidence: whose risk moves which way, how surely, and by which words."""
    from rich.console import Console

    from allywatch.moments import parse_moment
    from allywatch.reading import page as pages
    from allywatch.reading import screen
    from allywatch.reading.findings import findings
    from allywatch.reading.opening import open_article
    from allywatch.regions import load_registry
    from allywatch.stream.extraction import make_extractor
    from allywatch.terminal import escaped_json
    from allywatch.text.clean import clean

    now = datetime.now(UTC)
    article = open_article(where, parse_moment(published, now) if published else now, language)
    items = make_extractor(load_registry())(article).items
    if as_json:
        for item in items:
            typer.echo(escaped_json(item.model_dump_json(exclude_none=True)))
    shown = clean(article)
    found = findings(shown, items)
    if not as_json:
        Console().print(screen.render(article, shown, found))
    if html is not None:
        html.write_text(pages.render(article, shown, found), encoding="utf-8")
        typer.echo(f"The page is in {html}", err=True)
