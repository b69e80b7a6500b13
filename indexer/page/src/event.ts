/**
 * Which things an event or a product's master data names; the twin of indexer/core/event.py's names.
 *
 * It does not say whether an event is well made: that was decided before it was signed.
 */
import { escape, isObject, type Json, type JsonObject } from "./canonical.ts";
import { canonical, read } from "./code.ts";
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

/** One thing that is named: as what, where, and which, in its canonical spelling. */
export interface Naming {
  role: string;
  pointer: string;
  code: string;
}

/** List what a body names; what is concealed names nothing. */
export function names(body: JsonObject): Naming[] {
  if (body["type"] === "Product") return [named("product", body["gtin"], "/gtin", GTIN)];
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
  return { role, pointer, code: canonical(read(value)) };
}
