"""Which partition a key belongs to: the rule of Kafka's Java clients, so that every writer agrees."""

_SEED = 0x9747B28C
_MIX = 0x5BD1E995
_MASK = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """MurmurHash2 (Austin Appleby) with Kafka's seed, as an unsigned 32-bit number."""
    whole = len(data) & ~3
    state = _SEED ^ len(data)
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * _MIX & _MASK
        word = (word ^ word >> 24) * _MIX & _MASK
        state = (state * _MIX & _MASK) ^ word
    if whole < len(data):
        state = (state ^ int.from_bytes(data[whole:], "little")) * _MIX & _MASK
    state = (state ^ state >> 13) * _MIX & _MASK
    return state ^ state >> 15


def partition_of(key: bytes, partitions: int) -> int:
    """The partition, in [0, partitions), to which Kafka's default partitioner sends a record of this key.

    Raises:
        ZeroDivisionError: There are no partitions.
    """
    return (murmur2(key) & 0x7FFFFFFF) % partitions
