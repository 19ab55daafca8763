"""`python -m training --data FOLDER`: learn the classes anew and write the model file of `allywatch.classes`.

Takes minutes, needs the extra `training`. The same inputs and the same versions of numpy and scikit-learn
give the same file. Prints what was written, as JSON.
"""

import argparse
import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import allywatch.classes
from allywatch.classes import MarkedSentence, load_phrases
from allywatch.classes.features import FeatureReader, signature
from allywatch.classes.modelfile import MODEL_FILE, ModelFile, encode
from allywatch.classes.phrases import digest_of
from training import events, examples
from training.heads import FOLDS, retreat_head, root_head

INPUTS = (
    examples.PLOVER,
    examples.STORIES,
    examples.CODES,
    examples.CROSSWALK,
    *examples.RECORDS,
    events.HEADLINES,
)
FOLDERS = (events.REUTERS,)


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(prog="training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of development data")
    parser.add_argument(
        "--out", type=Path, default=Path(allywatch.classes.__file__).parent / "data" / MODEL_FILE
    )
    wanted = parser.parse_args()
    content = encode(learned(wanted.data))
    wanted.out.write_bytes(content)
    print(json.dumps({"name": "models", "file": wanted.out.name, "bytes": len(content)}))


def learned(data: Path) -> ModelFile:
    """Every head, from the named inputs in `data`."""
    phrases = load_phrases()
    reader = FeatureReader(phrases)

    @cache
    def read(sentence: MarkedSentence) -> list[str]:
        return reader.names(sentence)

    marked, raw = root_head(data, read, raw=False), root_head(data, read, raw=True)
    heads = {
        "marked": marked.model,
        "raw": raw.model,
        "event": events.event_head(data, read),
        "retreat": retreat_head(data, read),
    }
    inputs = digests(data)
    facts: dict[str, Any] = {
        "version": f"{phrases.version}-{sha256(json.dumps(inputs).encode()).hexdigest()[:8]}",
        "phrases": digest_of(phrases),
        "features_as": signature(reader),
        "folds": FOLDS,
        "inputs": inputs,
        "temperature": {"marked": round(marked.heat, 3), "raw": round(raw.heat, 3)},
        "features": {name: len(head.names) for name, head in heads.items()},
    }
    return ModelFile(heads, {"marked": marked.held_out, "raw": raw.held_out}, facts)


def digests(data: Path) -> dict[str, str]:
    """SHA-256 of every input, by its path in `data`, or in our own folder."""
    paths = [data / name for name in INPUTS]
    paths += [path for folder in FOLDERS for path in sorted((data / folder).glob("*.sgm.gz"))]
    named = {path.relative_to(data).as_posix(): path for path in paths}
    named |= {f"training/{path.relative_to(events.OWN).as_posix()}": path for path in events.own_inputs()}
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in named.items()}


if __name__ == "__main__":
    main()
