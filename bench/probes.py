"""Articles that each open or cancel an alert at once, to time the way from a publisher to a subscriber.

The score worker runs the real engine under the shipped method with one rule more, `bench-probe`: pressure of
words above a small threshold, without `for`. A probe is strong evidence on one of a few regions that neither
the load nor probes on the others touch (a test holds us to that); the next probe on the same region is the
publisher's cancellation of that article, which takes the evidence back and cancels the alert. So every probe
changes exactly one alert, as often as one likes, through the whole real pipeline.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import yaml

from allywatch.engine.method import RULES_FILE, Method, Places, method_files, parse_method
from allywatch_schemas import AlertState, ArticleStatus, NewsArticle, Source

RULE = "bench-probe"
REGIONS = {
    "BEL": "Belgium",
    "CAN": "Canada",
    "ESP": "Spain",
    "HRV": "Croatia",
    "IND": "India",
    "NLD": "the Netherlands",
    "NZL": "New Zealand",
    "PRT": "Portugal",
    "SVN": "Slovenia",
    "IDN": "Indonesia",
    "MYS": "Malaysia",
    "THA": "Thailand",
}
OPENED, WITHDRAWN = AlertState.FIRING, AlertState.CANCELLED


@dataclass(frozen=True, slots=True)
class Probe:
    """One article to send, and the alert it must cause."""

    number: int
    region: str
    expected: AlertState

    @property
    def title(self) -> str:
        """Of the article and its cancellation: region, state and this name the alert that belongs to it."""
        return f"Exercise report {self.number // (2 * len(REGIONS))}"

    def article(self, published: datetime, prefix: str) -> NewsArticle:
        """The article: strong words, or the publisher's cancellation of the region's last one."""
        turn = self.number // (2 * len(REGIONS))
        opening = self.expected is OPENED
        name = REGIONS[self.region]
        return NewsArticle(
            id=f"{prefix}:{self.region}:{turn}",
            version=1 if opening else 2,
            status=ArticleStatus.USABLE if opening else ArticleStatus.CANCELED,
            title=self.title,
            body=f"The United States abandoned {name}. Nobody else was named in bulletin {self.number}.",
            language="en",
            published_at=published,
            source=Source(id="probe.example", name="Probe"),
            exercise=True,
        )


def probes(count: int) -> Iterator[Probe]:
    """`count` probes: each region in turn, opening and cancelling by turns."""
    regions = list(REGIONS)
    for number in range(count):
        turn, place = divmod(number, len(regions))
        yield Probe(number, regions[place], WITHDRAWN if turn % 2 else OPENED)


def probe_method(registry: Places) -> Method:
    """The shipped method with the probe's rule."""
    texts = method_files()
    rules = yaml.safe_load(texts[RULES_FILE])
    rules["version"] += "+bench"
    rules["rules"].append(
        {
            "name": RULE,
            "measure": "words",
            "enter": 0.2,
            "exit": 0.1,
            "for_minutes": 0,
            "keep_firing_minutes": 0,
            "severity": "info",
            "regions": {"ids": list(REGIONS)},
        }
    )
    return parse_method({**texts, RULES_FILE: yaml.safe_dump(rules)}, registry)
