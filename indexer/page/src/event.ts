/**
 * Which things an event or master data names; the twin of the names in indexer/core/event.py and masterdata.py.
 *
 * It does not say whether an event is well made: that was decided before it was signed.
 */
import { escape, isObject, type Json, type JsonObject } from "./canonical.ts";
import { canonical, parse } from "./code.ts";
import { Fault } from "./fault.ts";

const EVENTS = ["ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"];
const NAMING: [member: string, role: string, inner?: string][] = [
  ["epcList", "epc"],
  ["quantityList", "epc", "epcClass"],
  ["parentID", "parent"],
  ["childEPCs", "child"],
  ["childQuantityList", "child", "epcClass"],
  ["inputEPCList", "input"],
  ["inputQuantityList", "input", "epcClass"],
  ["outputEPCList", "output"],
  ["outputQuantityList", "output", "epcClass"],
];
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z\[\]_a-z~]|%[0-9A-Fa-f]{2})+$/;
const GTIN = /^[0-9]{14}$/;

/** What each type of master data describes: as what, the members that say so, and how they are spelt. */
const MASTER: Record<string, [role: string, members: Record<string, RegExp>]> = {
  Product: ["product", { gtin: GTIN }],
  Material: ["material", { gtin: GTIN, id: URI }],
  Site: ["site", { gln: /^[0-9]{13}$/ }],
  Participant: ["participant", { id: URI }],
  VocabularyElement: ["element", { id: URI }],
};

/** Which kind of master data a body is, undefined for one that is none. */
export function master(body: JsonObject | undefined): (typeof MASTER)[string] | undefined {
  const type = body?.["type"];
  return typeof type === "string" && Object.hasOwn(MASTER, type) ? MASTER[type] : undefined;
}

/** One thing that is named: as what, where, and which, in its canonical spelling. */
export interface Naming {
  role: string;
  pointer: string;
  code: string;
}

/** List what a body names; what is concealed names nothing. */
export function names(body: JsonObject): Naming[] {
  const described = master(body);
  if (described) {
    return Object.entries(described[1]).filter(([name]) => name in body)
      .map(([name, form]) => named(described[0], body[name], escape(name), form));
  }
  if (!EVENTS.includes(body["type"] as string)) return [];
  return NAMING.flatMap(([member, role, inner]) => {
    const value = body[member] ?? null;
    if (value === null) return [];
    return member === "parentID" ? [named(role, value, "/parentID", URI)] : listed(value, escape(member), role, inner);
  });
}

function listed(value: Json, place: string, role: string, inner?: string): Naming[] {
  if (!Array.isArray(value)) throw new Fault("MEMBER_WRONG", {}, place);
  return value.flatMap((item, at) => {
    const here = place + escape(at);
    if (isObject(item) && "..." in item) return [];
    if (inner === undefined) return [named(role, item, here, URI)];
    if (!isObject(item)) throw new Fault("MEMBER_WRONG", {}, here);
    return inner in item ? [named(role, item[inner], here + escape(inner), URI)] : [];
  });
}

function named(role: string, value: Json | undefined, pointer: string, form: RegExp): Naming {
  if (typeof value !== "string" || !form.test(value)) throw new Fault("MEMBER_WRONG", {}, pointer);
  return { role, pointer, code: canonical(parse(role === "site" ? `(414)${value}` : value)) };
}
