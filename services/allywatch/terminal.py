"""What came from outside, made safe to print: titles and keys may hold codes that drive a terminal."""


def printable(text: str) -> str:
    r"""The text on one line, without what is not printable; each such character becomes a space.

    That covers ANSI escapes, 8-bit control codes, line ends, and marks that turn the direction of writing.
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


def escaped_json(text: str) -> str:
    r"""JSON with everything escaped that is not printable (`\u009b`): the same value, safe to print."""
    return text if text.isprintable() else "".join(_escaped(char) for char in text)


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
