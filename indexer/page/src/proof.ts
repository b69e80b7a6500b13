/**
 * The check itself: a bundle, the code somebody scanned and what they trust become a verdict; the twin of
 * indexer/core/proof.py.
 *
 * The bundle comes from whoever answers and may be forged in every part. It only supplies what the anchor that another
 * party saw, the registry, trust and the reader's own scan are held against.
 */
import * as amending from "./amending.ts";
import type { Anchor, Bundle, Entry, Sighting, Trust } from "./bundle.ts";
import { fromHex, toHex, toUuid } from "./bytes.ts";
import { isObject, type JsonObject } from "./canonical.ts";
import { parse as parseNote } from "./checkpoint.ts";
import { canonical, read } from "./code.ts";
import { reveal } from "./disclosure.ts";
import { Fault } from "./fault.ts";
import { checkInclusion, leafHash } from "./merkle.ts";
import * as reach from "./reach.ts";
import * as record from "./record.ts";
import { approvalHash, logId, recover, submissionHash } from "./submission.ts";
import { step, verdict, worst, type RecordVerdict, type Step, type Verdict } from "./verdict.ts";
import { Witnesses } from "./witnesses.ts";

/** One record's own proofs, before it is asked whether it speaks of the code. */
interface Proven {
  entry: Entry;
  kind: number | null;
  digest: Uint8Array;
  body: JsonObject | undefined;
  content: Step;
  proofs: Step[];
}

/** Judge a bundle as an answer about `code`; a code that is none is a Fault. */
export function check(bundle: Bundle, code: string, trust: Trust, sightings: readonly Sighting[] = []): Verdict {
  const asked = read(code);
  const witnesses = new Witnesses(bundle, trust, sightings);
  const proven = bundle.records.map((entry) => prove(entry, bundle, witnesses));
  markRepeated(proven);
  const stated = proven.map(statement);
  const related = amending.relations(stated);
  const told = reach.steps(asked, proven.map((one, i) => ({
    kind: one.kind, body: one.body, sound: sound(one), relation: related[i]!,
  })));
  return verdict(
    canonical(asked),
    [checkpoint(bundle, trust), witnesses.anchor()],
    proven.map((one, i) => judged(one, told[i]!, amending.foreign(related[i]!))),
    bundle.missing,
    amending.notices(stated, related, proven.map(sound)),
  );
}

