"""Gold articles: invented news with labels, by which the reading of articles is judged."""

from allywatch.gold.agreement import Agreement, agreement
from allywatch.gold.articles import GoldArticle, Label, Split, load_gold
from allywatch.gold.mentions import GoldMentions, load_mentions

__all__ = [
    "Agreement",
    "GoldArticle",
    "GoldMentions",
    "Label",
    "Split",
    "agreement",
    "load_gold",
    "load_mentions",
]
