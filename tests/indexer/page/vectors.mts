/**
 * Runs one file of indexer/core/vectors through the browser's code: `node vectors.ts FILE`.
 *
 * Prints how many cases of each kind held, as JSON; the first that does not hold ends the run with status 1. A kind
 * of case that nobody here knows ends it too, so that new vectors cannot go unread.
 */
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { fromHex, fromUuid, toHex, utf8 } from "../../../indexer/page/src/bytes.ts";
import { readBundle, readSighting, readTrust } from "../../../indexer/page/src/bundle.ts";
import * as canonical from "../../../indexer/page/src/canonical.ts";
import * as checkpoint from "../../../indexer/page/src/checkpoint.ts";
import * as codes from "../../../indexer/page/src/code.ts";
import * as disclosure from "../../../indexer/page/src/disclosure.ts";
import * as events from "../../../indexer/page/src/event.ts";
import { Fault } from "../../../indexer/page/src/fault.ts";
import * as link from "../../../indexer/page/src/link.ts";
import * as merkle from "../../../indexer/page/src/merkle.ts";

import * as proof from "../../../indexer/page/src/proof.ts";
import * as record from "../../../indexer/page/src/record.ts";
import * as safeuse from "../../../indexer/page/src/safeuse.ts";
import * as submission from "../../../indexer/page/src/submission.ts";
import { walk } from "../../../indexer/page/src/walk.ts";

type Case = Record<string, any>;
type Suite = Record<string, (one: Case) => void>;

const hash = (text: string): Uint8Array => fromHex(text, text.length / 2)!;
const hashes = (list: string[]): Uint8Array[] => list.map(hash);

/** Run what may be refused and say as what and where; only a Fault is a refusal. */
function refusal(run: () => unknown): [code: string, place: string] | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return [error.code, error.place];
    throw error;
  }
}

const accepted = (accept: boolean, run: () => unknown): void =>
  assert.equal(refusal(run) === undefined, accept);

function double(bits: string): number {
  return new DataView(hash(bits).buffer).getFloat64(0);
}

const read = (text: string): any => canonical.decode(utf8(text));
const json = (value: unknown): Uint8Array => utf8(JSON.stringify(value));
const spelt = (value: canonical.Json): string => new TextDecoder().decode(canonical.encode(value));

/** A case's fields as the bytes they are. */
function fields(v: Case): any {
  const bytes = Object.entries(v).map(([name, value]) => [
    name,
    name === "participant" ? fromUuid(value) : typeof value === "string" && /^([0-9a-f]{2})+$/.test(value) ? hash(value) : value,
  ]);
  return Object.fromEntries(bytes);
}

/** A structure hashes to what is signed, and the signature leads back to the signer. */
function signed(v: Case, made: Uint8Array): void {
  assert.equal(toHex(made), v.signingHash);
  assert.equal(toHex(submission.recover(made, hash(v.signature))), v.address);
}

// The browser conceals nothing, holds no private keys, and leaves it to others whether an event is well made.
const NOT_OURS = ["refuse-conceal", "address", "refuse-check"];

