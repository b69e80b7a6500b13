/**
 * One statement of one participant, from the content that is hashed to the leaves of the log; the twin of
 * indexer/core/record.py.
 */
import { concat, fromHex, fromUuid, integer, sha } from "./bytes.ts";
import { encode, isObject, type Json, type JsonObject } from "./canonical.ts";
import { Fault } from "./fault.ts";

export const TYPE = "suyuan/record/v1";
export const EVENT = 1;
export const MASTER_DATA = 2;
export const AMENDMENT = 3;
export const WITHDRAWAL = 4;
export const ERASURE = 5;

export const KIND_MAX = ERASURE;
const KINDS = [EVENT, MASTER_DATA, AMENDMENT, WITHDRAWAL, ERASURE];
const MEMBERS = ["type", "participant", "kind", "schema", "blind", "body"];
const BLIND = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const VERSION = Uint8Array.of(1);
const SUBMISSION = Uint8Array.of(0);

export interface Content extends JsonObject {
  participant: string;
  kind: number;
  schema: string;
  blind: string;
  body: JsonObject;
}

/** Refuse content that is not of the frozen shape. */
export function check(made: Json): Content {
  if (!isObject(made)) throw new Fault("RECORD_MISSHAPEN");
  const kind = made["kind"];
  if (typeof kind !== "number" || !KINDS.includes(kind)) throw new Fault("RECORD_KIND_UNKNOWN", {}, "/kind");
  const wanted = kind > MASTER_DATA ? [...MEMBERS, "amends"] : MEMBERS;
  const names = new Set([...wanted, ...Object.keys(made)]);
  for (const name of [...names].sort()) {
    if (!wanted.includes(name) || !(name in made)) throw new Fault("RECORD_MISSHAPEN", {}, "/" + name);
  }
  const sound: [string, boolean][] = [
    ["type", made["type"] === TYPE],
    ["participant", fromUuid(made["participant"]) !== undefined],
    ["schema", typeof made["schema"] === "string" && made["schema"] !== ""],
    ["blind", typeof made["blind"] === "string" && BLIND.test(made["blind"])],
    ["amends", !("amends" in made) || fromHex(made["amends"], 32) !== undefined],
    ["body", isObject(made["body"])],
  ];
  for (const [name, holds] of sound) if (!holds) throw new Fault("RECORD_MISSHAPEN", {}, "/" + name);
  return made as Content;
}

/** Hash content in its canonical spelling. */
export const digest = (made: JsonObject): Uint8Array => sha(encode(made));

export interface Signed {
  participant: Uint8Array;
  key: Uint8Array;
  sequence: number;
  count: number;
  root: Uint8Array;
  signature: Uint8Array;
}

/** Lay out the leaf that goes before a submission's records, 147 bytes. */
export const submissionLeaf = (s: Signed): Uint8Array =>
  concat(
    VERSION, SUBMISSION, s.participant, s.key, integer(s.sequence, 8), integer(s.count, 4), s.root, s.signature,
  );

/** Lay out one record's leaf, 42 bytes; `receivedAt` is in milliseconds. */
export const recordLeaf = (kind: number, receivedAt: number | bigint, hash: Uint8Array): Uint8Array =>
  concat(VERSION, integer(kind, 1), integer(receivedAt, 8), hash);