/** The code of the Fault that `run` ends in, or undefined. */
function refused(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

/** Hold the log's own signed word to the anchor. */
function checkpoint(bundle: Bundle, trust: Trust): Step {
  const logs = trust.logs.filter((log) => log.origin === bundle.origin);
  const { anchor, checkpoint: note, origin } = bundle;
  if (!logs.length) return step("checkpoint", "ALTERED", "ORIGIN_UNKNOWN", { origin });
  if (!anchor) return step("checkpoint", "PENDING", "NOT_ANCHORED", { origin });
  if (note === null) return step("checkpoint", "PENDING", "CHECKPOINT_ABSENT", { origin });
  let head = { origin: "", size: 0, root: new Uint8Array() as Uint8Array };
  const reason = refused(() => { head = parseNote(note, logs.map((log) => log.key)); });
  if (reason) return step("checkpoint", "ALTERED", reason, { origin });
  const facts = { origin, size: head.size, root: toHex(head.root) };
  const agrees = head.origin === origin && head.size === anchor.size && facts.root === anchor.root;
  return agrees
    ? step("checkpoint", "VERIFIED", null, facts)
    : step("checkpoint", "ALTERED", "CHECKPOINT_DIFFERS", facts);
}

function prove(entry: Entry, bundle: Bundle, witnesses: Witnesses): Proven {
  const said = entry.content["kind"];
  // A kind that a record leaf can hold, known to us or not; 0 marks submissions.
  const kind = typeof said === "number" && Number.isInteger(said) && said >= 1 && said <= 255 ? said : null;
  const digest = record.digest(entry.content);
  const [content, body] = contentOf(entry, kind, digest);
  const proofs = [
    signature(entry, digest, bundle.origin),
    inclusion(entry, kind, digest, bundle.anchor),
    witnesses.key(entry),
    ...approval(entry, kind, digest, bundle.origin, witnesses),
  ];
  return { entry, kind, digest, body, content, proofs };
}

const strange = (kind: number | null): boolean => kind !== null && kind > record.KIND_MAX;

/** Check that the content is a record's and the disclosures open it; return the opened body too. */
function contentOf(entry: Entry, kind: number | null, digest: Uint8Array): [Step, JsonObject | undefined] {
  const { content, disclosures } = entry;
  const schema = typeof content["schema"] === "string" ? content["schema"] : null;
  const facts = { digest: toHex(digest), schema, disclosed: disclosures.length };
  const failed = (reason: string): [Step, undefined] => [step("content", "ALTERED", reason, facts), undefined];
  const misshapen = strange(kind) ? undefined : refused(() => record.check(content));
  if (misshapen) return failed(misshapen);
  if (content["participant"] !== toUuid(entry.submission.participant)) return failed("PARTICIPANT_DIFFERS");
  if (strange(kind)) return [step("content", "VERIFIED", null, facts), undefined];
  const body = isObject(content["body"]) ? content["body"] : {};
  let opened: JsonObject | undefined;
  const closed = refused(() => { opened = reveal(body, disclosures, true); });
  return closed ? failed(closed) : [step("content", "VERIFIED", null, facts), opened];
}

/** Check that the signed submission to this very log holds the record, and who signed it. */
function signature(entry: Entry, digest: Uint8Array, origin: string): Step {
  const { submission: signed, position } = entry;
  const { sequence, count } = signed;
  const facts = { participant: toUuid(signed.participant), key: toHex(signed.key), sequence, position, count };
  let signer = "";
  const reason = refused(() => {
    checkInclusion(leafHash(digest), position, count, entry.submissionPath, signed.root);
    signer = recovered(origin, signed);
  });
  if (reason) return step("signature", "ALTERED", reason, facts);
  return signer === facts.key
    ? step("signature", "VERIFIED", null, facts)
    : step("signature", "ALTERED", "SIGNER_DIFFERS", facts);
}

// Recovering a key is most of the work, and records of one submission share their signature.
const known = new Map<string, string>();

function recovered(origin: string, signed: record.Signed): string {
  const hash = submissionHash({ log: logId(origin), ...signed });
  const name = toHex(hash) + toHex(signed.signature);
  const signer = known.get(name) ?? toHex(recover(hash, signed.signature));
  known.set(name, signer);
  return signer;
}

/** Check that the record's leaf lies under the anchored root. */
function inclusion(entry: Entry, kind: number | null, digest: Uint8Array, anchor: Anchor | null): Step {
  const { receivedAt, logged } = entry;
  if (!logged) return step("inclusion", "PENDING", "NOT_LOGGED", { receivedAt });
  const { index, path } = logged;
  if (!anchor) return step("inclusion", "PENDING", "NOT_ANCHORED", { receivedAt, index });
  const facts = { receivedAt, index, size: anchor.size };
  if (kind === null) return step("inclusion", "ALTERED", "RECORD_KIND_UNKNOWN", facts);
  const leaf = leafHash(record.recordLeaf(kind, receivedAt, digest));
  const reason = refused(() => checkInclusion(leaf, index, anchor.size, path, fromHex(anchor.root, 32)!));
  return reason ? step("inclusion", "ALTERED", reason, facts) : step("inclusion", "VERIFIED", null, facts);
}

/** Check that the log's operator agreed to what amends another record; other records have no such step. */
function approval(
  entry: Entry, kind: number | null, digest: Uint8Array, origin: string, witnesses: Witnesses,
): Step[] {
  const given = entry.approval;
  if (!amending.needsApproval(kind, given !== null)) return [];
  if (!given) return [step("approval", "ALTERED", "APPROVAL_ABSENT", { approver: null, at: null })];
  const { at, signature: signed } = given;
  let approver = "";
  const reason = refused(() => { approver = toHex(recover(approvalHash({ log: logId(origin), digest, at }), signed)); });
  if (reason) return [step("approval", "ALTERED", reason, { approver: null, at })];
  return [witnesses.approval(at, approver)];
}

/** Refuse a record that is there already: it could stand where a missing one should. */
function markRepeated(proven: Proven[]): void {
  const met = new Set<string>();
  for (const one of proven) {
    const { id, submission, position, logged } = one.entry;
    const marks = [id, `${toHex(submission.key)} ${submission.sequence} ${position}`];
    if (logged) marks.push(String(logged.index));
    if (marks.some((mark) => met.has(mark))) one.content = { ...one.content, state: "ALTERED", reason: "REPEATED" };
    for (const mark of marks) met.add(mark);
  }
}

const sound = (one: Proven): boolean => worst([one.content, ...one.proofs].map((s) => s.state)) !== "ALTERED";

const statement = ({ entry, kind, digest, body }: Proven): amending.Statement => ({
  id: entry.id,
  kind,
  participant: toUuid(entry.submission.participant),
  digest: toHex(digest),
  amends: entry.content["amends"],
  index: entry.logged?.index ?? null,
  approved: entry.approval !== null,
  body,
});

function judged(one: Proven, told: Step, foreign: boolean): RecordVerdict {
  const skipped = (strange(one.kind) || foreign) && sound(one);
  const about = skipped && strange(one.kind) ? step("code", "UNKNOWN", "KIND_UNKNOWN") : told;
  const steps = [one.content, about, ...one.proofs];
  return {
    id: one.entry.id,
    index: one.entry.logged?.index ?? null,
    kind: one.kind,
    skipped,
    state: worst(steps.map((s) => s.state)),
    steps,
  };
}
