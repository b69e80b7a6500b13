"""An application's secrets while it waits: record key, disclosures and names, sealed under the vault.

Only what the platform is to sign itself is kept so, and only until the review.
"""

from uuid import UUID

from gateway.draft import Draft
from gateway.returns.applications import Held
from gateway.vault import SealBrokenError, Vault
from indexer.core import canonical


def seal(vault: Vault, application: UUID, draft: Draft) -> bytes:
    """Seal what a draft has beside its public content."""
    secrets = {
        "key": draft.key.hex(),
        "disclosures": [*draft.disclosures],
        "names": [[name.hex(), concealed] for name, concealed in sorted(draft.names)],
    }
    return vault.seal_application(application, canonical.encode(secrets))


def unseal(vault: Vault, held: Held) -> Draft:
    """Put a draft together again, as it was applied for."""
    secrets = canonical.decode(vault.open_application(held.id, held.sealed))
    if not isinstance(secrets, dict):
        raise SealBrokenError(what="application", owner=held.id)
    disclosures, names = secrets["disclosures"], secrets["names"]
    pairs = [one for one in names if isinstance(one, list)] if isinstance(names, list) else []
    return Draft(
        kind=held.kind,
        content=held.content,
        digest=held.digest,
        key=bytes.fromhex(str(secrets["key"])),
        disclosures=[str(one) for one in disclosures] if isinstance(disclosures, list) else [],
        names=frozenset((bytes.fromhex(str(name)), concealed is True) for name, concealed in pairs),
        amends=held.base,
    )
