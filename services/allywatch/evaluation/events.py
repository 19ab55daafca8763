"""Event or none over our own gold articles: does an article with evidence look more like one than others?"""

from typing import Any

from allywatch.classes import Classifier, MarkedSentence
from allywatch.evaluation.classification import area_under_curve
from allywatch.gold import Split, load_gold
from allywatch.text.sentences import split as sentences_of
from allywatch_schemas import NewsArticle


def evaluate_events(split: Split) -> dict[str, Any]:
    """Area under the ROC curve of the classifier alone, which reads English: 0…1.

    An article's score is that of its sentences together, see `Classifier.event_probability`; what it must
    rank first are the articles with labels.
    """
    classifier = Classifier.load()
    articles = [gold for gold in load_gold(split) if gold.in_english]
    scores = [classifier.event_probability(_sentences(gold.article)) for gold in articles]
    holds = [bool(gold.labels) for gold in articles]
    return {
        "split": split.value,
        "language": "en",
        "articles": len(articles),
        "with_evidence": sum(holds),
        "auc": round(area_under_curve(scores, holds), 4),
    }


def _sentences(article: NewsArticle) -> list[MarkedSentence]:
    text = f"{article.title}\n\n{article.body}"
    found = sentences_of(text, len(article.title), article.language)
    return [MarkedSentence(text[sentence.start : sentence.end]) for sentence in found]
