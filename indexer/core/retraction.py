"""What takes a record back or has its concealed values erased: the two small bodies that are no events.

Either names the record it is about beside its body (record.content's `amends`), so the body only says why.
"""

from indexer.core import shape
from indexer.core.canonical import Json

WITHDRAWAL = "suyuan/withdrawal/v1"
ERASURE = "suyuan/erasure/v1"

# Personal Information Protection Law, article 47, and orders of courts and authorities.
BASES = frozenset({"consent_withdrawn", "purpose_ended", "retention_ended", "unlawful", "ordered"})
_BASIS = shape.pattern("|".join(sorted(BASES)), "one of " + ", ".join(sorted(BASES)))
# CBV 2.0 has the first two for events; others are written out.
_WITHDRAWAL = shape.members({"reason": shape.text}, {"note": shape.text})
_ERASURE = shape.members(
    {"scope": shape.pattern("concealed", "`concealed`"), "basis": _BASIS}, {"note": shape.text}
)


def check_withdrawal(body: Json) -> None:
    """Refuse a body that does not say why a record is withdrawn."""
    _WITHDRAWAL(body, "")


def check_erasure(body: Json) -> None:
    """Refuse a body that does not say what is erased and upon which legal basis."""
    _ERASURE(body, "")
