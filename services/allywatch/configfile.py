"""YAML configuration checked by a pydantic model; errors name file, line and fix. Text in, model out."""

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from allywatch.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)
Lines = dict[tuple[str | int, ...], int]
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where the wheel has it: the registry's files take a tenth of the time."""


def parse(text: str, model: type[Model], file: str) -> tuple[Model, Lines]:
    """Parse and validate.

    Args:
        text: The file's content.
        model: What it must be.
        file: Its name, for messages.

    Returns:
        The model, and the line (from 1) of every value by its path.

    Raises:
        ConfigError: If there is one error.
        ExceptionGroup: Of ConfigError, if there are several.
    """
    loader = _LOADER(text)
    lines: Lines = {}
    try:
        node = loader.get_single_node()
        _collect(node, (), lines, file)
        content = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark
        raise ConfigError(
            f"not YAML: {exc.problem}.",
            file=file,
            line=mark.line + 1 if mark else None,
            fix="check indentation and quotes on and above this line.",
        ) from None
    except ValueError as exc:
        raise ConfigError(f"a value is impossible: {exc}.", file=file, fix="check its dates.") from None
    try:
        return model.model_validate(content, strict=False), lines
    except ValidationError as exc:
        raise _as_config_errors(exc, lines, file) from None


def _collect(node: yaml.Node | None, path: tuple[str | int, ...], lines: Lines, file: str) -> None:
    if node is None:
        return
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            where = (*path, str(key.value))
            if where in lines:
                raise ConfigError(
                    f"key {key.value!r} is given twice.",
                    file=file,
                    line=key.start_mark.line + 1,
                    fix="remove one of the two.",
                )
            _collect(value, where, lines, file)
            lines[where] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _collect(value, (*path, index), lines, file)


def line_of(path: tuple[Any, ...], lines: Lines) -> int | None:
    """The line of the value at `path`, or of the nearest thing that encloses it."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


_FIXES = {
    "missing": "add this key.",
    "extra_forbidden": "remove this key, or check its spelling.",
}


def _as_config_errors(exc: ValidationError, lines: Lines, file: str) -> Exception:
    errors = []
    for error in exc.errors(include_url=False):
        where = ".".join(str(part) for part in error["loc"]) or "the file"
        got = "" if error["type"] == "missing" else f" (got {error.get('input')!r:.80})"
        fix = _FIXES.get(error["type"], "change the value as said.")
        line = line_of(error["loc"], lines)
        errors.append(ConfigError(f"{where}: {error['msg']}{got}.", file=file, line=line, fix=fix))
    return errors[0] if len(errors) == 1 else ExceptionGroup(f"{file}: {len(errors)} errors", errors)
