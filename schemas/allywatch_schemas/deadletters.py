"""The headers of a dead letter: beside the original key, value and headers, they say why and where."""

HEADERS: dict[str, str] = {
    "allywatch-reason": "Why, one word of a closed set: `null_value`, `not_json`, `invalid`, …",
    "allywatch-detail": "Why, in words, and where in the record.",
    "allywatch-worker": "Which worker refused it.",
    "allywatch-region": "Whose share of the record could not be applied; absent: nobody's was.",
    "allywatch-topic": "Topic it was read from.",
    "allywatch-partition": "Partition it was read from.",
    "allywatch-offset": "Offset it was read from.",
    "allywatch-redriven": (
        "Only on a record that `allywatch redrive` put back: `topic:partition:offset` of its dead letter."
    ),
}
"""Every header by name, with its meaning. All values are UTF-8 text."""
