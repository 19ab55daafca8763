"""One step of a partition: state and an input give state, scores and alerts."""

from allywatch.engine.engine import RegionEngine
from allywatch.engine.method import Method, Places, load_method, method_files, parse_method
from allywatch.engine.replay import Replay, replay
from allywatch.engine.state import PARTITION_KEY, PartitionState, RegionState, State, Withdrawals

__all__ = [
    "PARTITION_KEY",
    "Method",
    "PartitionState",
    "Places",
    "RegionEngine",
    "RegionState",
    "Replay",
    "State",
    "Withdrawals",
    "load_method",
    "method_files",
    "parse_method",
    "replay",
]
