"""From files to receipts: what is signed is journalled, what is journalled is sent until it is answered.

Before anything new is signed, what was signed before is settled: the same bytes go out again, and whatever became of
them the first time, the answer is the same. Every answer is held to what was signed before it is believed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from gateway.enterprise import reading, signing
from gateway.enterprise.journal import File, Identity, Journal, Kept
from gateway.enterprise.sending import Gateway, GatewayNonsenseError, GatewayRefusedError, KeyState
from gateway.enterprise.signing import Signer
from indexer.core import canonical
from indexer.core.errors import AccessError, EvidenceError, InconsistencyError, InputError
from indexer.core.promise import Promise
from indexer.core.submission import Submission

# Refusals of what was sent, and not of who sends or when: sending the same bytes again would not help.
_FOR_GOOD = frozenset({413, 422})
_OUT_OF_PLACE = "SEQUENCE_REPEATED", "SEQUENCE_SKIPPED"


class KeyNeededError(InputError):
    """Something is to be signed and no key is named."""

    code = "KEY_NEEDED"
    sentence = "name the key file with --key: there is something to sign"


class FileChangedError(InputError):
    """A file that was sent before with other content."""

    code = "FILE_CHANGED"
    sentence = (
        "{path} was sent before with other content: what is in both would be stated twice. If all of it is new, send "
        "it with --changed"
    )


class SubmissionRefusedError(InputError):
    """The gateway refused what was signed; it and what was signed after it was taken back."""

    code = "SUBMISSION_REFUSED_HERE"
    sentence = "of {name}, items from number {first} on were refused and taken back: {said}"


class JournalBehindError(InputError):
    """The gateway has submissions of the key that this journal does not know."""

    code = "JOURNAL_BEHIND"
    sentence = (
        "the gateway has {there} submissions of the key {key} and this journal signed {here}: another journal signed "
        "with the same key, or this is an old copy. With --adopt it goes on from {there}; what the journal did not get "
        "through is then signed anew"
    )


class GatewayBehindError(InconsistencyError):
    """The gateway lacks submissions for which it gave receipts."""

    code = "GATEWAY_BEHIND"
    sentence = (
        "the gateway has {there} submissions of the key {key} and has promised {here}: it lost some. Keep this "
        "journal, see `suyuan receipts check`, and tell the operator and the regulator"
    )


class KeyNotShownError(AccessError):
    """A key that the gateway does not see in the register."""

    code = "KEY_NOT_SHOWN"
    sentence = "the gateway's register does not show the key {key} as one of yours: it was not admitted, or just now"


class KeyUnfitError(AccessError):
    """A key with which nothing new is taken."""

    code = "KEY_UNFIT"
    sentence = "by the gateway's register {key} {reason}: nothing is signed with it"


class ReceiptDiffersError(EvidenceError):
    """An answer that is not about what was sent, or is not signed as it says."""

    code = "RECEIPT_DIFFERS"
    sentence = "the gateway's answer to submission {sequence} is no receipt for it: {reason}"


@dataclass(frozen=True)
class Manner:
    """How files are signed: pointers to conceal, things in a submission, whether a changed file is all new."""

    conceal: Sequence[str] = ()
    size: int = signing.ITEMS
    changed: bool = False


@dataclass
class Report:
    """What one run did; `bad` are files of which nothing was sent, or not all, and why."""

    files: int = 0
    signed: int = 0
    answered: int = 0
    bad: list[tuple[Path, InputError]] = field(default_factory=list)


@dataclass
class Delivery:
    """One run: a journal that knows whose it is, who signs (None to send only what is signed), and who hears of it."""

    journal: Journal
    identity: Identity
    signer: Signer | None = None
    say: Callable[[str], None] = lambda _: None
    progress: Callable[[int, int], None] = lambda *_: None

    def run(self, paths: Sequence[Path], manner: Manner, gateway: Gateway | None) -> Report:
        """Sign file after file, and with a gateway send each before the next; a bad file does not stop the others."""
        report = Report()
        if gateway and self.signer:
            self.again(waiting=True)
            report.answered += self.settle(gateway)
        for path in paths:
            report.files += 1
            try:
                report.signed += self.sign(path, manner)
            except InputError as error:
                report.bad.append((path, error))
                continue
            try:
                report.answered += self.settle(gateway) if gateway else 0
            except SubmissionRefusedError as error:
                report.bad.append((path, error))
        return report

    def sign(self, path: Path, manner: Manner) -> int:
        """Sign a file's things and journal them; returns how many, 0 for a file that was signed before."""
        if self.signer is None:
            raise KeyNeededError
        data, name = reading.load(path), str(path.resolve())
        digest = sha256(data).digest()
        known = self.journal.file(digest)
        if known and known.done == known.items:
            self.say(f"{path}: signed before, nothing to do")
            return 0
        others = [one for one in self.journal.named(name) if one.digest != digest and one.done]
        if others and not manner.changed:
            raise FileChangedError(path=path)
        given = reading.read(data, manner.conceal)
        done = known.done if known else 0
        things = [self.signer.ready(one) for one in given[done:]]
        packs = enumerate(signing.packs(things, manner.size), self.journal.next_sequence())
        made = [self.signer.sign(sequence, pack) for sequence, pack in packs]
        self.journal.add(File(digest, name, len(given), done), made)
        return len(things)

    def agree(self, gateway: Gateway, *, adopt: bool = False) -> None:
        """Hold the journal's count to the gateway's before anything is signed or sent."""
        key = self.identity.key
        state = gateway.key(key)
        if state is None:
            raise KeyNotShownError(key=key.hex())
        pending, here = self.journal.pending(), self.journal.next_sequence()
        reason = _unfit(state)
        if reason and not pending:
            raise KeyUnfitError(key=key.hex(), reason=reason)
        if state.sequence > here and not adopt:
            raise JournalBehindError(there=state.sequence, here=here, key=key.hex())
        promised = pending[0] if pending else here
        if state.sequence < promised:
            raise GatewayBehindError(there=state.sequence, here=promised, key=key.hex())
        if adopt:
            self.journal.adopt(state.sequence)

    def settle(self, gateway: Gateway, *, adopt: bool = False) -> int:
        """Send everything that is not answered, in order; returns how many submissions were answered."""
        due = self.journal.pending()
        for done, sequence in enumerate(due):
            kept = self.journal.submission(sequence)
            self.progress(done, len(due))
            try:
                answer = gateway.submit(kept.body)
            except GatewayRefusedError as error:
                if self._refused(kept, error, adopt=adopt):
                    return done
                raise
            if self._waits(kept, answer):
                if self.signer is None:
                    return done
                self.again(waiting=False)
                return done + self.settle(gateway)
            _check(kept, answer, self.identity, gateway.url)
            self.journal.answer(sequence, answer)
        self.progress(len(due), len(due))
        return len(due)

    def again(self, *, waiting: bool) -> None:
        """Sign anew what is laid aside, what waits for a review only if `waiting`: it may have been approved by now."""
        if self.signer is None:
            raise KeyNeededError
        for held in self.journal.held():
            if waiting or not held.waiting:
                self.journal.take_up(
                    held, self.signer.again(self.journal.next_sequence(), held.body)
                )

    def _waits(self, kept: Kept, answer: bytes) -> bool:
        """Lay aside what the operator has to review first; what he refused is refused for good."""
        said = canonical.decode(answer)
        asked = said.get("applications") if isinstance(said, dict) else None
        if not isinstance(asked, list):
            return False
        refused = [one for one in asked if isinstance(one, dict) and one.get("state") == "refused"]
        if refused:
            reason = str(refused[0].get("reason"))
            self.journal.refuse(kept.sequence, reason)
            raise SubmissionRefusedError(
                place="", name=kept.name, first=kept.first, said=f"the operator: {reason}"
            )
        self.journal.hold(kept.sequence)
        self.say(f"{kept.name}: {len(asked)} correction(s) wait for the operator's review")
        return True

    def _refused(self, kept: Kept, error: GatewayRefusedError, *, adopt: bool) -> bool:
        """Take back what is refused for good. True if all is well again, and the rest is to be signed anew."""
        if error.problem == "SEQUENCE_REPEATED" and adopt:
            self.journal.refuse(kept.sequence, error.problem)
            self.say(f"submission {kept.sequence} is another journal's; its file is signed anew")
            return True
        if error.problem == "SEQUENCE_REPEATED":
            there, key = kept.sequence + 1, self.identity.key.hex()
            raise JournalBehindError(there=there, here=kept.sequence, key=key) from None
        if error.status in _FOR_GOOD and error.problem not in _OUT_OF_PLACE:
            self.journal.refuse(kept.sequence, error.problem)
            raise SubmissionRefusedError(
                place=error.place, name=kept.name, first=kept.first, said=str(error)
            ) from None
        return False