const SUITES: Record<string, Suite> = {
  "disclosure": {
    "digest": (v) => assert.equal(disclosure.digest(v.disclosure), v.digest),
    "conceal": (v) => assert.equal(spelt(disclosure.reveal(read(v.body), v.disclosures)), v.event),
    "reveal": (v) => assert.equal(spelt(disclosure.reveal(read(v.body), v.disclosures, v.partial)), v.event),
    "refuse-reveal": (v) =>
      assert.equal(refusal(() => disclosure.reveal(read(v.body), v.disclosures, v.partial))?.[0], v.error),
  },
  "record": {
    "record": (v) => assert.equal(toHex(record.digest(record.check(read(v.content)))), v.digest),
    "refuse-content": (v) => assert.deepEqual(refusal(() => record.check(read(v.content))), [v.error, v.place]),
    "record-leaf": (v) =>
      assert.equal(toHex(record.recordLeaf(v.kind, BigInt(v.receivedAt), hash(v.digest))), v.leaf),
    "submission-leaf": (v) => assert.equal(toHex(record.submissionLeaf(fields(v))), v.leaf),
  },
  "submission": {
    "log": (v) => assert.equal(toHex(submission.logId(v.origin)), v.log),
    "root": (v) => assert.equal(toHex(merkle.root(hashes(v.digests).map(merkle.leafHash))), v.root),
    "submission": (v) => signed(v, submission.submissionHash(fields(v))),
    "receipt": (v) => signed(v, submission.receiptHash(fields(v))),
    "recover": (v) =>
      assert.equal(toHex(submission.recover(hash(v.signingHash), hash(v.signature))), v.address),
    "refuse-signature": (v) =>
      assert.equal(refusal(() => submission.recover(hash(v.signingHash), hash(v.signature)))?.[0], v.error),
  },
  "canonical": {
    admit: (v) => assert.equal(toHex(canonical.encode(canonical.decode(input(v)))), v.canonical),
    encode: (v) =>
      assert.equal(toHex(canonical.encode(JSON.parse(new TextDecoder().decode(input(v))))), v.canonical),
    double: (v) =>
      v.error
        ? assert.equal(refusal(() => canonical.encode(double(v.double)))?.[0], v.error)
        : assert.equal(toHex(canonical.encode(double(v.double))), v.canonical),
    refuse: (v) => assert.deepEqual(refusal(() => canonical.decode(input(v))), [v.error, v.place]),
  },
  "code": {
    read: (v) => {
      const code = codes.parse(v.text);
      if (v.until) return assert.notEqual(code.scheme, v.scheme);
      assert.equal(codes.canonical(code), v.canonical);
      assert.deepEqual(codes.read(v.text), code);
      if (v.level) assert.equal(codes.level(code), v.level);
      assert.equal(codes.canonical(codes.parse(v.canonical)), v.canonical);
      assert.equal(code.scheme, v.scheme);
      const above = codes.parent(code);
      assert.equal(above ? codes.canonical(above) : null, v.parent);
      assert.deepEqual([code.text, code.gs1?.extension ?? ""], [v.key, v.extension]);
    },
    refuse: (v) => assert.equal(refusal(() => codes.parse(v.text))?.[0], v.error),
    lenient: (v) => {
      assert.ok(refusal(() => codes.parse(v.text)));
      const code = codes.read(v.text);
      assert.deepEqual([code.scheme, codes.canonical(code), codes.level(code)], ["uri", v.text, v.level]);
    },
    strict: (v) => assert.equal(refusal(() => codes.read(v.text))?.[0], v.error),
  },
  "masterdata": {
    "names": (v) =>
      assert.deepEqual(events.names(v.body).map((one) => [one.role, one.pointer, one.code]), v.named),
    "refuse-names": (v) => assert.deepEqual(refusal(() => events.names(v.body)), [v.error, v.place]),
  },
  "safeuse": {
    "years": (v) => assert.deepEqual(safeuse.years(v.product) ?? null, v.years),
    "until": (v) => assert.equal(safeuse.until(v.sold, v.years) ?? null, v.until),
  },
  "event": {
    names: (v) => {
      assert.deepEqual(events.names(v.event).map((one) => [one.role, one.pointer, one.code]), v.names);
      assert.equal(events.isVoid(v.event), v.void);
    },
    "refuse-names": (v) => assert.deepEqual(refusal(() => events.names(v.event)), [v.error, v.place]),
  },
  "proof": {
    check: (v) => {
      const found = proof.check(
        readBundle(json(v.bundle)), v.code, readTrust(json(v.trust)), v.sightings.map(json).map(readSighting));
      assert.deepEqual(JSON.parse(spelt(found as any)), v.verdict);
    },
    refuse: (v) => assert.equal(refusal(() => readBundle(json(v.bundle)))?.[1], v.place),
  },
  "walk": {
    moment: (v) => assert.equal(link.moment({ eventTime: v.eventTime }) ?? null, v.moment),
    walk: (v) => {
      const stated = v.events.flatMap((body: any, i: number) => link.read(i, body, events.names(body)) ?? []);
      const found = walk(v.asked, v.direction, stated);
      // In how many steps is for drawings; a page needs only when.
      const spans = Object.entries(v.things).map(([code, one]: any) => [code, one[3]]);
      assert.deepEqual(Object.fromEntries(found.things), Object.fromEntries(spans));
      const key = (one: any[]): string => JSON.stringify(one);
      const links = found.links.map((one) =>
        [one.inner, one.outer, one.way, one.since, one.until, [...one.records].sort((a, b) => a - b)]);
      assert.deepEqual(links.map(key).sort(), v.links.map(key).sort());
    },
  },
  "merkle": {
    root: (v) => assert.equal(toHex(merkle.root(hashes(v.leaves).map(merkle.leafHash))), v.root),
    inclusion: (v) =>
      accepted(v.accept, () =>
        merkle.checkInclusion(hash(v.leaf), v.index, v.size, hashes(v.path), hash(v.root))),
    consistency: (v) =>
      accepted(v.accept, () =>
        merkle.checkConsistency(v.oldSize, hash(v.oldRoot), v.size, hash(v.root), hashes(v.path))),
  },
  "checkpoint": {
    note: (v) => assert.equal(checkpoint.open(v.note, v.verifiers.map(checkpoint.verifier)), v.text),
    checkpoint: (v) => {
      const found = checkpoint.parse(v.text, v.verifiers.map(checkpoint.verifier));
      assert.deepEqual({ ...found, root: toHex(found.root) }, { origin: v.origin, size: v.size, root: v.root });
    },
    refuse: (v) =>
      assert.equal(refusal(() => checkpoint.parse(v.text, v.verifiers.map(checkpoint.verifier)))?.[0], v.error),
  },
};

/** The bytes of a case, repeated as often as it says. */
function input(one: Case): Uint8Array {
  return hash(one.input.repeat(one.times ?? 1));
}

const file = process.argv[2]!;
const vectors = JSON.parse(readFileSync(file, "utf8")) as Case;
const suite = SUITES[vectors.subject]!;
const held: Record<string, number> = {};
for (const one of vectors.cases as Case[]) {
  if (NOT_OURS.includes(one.op)) continue;
  try {
    assert.ok(suite[one.op], `nobody runs ${one.op}`);
    suite[one.op]!(one);
  } catch (error) {
    console.error(`${vectors.subject}: ${one.op}: ${one.name}`);
    throw error;
  }
  held[one.op] = (held[one.op] ?? 0) + 1;
}
console.log(JSON.stringify(held));
