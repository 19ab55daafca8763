"""Withdrawals, as every format makes them."""

from datetime import datetime

from allywatch.ingest.items import validated
from allywatch_schemas import Retraction


def retraction(doc_id: str, version: int, issued_at: datetime, reason: str = "") -> Retraction:
    """The withdrawal of a document; the same withdrawal has the same id again.

    Raises:
        Reject: `invalid`.
    """
    return validated(
        Retraction,
        {
            "id": f"{doc_id[:480]}#retracted:{version}",
            "doc_id": doc_id,
            "reason": reason[:2_000] or "Withdrawn by its publisher.",
            "issued_at": issued_at,
        },
    )
