/**
 * Whether a record speaks of the product that was asked about, or only of some other one; the twin of
 * indexer/core/reach.py.
 *
 * Links are followed in one direction at a time: whoever turned round half-way would count the other boxes on a pallet.
 */
import { foreign, isMaster, type Relation } from "./amending.ts";
import type { JsonObject } from "./canonical.ts";
import { canonical, parent, type Code } from "./code.ts";
import { names, type Naming } from "./event.ts";
import { Fault } from "./fault.ts";
import { AMENDMENT, EVENT, MASTER_DATA } from "./record.ts";
import { step, type Step } from "./verdict.ts";

// The roles of the two ends of a link: what is inside or came out, and what holds it or went in.
const LINKS: [inner: string, outer: string][] = [["child", "parent"], ["output", "input"]];

/**
 * What one record says; `body` is undefined if unreadable, `sound` says that none of its own proofs failed, `relation`
 * what it amends.
 */
export interface Spoken {
  kind: number | null;
  body: JsonObject | undefined;
  sound: boolean;
  relation: Relation;
}

type Ways = Map<string, string[]>;

/** Return the step `code` of each record. */
export function steps(asked: Code, records: readonly Spoken[]): Step[] {
  const named = records.map(spokenNames);
  const code = canonical(asked);
  const above = parent(asked);
  const linked = allLinked(code, records, named);
  const found = records.map((one, i) => judge(code, above && canonical(above), linked, one, named[i]));
  return amended(records, found);
}

const speaks = ({ kind }: Spoken): boolean => kind === EVENT || kind === MASTER_DATA || kind === AMENDMENT;
const master = (record: Spoken): boolean => isMaster(record.kind, record.body);
const event = (record: Spoken): boolean => (record.kind === EVENT || record.kind === AMENDMENT) && !master(record);

/** What a record names, or undefined where that cannot be read. */
function spokenNames(record: Spoken): Naming[] | undefined {
  if (!record.body || !speaks(record)) return [];
  try {
    return names(record.body);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/** Every code that sound events link to the asked one, in either direction but not by turns. */
function allLinked(asked: string, records: readonly Spoken[], named: (Naming[] | undefined)[]): Set<string> {
  const inward: Ways = new Map();
  const outward: Ways = new Map();
  records.forEach((record, i) => {
    if (!record.sound || !event(record) || foreign(record.relation)) return;
    for (const [inner, outer] of LINKS) {
      const inside = (named[i] ?? []).filter((one) => one.role === inner).map((one) => one.code);
      const outside = (named[i] ?? []).filter((one) => one.role === outer).map((one) => one.code);
      for (const code of inside) inward.set(code, [...(inward.get(code) ?? []), ...outside]);
      for (const code of outside) outward.set(code, [...(outward.get(code) ?? []), ...inside]);
    }
  });
  return new Set([...closure(asked, inward), ...closure(asked, outward)]);
}

function closure(start: string, ways: Ways): Set<string> {
  const reached = new Set([start]);
  for (const code of reached) for (const next of ways.get(code) ?? []) reached.add(next); // grows as it is walked
  return reached;
}

function judge(
  asked: string,
  above: string | undefined,
  linked: Set<string>,
  record: Spoken,
  named: Naming[] | undefined,
): Step {
  if (!record.body) return step("code", "UNCHECKED", "CONTENT_UNREADABLE");
  if (!named) return step("code", "UNKNOWN", "EVENT_UNREADABLE");
  const spoken = named.map((one) => one.code);
  if (spoken.includes(asked)) return reached("CODE", [asked]);
  if (master(record) && above !== undefined && spoken.includes(above)) return reached("CLASS", [above]);
  const links = spoken.filter((code) => linked.has(code));
  if (event(record) && links.length) return reached("LINK", links);
  return step("code", "UNKNOWN", "CODE_NOT_NAMED");
}

const reached = (by: string, codes: string[]): Step =>
  step("code", "VERIFIED", null, { by, codes: [...new Set(codes)] });

/** Let what amends a record speak of whatever that one speaks of, and what may not amend it of nothing. */
function amended(records: readonly Spoken[], found: Step[]): Step[] {
  const made: Step[] = [];
  records.forEach(({ relation, body }, i) => {
    const told = found[i]!;
    const base = relation.base === null ? undefined : made[relation.base];
    if (foreign(relation)) made.push(step("code", "UNKNOWN", "AMENDS_FOREIGN"));
    else if (body && told.state !== "VERIFIED" && base?.state === "VERIFIED") {
      // Who amends what is said of a class speaks of the class, and of none of its pieces.
      made.push(step("code", "VERIFIED", null, { ...base.facts, by: base.facts.by === "CLASS" ? "CLASS" : "AMENDS" }));
    } else made.push(told);
  });
  return made;
}
