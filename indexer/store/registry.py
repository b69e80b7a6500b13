"""The register as the follower has read it: whose a key is, and how it and its participant stand.

As of the chain's newest block that was read, final or not: whoever is about to take something in should know of a
revocation at once. What counts in the end is judged from final blocks, by the reconciler and by every reader.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class KeyStanding:
    """A key, and the participant it speaks for; `revoked` is the first sequence that no longer counts."""

    participant: UUID
    custodial: bool
    admitted: int  # the block
    revoked: int | None
    suspended: bool
    name: str


_STANDING = text("""
select added.participant, added.custodial, added.block_number as admitted,
  (select next_sequence from ledger.registration ended
   where ended.key = :key and ended.event = 'KeyRevoked'
   order by ended.block_number desc, ended.log_index desc limit 1) as revoked,
  coalesce((select status.event = 'Suspended' from ledger.registration status
   where status.participant = added.participant and status.event in ('Suspended', 'Reinstated')
   order by status.block_number desc, status.log_index desc limit 1), false) as suspended,
  coalesce((select named.name from ledger.registration named
   where named.participant = added.participant and named.event = 'Admitted'
   order by named.block_number, named.log_index limit 1), '') as name
from ledger.registration added
where added.key = :key and added.event in ('KeyAdded', 'KeyRecovered')
order by added.block_number, added.log_index limit 1
""")


def standing(connection: Connection, key: bytes) -> KeyStanding | None:
    """Tell how a key of 20 bytes stands; None if the registry never knew it, as far as it was read."""
    row = connection.execute(_STANDING, {"key": key}).one_or_none()
    return None if row is None else KeyStanding(*row)
