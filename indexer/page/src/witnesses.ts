/**
 * What other parties' nodes saw on the chain, held against what a bundle says is there; the twin of
 * indexer/core/sighting.py.
 *
 * The word of the log's own operator counts only where nobody else's is there, and then for no more than UNCHECKED.
 */
import type { Anchor, Bundle, Entry, Sighting, Trust } from "./bundle.ts";
import { same, toHex, toUuid } from "./bytes.ts";
import { encode, type JsonObject } from "./canonical.ts";
import { step, type State, type Step } from "./verdict.ts";

type Outcome = [state: State, reason: string | null];

/** The sightings that count for one bundle, under one trust. */
export class Witnesses {
  private readonly claimed: Anchor | null;
  private readonly trust: Trust;
  private readonly sightings: readonly Sighting[];
  private readonly independent: boolean;

  constructor(bundle: Bundle, trust: Trust, sightings: readonly Sighting[]) {
    const operators = trust.logs.filter((log) => log.origin === bundle.origin).map((log) => log.operator);
    const others = sightings.filter((seen) => !operators.includes(seen.party));
    this.claimed = bundle.anchor;
    this.trust = trust;
    this.independent = others.length > 0;
    this.sightings = this.independent ? others : sightings;
  }

  /** Judge whether the bundle's anchor is on the chain, final and in force. */
  anchor(): Step {
    const claimed = this.claimed;
    if (!claimed) return step("anchor", "PENDING", "NOT_ANCHORED");
    const outcomes = this.sightings.map((seen) => this.anchored(seen, claimed));
    const decided = decisive(outcomes);
    const parties = this.sightings
      .filter((_, i) => outcomes[i]!.join() === decided.join())
      .map((seen) => seen.party);
    return step("anchor", ...this.bounded(decided), { ...members(claimed), parties: [...new Set(parties)] });
  }

  /** Judge whether the submission's key was its participant's when it was anchored. */
  key(entry: Entry): Step {
    const known = this.sightings.filter((seen) => this.sameChain(seen));
    const decided = decisive(known.map((seen) => this.registered(seen, entry)));
    return step("key", ...this.bounded(decided), registry(known[0], entry));
  }

  /** Judge whether whoever signed a record's approval was the log's operator. */
  approval(at: number, approver: string): Step {
    const known = this.sightings.filter((seen) => this.sameChain(seen));
    const decided = decisive(known.map((seen): Outcome =>
      seen.approvers.includes(approver) ? ["VERIFIED", null] : ["ALTERED", "APPROVER_UNKNOWN"]));
    return step("approval", ...this.bounded(decided), { approver, at });
  }

  /** Let the operator's own word be no proof. */
  private bounded(outcome: Outcome): Outcome {
    return outcome[0] === "VERIFIED" && !this.independent ? ["UNCHECKED", "OWN_WORD"] : outcome;
  }

  private sameChain(seen: Sighting): boolean {
    return seen.chainId === this.trust.chainId && seen.genesis === this.trust.genesis;
  }

  private anchored(seen: Sighting, claimed: Anchor): Outcome {
    const final = claimed.block.number <= seen.final;
    if (!this.sameChain(seen)) return ["UNCHECKED", "CHAIN_DIFFERS"];
    // A log that was carried on has anchors on a chain this node knows nothing of.
    if (!seen.anchor && claimed.size <= seen.carried) return ["UNCHECKED", "ANCHOR_BEFORE"];
    // A node that has passed the block and found no such anchor there denies it.
    if (!seen.anchor) return final ? ["ALTERED", "ANCHOR_ABSENT"] : ["UNCHECKED", "ANCHOR_UNSEEN"];
    if (!same(encode(members(seen.anchor)), encode(members(claimed)))) return ["ALTERED", "ANCHOR_DIFFERS"];
    if (seen.closed !== null && claimed.size > seen.closed) return ["ALTERED", "LOG_CLOSED"];
    return final ? ["VERIFIED", null] : ["PENDING", "ANCHOR_NOT_FINAL"];
  }

  private registered(seen: Sighting, entry: Entry): Outcome {
    const signed = entry.submission;
    const key = seen.keys[toHex(signed.key)];
    if (!key) return ["ALTERED", "KEY_UNKNOWN"];
    if (key.participant !== toUuid(signed.participant)) return ["ALTERED", "KEY_FOREIGN"];
    if (this.claimed && entry.logged && key.admitted > this.claimed.block.number) return ["ALTERED", "KEY_LATE"];
    if (key.revoked !== null && signed.sequence >= key.revoked) return ["ALTERED", "KEY_REVOKED"];
    return ["VERIFIED", null];
  }
}

/** What several parties' words come to: one denial decides, else one confirmation. */
function decisive(outcomes: readonly Outcome[]): Outcome {
  for (const state of ["ALTERED", "VERIFIED", "PENDING", "UNCHECKED"]) {
    const found = outcomes.find((outcome) => outcome[0] === state);
    if (found) return found;
  }
  return ["UNCHECKED", "NO_SIGHTING"];
}

/** What the registry holds on the signer, by the first sighting; null is unseen. */
function registry(seen: Sighting | undefined, entry: Entry): JsonObject {
  const signed = entry.submission;
  const key = seen?.keys[toHex(signed.key)];
  const participant = seen?.participants[toUuid(signed.participant)];
  return {
    participant: toUuid(signed.participant),
    key: toHex(signed.key),
    custodial: key?.custodial ?? null,
    name: participant?.name ?? null,
    creditCode: participant?.creditCode ?? null,
    status: participant?.status ?? null,
  };
}

const members = (anchor: Anchor): JsonObject => ({ ...anchor, block: { ...anchor.block } });