def introduce(
    journal: Journal, gateway: Gateway, key: bytes | None, origin: str, say: Callable[[str], None]
) -> Identity:
    """Tell for whom a journal is, or begin it: the gateway is asked once, and held to its word ever after."""
    known = journal.identity
    if key is None and known is None:
        raise KeyNeededError
    if known is not None and key in (None, known.key):
        identity = replace(known, origin=origin or known.origin)
    else:
        address = key or b""
        state = gateway.key(address)
        if state is None:
            raise KeyNotShownError(key=address.hex())
        identity = Identity(origin or gateway.origin(), state.participant, address)
        say(f"signing with {identity}, by the gateway's word")
    journal.bind(identity)
    return identity


def _unfit(state: KeyState) -> str:
    if state.custodial:
        return "is held by the platform"
    if state.revoked is not None:
        return "was revoked"
    return "is a suspended participant's" if state.suspended else ""


def _check(kept: Kept, answer: bytes, identity: Identity, url: str) -> None:
    """Hold an answer to what was signed, and its receipt to the key that it names."""
    try:
        promise = Promise.read(canonical.decode(answer)).of(identity.origin)
    except InputError as error:
        raise GatewayNonsenseError(url=url, reason=str(error)) from None
    said = promise.said
    ours = Submission(said.log, identity.participant, kept.sequence, kept.count, kept.root)
    theirs = Submission(said.log, said.participant, said.sequence, said.count, said.root)
    if theirs != ours:
        raise ReceiptDiffersError(sequence=kept.sequence, reason="it is about something else")
    sent = canonical.decode(kept.body)
    if not isinstance(sent, dict) or sent["signature"] != promise.signature.hex():
        raise ReceiptDiffersError(sequence=kept.sequence, reason="it shows another signature")
    if not promise.signed() or said.key != identity.key:
        raise ReceiptDiffersError(sequence=kept.sequence, reason="its signature does not hold")
