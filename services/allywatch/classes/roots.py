"""The classes that the model tells apart: the roots of PLOVER, with YIELD for CONCEDE and RETREAT in one."""

from enum import StrEnum

from allywatch_schemas import PloverRoot, QuadClass


class Root(StrEnum):
    """PLOVER's event types before its edition of 2021 split YIELD."""

    AGREE = "AGREE"
    CONSULT = "CONSULT"
    SUPPORT = "SUPPORT"
    COOPERATE = "COOPERATE"
    AID = "AID"
    YIELD = "YIELD"
    ACCUSE = "ACCUSE"
    REQUEST = "REQUEST"
    REJECT = "REJECT"
    THREATEN = "THREATEN"
    PROTEST = "PROTEST"
    MOBILIZE = "MOBILIZE"
    SANCTION = "SANCTION"
    COERCE = "COERCE"
    ASSAULT = "ASSAULT"


ROOTS: tuple[Root, ...] = tuple(Root)
QUADS: tuple[QuadClass, ...] = tuple(QuadClass)
"""In the order of their numbers in PLOVER, 1 to 4."""

_COOPERATION = {
    QuadClass.VERBAL_COOPERATION: (Root.AGREE, Root.CONSULT, Root.SUPPORT),
    QuadClass.MATERIAL_COOPERATION: (Root.COOPERATE, Root.AID, Root.YIELD),
}
_CONFLICT = {
    QuadClass.VERBAL_CONFLICT: (Root.ACCUSE, Root.REQUEST, Root.REJECT, Root.THREATEN),
    QuadClass.MATERIAL_CONFLICT: (Root.PROTEST, Root.MOBILIZE, Root.SANCTION, Root.COERCE, Root.ASSAULT),
}
QUAD_OF: dict[Root, QuadClass] = {
    root: quad for quad, roots in (_COOPERATION | _CONFLICT).items() for root in roots
}


def root_of(label: str) -> Root:
    """The root of a label of any edition of PLOVER.

    Raises:
        ValueError: It is none.
    """
    return Root.YIELD if label in (PloverRoot.CONCEDE, PloverRoot.RETREAT) else Root(label)
