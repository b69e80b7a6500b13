/**
 * What events say, put together: which thing was inside which or became which, and from when until when; the twin of
 * indexer/core/link.py.
 *
 * A moment is UTC text without trailing zeros, which sorts as time does: FIRST stands before all, LAST behind all,
 * `after` right behind one. A span holds its first moment and not its last.
 */
import { type JsonObject } from "./canonical.ts";
import { read as readCode, traceable } from "./code.ts";
import type { Naming } from "./event.ts";

export const FIRST = "";
export const LAST = "~";
export const after = (moment: string): string => moment + "!";

export type Way = "packing" | "association" | "composition" | "lot";

/** What one event says of its things, by their roles; `all` says that it lists no children, not even closed ones. */
export interface Statement {
  reference: number;
  at: string;
  type: string;
  action: string;
  things: Record<string, string[]>;
  all: boolean;
}

/** The inner thing is in the outer, or became it, in this span; `records` are those that say so. */
export interface Link {
  inner: string;
  outer: string;
  way: Way;
  since: string;
  until: string;
  records: Set<number>;
}

const HOLDING: Record<string, Way> = { AggregationEvent: "packing", AssociationEvent: "association" };
const MOMENT =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)$/;

/** When an event happened; undefined where it does not say so. */
export function moment(body: JsonObject): string | undefined {
  const said = body["eventTime"];
  const match = typeof said === "string" ? MOMENT.exec(said) : null;
  if (!match) return undefined;
  const [, day, fraction = "", zone] = match;
  const iso = (text: string): string => {
    const time = new Date(text);
    return Number.isNaN(time.getTime()) ? "" : time.toISOString();
  };
  const whole = iso(day! + zone!);
  // No 30th of February, no hour 24, and no year that other languages do not count.
  if (iso(day + "Z").slice(0, 19) !== day || !/^(?!0000)[0-9]{4}-/.test(whole) || day.startsWith("0000")) return undefined;
  const rest = fraction.replace(/0+$/, "");
  return whole.slice(0, 19) + (rest && "." + rest);
}

/** Name what consumes and makes; no code is spelt so. */
export const process = (name: string | number): string => `process ${name}`;

/** Spell what is named as links do. */
export const key = (naming: Naming): string => (naming.role === "transformation" ? process(naming.code) : naming.code);

/** Read an event as a statement; undefined where it has no time, or declares itself an error. */
export function read(reference: number, body: JsonObject, names: readonly Naming[]): Statement | undefined {
  const at = moment(body);
  if (at === undefined || (body["errorDeclaration"] ?? null) !== null) return undefined;
  const things: Record<string, string[]> = {};
  // Through a class, a place or a party all things would be linked to all.
  for (const one of names) if (traceable(readCode(one.code))) (things[one.role] ??= []).push(key(one));
  const listed = (name: string): boolean => {
    const value = body[name];
    return Array.isArray(value) && value.length > 0;
  };
  const all = !listed("childEPCs") && !listed("childQuantityList");
  return { reference, at, type: String(body["type"]), action: String(body["action"]), things, all };
}

/** Put statements together, each of them once; their order does not matter. */
export function links(statements: readonly Statement[]): Link[] {
  const held = new Map<string, [Way, string, Statement[]]>();
  const became = new Map<string, Link>();
  for (const one of statements) {
    const way = HOLDING[one.type];
    if (way) {
      for (const parent of one.things["parent"] ?? []) {
        const name = `${way} ${parent}`;
        if (!held.has(name)) held.set(name, [way, parent, []]);
        held.get(name)![2].push(one);
      }
    }
    for (const [inner, outer, how] of becoming(one)) {
      const name = JSON.stringify([inner, outer, how, one.at]);
      const link = became.get(name) ?? { inner, outer, way: how, since: one.at, until: LAST, records: new Set() };
      became.set(name, link);
      link.records.add(one.reference);
    }
  }
  return [...[...held.values()].flatMap(([way, parent, told]) => holding(way, parent, told)), ...became.values()];
}

/** What became what: inputs a process, a process its outputs, a lot its pieces. */
function becoming({ type, action, things, reference }: Statement): [string, string, Way][] {
  const each = (inner: string[] = [], outer: string[] = [], way: Way): [string, string, Way][] =>
    inner.flatMap((one) => outer.map((other): [string, string, Way] => [one, other, way]));
  const transformed = type === "TransformationEvent";
  const joints = transformed ? things["transformation"] ?? [process(`of ${reference}`)] : [];
  const born = transformed ? things["output"] : type === "ObjectEvent" && action === "ADD" ? things["epc"] : [];
  const gtin = (code: string): string | undefined => {
    const { gs1 } = readCode(code);
    return gs1?.ai === "01" ? gs1.value : undefined;
  };
  return [
    ...each(transformed ? things["input"] : [], joints, "composition"),
    ...each(joints, things["output"], "composition"),
    // A lot number in ilmd is about the pieces that come into being; a lot that does has its number in its code.
    ...each(things["lot"], born, "lot").filter(([lot, piece]) => gtin(lot) === gtin(piece) && readCode(piece).scheme !== "lgtin"),
  ];
}

type Moved = Map<string, Set<number>>;

/** Follow what one parent holds from moment to moment; link.py says what is made of what is put in and taken out at once. */
function holding(way: Way, outer: string, told: readonly Statement[]): Link[] {
  const inside = new Map<string, [since: string, before: Set<number>]>();
  const found: Link[] = [];
  for (const at of [...new Set(told.map((one) => one.at))].sort()) {
    const [put, taken] = moved(told.filter((one) => one.at === at), [...inside.keys()]);
    for (const [inner, records] of taken) {
      const [since, before] = inside.get(inner) ?? [at, put.get(inner) ?? new Set()];
      const until = inside.delete(inner) ? at : after(at);
      if (until !== at) put.delete(inner);
      found.push({ inner, outer, way, since, until, records: new Set([...before, ...records]) });
    }
    for (const [inner, records] of put) {
      const [, before] = inside.get(inner) ?? inside.set(inner, [at, new Set()]).get(inner)!;
      for (const one of records) before.add(one);
    }
  }
  for (const [inner, [since, records]] of inside) found.push({ inner, outer, way, since, until: LAST, records });
  return found;
}

/** Sort the statements of one moment: what goes in or is seen inside, and what is taken out. */
function moved(told: readonly Statement[], inside: readonly string[]): [put: Moved, taken: Moved] {
  const put: Moved = new Map();
  const taken: Moved = new Map();
  for (const { action, all, things, reference } of told) {
    const out = action === "DELETE";
    const into = out ? taken : put;
    if (!out && action !== "ADD" && action !== "OBSERVE") continue;
    for (const one of out && all ? inside : things["child"] ?? []) {
      into.set(one, (into.get(one) ?? new Set()).add(reference));
    }
  }
  return [put, taken];
}
