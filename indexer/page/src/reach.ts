/**
 * Whether a record speaks of the product that was asked about, or only of some other one; the twin of
 * indexer/core/reach.py.
 */
import { foreign, isMaster, type Relation } from "./amending.ts";
import type { JsonObject } from "./canonical.ts";
import { canonical, parent, type Code } from "./code.ts";
import { names, type Naming } from "./event.ts";
import { Fault } from "./fault.ts";
import { moment, read } from "./link.ts";
import { AMENDMENT, EVENT, MASTER_DATA, WITHDRAWAL } from "./record.ts";
import { step, type Step } from "./verdict.ts";
import { named as namedBy, walk, type Walk } from "./walk.ts";

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

/** Return the step `code` of each record. */
export function steps(asked: Code, records: readonly Spoken[]): Step[] {
  const named = records.map(spokenNames);
  const code = canonical(asked);
  const above = parent(asked);
  const walked = walkOver(code, records, named);
  const found = records.map((one, i) => judge(code, above && canonical(above), walked, i, one, named[i]));
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

/** Walk in both directions over the sound events that stand. */
function walkOver(asked: string, records: readonly Spoken[], named: (Naming[] | undefined)[]): Walk {
  const over = new Set(records.map(({ sound, relation, kind }) =>
    sound && relation.counts && (kind === AMENDMENT || kind === WITHDRAWAL) ? relation.base : null));
  const stated = records.flatMap((record, i) => {
    if (!record.sound || !event(record) || foreign(record.relation) || over.has(i)) return [];
    return read(i, record.body ?? {}, named[i] ?? []) ?? [];
  });
  return walk(asked, "both", stated);
}

function judge(
  asked: string,
  above: string | undefined,
  walked: Walk,
  place: number,
  record: Spoken,
  named: Naming[] | undefined,
): Step {
  if (!record.body) return step("code", "UNCHECKED", "CONTENT_UNREADABLE");
  if (!named) return step("code", "UNKNOWN", "EVENT_UNREADABLE");
  const spoken = named.map((one) => one.code);
  if (spoken.includes(asked)) return reached("CODE", [asked]);
  if (master(record) && above !== undefined && spoken.includes(above)) return reached("CLASS", [above]);
  const links = namedBy(walked, place, moment(record.body), named);
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
