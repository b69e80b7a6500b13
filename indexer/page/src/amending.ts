/**
 * Which records of an answer amend which others, and whether that counts; the twin of indexer/core/amending.py.
 *
 * What does not count is set apart and harms nothing, or any participant could spoil another's product.
 */
import { master } from "./event.ts";
import { isObject, type Json, type JsonObject } from "./canonical.ts";
import { AMENDMENT, ERASURE, MASTER_DATA, WITHDRAWAL } from "./record.ts";
import type { Notice } from "./verdict.ts";

/** What amending is judged by; `index` is null until the record lies under a final anchor. */
export interface Statement {
  id: string;
  kind: number | null;
  participant: string;
  digest: string;
  amends: Json | undefined;
  index: number | null;
  approved: boolean;
  body: JsonObject | undefined;
}

/** What a record amends: the place of its base in the answer, if one stands before it, and whether it counts. */
export interface Relation {
  base: number | null;
  counts: boolean;
}

const NOTICES: Record<number, Notice["notice"]> = {
  [AMENDMENT]: "AMENDED", [WITHDRAWAL]: "WITHDRAWN", [ERASURE]: "ERASED",
};

/** Whether it amends what stands in the answer without having the right to. */
export const foreign = (relation: Relation): boolean => relation.base !== null && !relation.counts;

/** Whether an approval is judged: that of corrections and withdrawals always, of erasures where it is given. */
export const needsApproval = (kind: number | null, given: boolean): boolean =>
  kind === AMENDMENT || kind === WITHDRAWAL || (kind === ERASURE && given);

/** Relate each record to the one it amends, which must stand before it. */
export function relations(stated: readonly Statement[]): Relation[] {
  const met = new Map<string, number>();
  return stated.map((one, place) => {
    const base = typeof one.amends === "string" && one.kind !== null && one.kind in NOTICES
      ? met.get(one.amends) : undefined;
    if (!met.has(one.digest)) met.set(one.digest, place);
    return base === undefined ? { base: null, counts: false } : { base, counts: counts(one, stated[base]!) };
  });
}

function counts(one: Statement, base: Statement): boolean {
  const last = one.kind === ERASURE ? WITHDRAWAL : AMENDMENT;
  if (base.kind === null || base.kind > last) return false;
  const own = one.participant === base.participant || (one.kind === ERASURE && one.approved);
  return own && (one.index === null || (base.index !== null && base.index < one.index));
}

/** List what sound records that count say of others, in the answer's order. */
export function notices(stated: readonly Statement[], related: readonly Relation[], sound: readonly boolean[]): Notice[] {
  return stated.flatMap((one, i) => {
    const { base, counts: counted } = related[i]!;
    if (!sound[i] || !counted || base === null || one.kind === null) return [];
    return [{
      notice: NOTICES[one.kind]!,
      record: stated[base]!.id,
      by: one.id,
      participant: one.participant,
      reason: why(one.body ?? {}),
    }];
  });
}

function why(body: JsonObject): string | null {
  const declared = body["errorDeclaration"];
  const said = [body["basis"], body["reason"], isObject(declared) ? declared["reason"] : undefined];
  return said.find((value) => typeof value === "string") as string | undefined ?? null;
}

/** Whether a record states what a class of things is, be it as a correction. */
export const isMaster = (kind: number | null, body: JsonObject | undefined): boolean =>
  kind === MASTER_DATA || (kind === AMENDMENT && master(body) !== undefined);
