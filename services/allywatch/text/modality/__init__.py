"""How sure a text is of what a cue says: words that tell it, where they stand, and what that weighs."""

from allywatch.text.modality.model import Judgement, ModalityModel, load_modality_model, parse_modality_model
from allywatch.text.modality.tone import ModalityReader, Tone

__all__ = [
    "Judgement",
    "ModalityModel",
    "ModalityReader",
    "Tone",
    "load_modality_model",
    "parse_modality_model",
]
