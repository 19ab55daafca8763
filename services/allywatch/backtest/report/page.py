"""The report's page: figures and charts put into the template that lies beside this file."""

from datetime import date
from html import escape
from importlib.resources import files

from allywatch.backtest.report.charts import (
    LONG_DAYS,
    closeup,
    day_name,
    outcome,
    rate_bar,
    region_chart,
    spark,
)
from allywatch.backtest.report.data import RegionPage, Report
from allywatch.backtest.selfscoring import Record
from allywatch.backtest.yardsticks import Hits

TEMPLATE = "template.html"


def render(report: Report) -> str:
    """The whole page; it loads nothing from anywhere."""
    template = files("allywatch.backtest.report").joinpath(TEMPLATE).read_text("utf-8")
    card = report.scorecard
    parts = {
        "title": escape(report.title),
        "period": f"{day_name(report.first)} to {day_name(report.last)}",
        "lead": _lead(report),
        "figures": "".join(_figures(report)),
        "crises": _crises(report),
        "charts": "".join(_card(page, report) for page in report.regions if page.marks or page.verdicts),
        "span": "long" if report.last - report.first > LONG_DAYS else "",
        "rules": "".join(_record_row(each) for each in card.self_score.rules),
        "regions": "".join(
            _region_row(page, card.budget) for page in sorted(report.regions, key=lambda p: p.name)
        ),
        "notes": _notes(report),
    }
    for name, content in parts.items():
        template = template.replace(f"{{{{{name}}}}}", content)
    return template


def _lead(report: Report) -> str:
    hits, card = report.scorecard.by_alert, report.scorecard
    told = f"{len(report.regions)} regions, {report.tally.rows:,} events. "
    rate = f"{card.alerts_per_region_year:g} alerts per region and year, of a budget of {card.budget:g}."
    if hits is None or not hits.crises:
        return told + rate
    hit = f"{hits.hits_7d} of {hits.crises} crises told within a week"
    return f"{told}{hit}; chance would have told {_by_chance(hits)}. {rate}"


def _by_chance(hits: Hits) -> str:
    return f"{hits.chance_7d * hits.crises:.0f}"


def _figures(report: Report) -> list[str]:
    card = report.scorecard
    out = []
    if (hits := card.by_alert) is not None:
        told = f"{hits.hits_7d}<small> of {hits.crises}</small>"
        more = f"{hits.hits_3d} within 3, {hits.hits_14d} within 14; by chance {_by_chance(hits)}"
        out.append(_figure(told, "crises told within 7 days", more))
        delay = "–" if hits.median_delay_days is None else f"{hits.median_delay_days:g}<small> d</small>"
        out.append(_figure(delay, "median delay", "of crises told within 14 days"))
    if (by_score := card.by_score) is not None and card.threshold is not None:
        out.append(_figure(f"{by_score.hits_7d}<small> of {by_score.crises}</small>", "by one threshold",
                           f"z above {card.threshold:.2f}, the same everywhere"))  # fmt: skip
    rate = card.alerts_per_region_year
    out.append(
        _figure(
            f"{rate:g}", "alerts per region and year", f"budget {card.budget:g}; {_off(rate, card.budget)}"
        )
    )
    overall = card.self_score.overall
    if overall.precision is not None:
        out.append(
            _figure(
                f"{overall.precision:.0%}", "precision", "openings near a listed crisis or a jump of GPRC"
            )
        )
    if card.gprc is not None:
        rho = "–" if card.gprc.rho is None else f"{card.gprc.rho:+.2f}".replace("-", "−")
        out.append(_figure(rho, "ρ with GPRC", f"within {card.gprc.countries} countries, monthly level"))
    return out


def _off(rate: float, budget: float) -> str:
    return f"{(rate / budget - 1):+.0%}".replace("-", "−")


def _figure(value: str, name: str, detail: str) -> str:
    return f'<div class="figure"><b>{value}</b><span>{escape(name)}</span><em>{escape(detail)}</em></div>'


def _crises(report: Report) -> str:
    if not report.closeups:
        return '<p class="dim">No list of crises was given (--crises).</p>'
    rows = []
    names = {page.id: page.name for page in report.regions}
    for verdict, scores, marks in report.closeups:
        crisis = verdict.crisis
        kind = "open" if not verdict.assessed else "hit" if verdict.hit else "miss"
        rows.append(
            f'<div class="crisis-card {kind}"><header><b>{escape(crisis.label)}</b>'
            f'<span class="verdict">{escape(outcome(verdict))}</span></header>'
            f"{closeup(verdict, scores, marks)}"
            f"<footer>{escape(names.get(crisis.region, crisis.region))} · {day_name(crisis.day)}</footer>"
            "</div>"
        )
    return f'<div class="crises">{"".join(rows)}</div>'


def _card(page: RegionPage, report: Report) -> str:
    record = page.record
    told = f"{record.openings} alert{'' if record.openings == 1 else 's'} · {record.per_region_year:g} a year"
    hits = f" · {record.hits} of {record.crises} crises" if record.crises else ""
    return (
        f'<article class="region" id="{escape(page.id)}"><header><h3>{escape(page.name)}</h3>'
        f"<span>{told}{hits}</span></header>{region_chart(page, report.first, report.last)}</article>"
    )


def _cell(value: float | None, form: str = "g") -> str:
    return '<td class="n dim">–</td>' if value is None else f'<td class="n">{value:{form}}</td>'


def _record_row(record: Record) -> str:
    return (
        f"<tr><th>{escape(record.name)}</th><td class=n>{record.openings}</td>{_cell(record.per_region_year)}"
        f"{_cell(record.precision, '.0%')}<td class=n>{record.hits}</td><td class=n>{record.misses}</td>"
        f"{_cell(record.median_delay_days)}{_cell(record.median_lead_days)}"
        f"{_cell(record.opens_per_episode, '.2f')}</tr>"
    )


def _region_row(page: RegionPage, budget: float) -> str:
    record = page.record
    name = escape(page.name)
    link = f'<a href="#{escape(page.id)}">{name}</a>' if page.marks or page.verdicts else name
    return (
        f"<tr><th>{link}</th><td class=sparkline>{spark(page.line)}</td>{_cell(page.peak, '.1f')}"
        f"<td class=n>{record.openings}</td>{_cell(record.per_region_year)}"
        f"<td>{rate_bar(record.per_region_year, budget)}</td>"
        f"<td class=n>{record.hits}</td><td class=n>{record.misses}</td>{_cell(record.precision, '.0%')}"
        f"{_cell(record.median_delay_days)}{_cell(page.confidence, '.2f')}</tr>"
    )


def _notes(report: Report) -> str:
    tally = report.tally
    lines = [
        f"Method {report.method}, digest <code>{report.digest[:16]}</code>.",
        f"{tally.rows:,} rows over {tally.days:,} days gave {tally.documents:,} documents with "
        f"{tally.items:,} items of evidence, replayed in {report.seconds:.1f} s.",
        f"{tally.bad:,} rows could not be used." if tally.bad else "Every row could be used.",
    ]
    bad = "".join(f"<li><code>{escape(str(each))}</code></li>" for each in tally.first_bad)
    span = date.fromordinal(report.first).isoformat(), date.fromordinal(report.last).isoformat()
    lines.append(f"From {span[0]} to {span[1]}, each day seen as it was known at its end.")
    return f"<p>{' '.join(lines)}</p><ul>{bad}</ul>"
