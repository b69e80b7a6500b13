"""The registry as the follower read it: whose a key is, how far it counts, and where a participant stands.

Only final events count, so that no answer is taken back. Each question is one statement over the indexes on key and
participant; who asks from asynchronous code uses `connection.run_sync`.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

ADMITTED = "admitted"
SUSPENDED = "suspended"


@dataclass(frozen=True)
class KeyStanding:
    """A key as the registry knows it; `name` and `status` are its participant's.

    `revoked` is the first sequence that no longer counts, `status` is `ADMITTED` or `SUSPENDED`.
    """

    key: bytes
    participant: UUID
    custodial: bool
    admitted: int
    revoked: int | None
    status: str
    name: str

    @property
    def suspended(self) -> bool:
        """Whether nothing new is taken of its participant."""
        return self.status == SUSPENDED


@dataclass(frozen=True)
class Participant:
    """A participant as the registry knows it; `admitted` is the block of its admission."""

    id: UUID
    name: str
    credit_code: str
    status: str
    admitted: int


@dataclass(frozen=True)
class Recovery:
    """A key asked for without an earlier one's word; `ready_at` (s since 1970) is None until the regulator agrees."""

    key: bytes
    ready_at: int | None


_FINAL = "(select max(final_number) from ledger.cursor)"
_KEYS = f"""
select added.key, added.participant, added.custodial, added.block_number as admitted, ended.next_sequence as revoked,
  known.name, case last.event when 'Suspended' then 'suspended' else 'admitted' end as status
from ledger.registration added
join ledger.registration known on known.participant = added.participant and known.event = 'Admitted'
left join ledger.registration ended on ended.key = added.key and ended.event = 'KeyRevoked'
  and ended.block_number <= {_FINAL}
left join lateral (
  select event from ledger.registration r
  where r.participant = added.participant and r.event in ('Suspended', 'Reinstated') and r.block_number <= {_FINAL}
  order by r.block_number desc, r.log_index desc limit 1
) last on true
where added.event in ('KeyAdded', 'KeyRecovered') and added.block_number <= {_FINAL}
"""  # noqa: S608 - of our own words
_STANDING = text(f"{_KEYS} and added.key = :key")
_KEYS_OF = text(
    f"{_KEYS} and added.participant = :participant order by added.block_number, added.log_index"
)
_PARTICIPANTS = f"""
select known.participant as id, known.name, known.credit_code, known.block_number as admitted,
  case last.event when 'Suspended' then 'suspended' else 'admitted' end as status
from ledger.registration known
left join lateral (
  select event from ledger.registration r
  where r.participant = known.participant and r.event in ('Suspended', 'Reinstated') and r.block_number <= {_FINAL}
  order by r.block_number desc, r.log_index desc limit 1
) last on true
where known.event = 'Admitted' and known.block_number <= {_FINAL}
"""  # noqa: S608 - of our own words
_PARTICIPANT = text(f"{_PARTICIPANTS} and known.participant = :participant")
_ALL = text(f"{_PARTICIPANTS} order by known.block_number, known.log_index")


# A recovery under way is what its participant's last event about one leaves.
_RECOVERY = text("""
select event, key, custodial, ready_at from ledger.registration
where participant = :participant and block_number <= (select max(final_number) from ledger.cursor)
  and event in ('RecoveryRequested', 'RecoveryApproved', 'RecoveryCancelled', 'KeyRecovered')
order by block_number desc, log_index desc limit 1
""")
_TIME = text('select max("timestamp") from ledger.block')


_OWN = text(f"{_KEYS} and not added.custodial and ended.next_sequence is null")


def own(connection: Connection) -> list[KeyStanding]:
    """List every key in use that a participant holds itself."""
    return [KeyStanding(**row) for row in connection.execute(_OWN).mappings()]


def recovery(connection: Connection, participant: UUID) -> Recovery | None:
    """Tell of the recovery that is under way for a participant; None if none is."""
    row = connection.execute(_RECOVERY, {"participant": participant}).one_or_none()
    if row is None or row.event not in ("RecoveryRequested", "RecoveryApproved"):
        return None
    return Recovery(row.key, row.ready_at)


def time(connection: Connection) -> int:
    """Tell the newest block's time as followed, in seconds since 1970; an idle chain stands still."""
    found: int | None = connection.execute(_TIME).scalar()
    return found or 0


def standing(connection: Connection, key: bytes) -> KeyStanding | None:
    """Tell whose a key is and how it stands; None if the registry does not know it."""
    row = connection.execute(_STANDING, {"key": key}).mappings().one_or_none()
    return None if row is None else KeyStanding(**row)


def keys(connection: Connection, participant: UUID) -> list[KeyStanding]:
    """List every key a participant ever had, the oldest first."""
    found = connection.execute(_KEYS_OF, {"participant": participant}).mappings()
    return [KeyStanding(**row) for row in found]


def participant(connection: Connection, participant: UUID) -> Participant | None:
    """Tell how a participant stands; None if the registry does not know it."""
    found = connection.execute(_PARTICIPANT, {"participant": participant})
    row = found.mappings().one_or_none()
    return None if row is None else Participant(**row)


def participants(connection: Connection) -> list[Participant]:
    """List every participant, in the order of their admission."""
    return [Participant(**row) for row in connection.execute(_ALL).mappings()]


_OPERATED = text("""
select exists (
  select from ledger.administration where contract = 'TraceLog' and event in ('Opened', 'Rotated')
    and facts ->> 'log' = :log and facts ->> 'operator' = :account
)
""")


def operated(connection: Connection, log: bytes, account: bytes) -> bool:
    """Tell whether an account is or once was a log's operator on chain."""
    asked = {"log": log.hex(), "account": account.hex()}
    return bool(connection.scalar(_OPERATED, asked))
