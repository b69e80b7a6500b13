/**
 * Which things an event or master data names; the twin of the names in indexer/core/event.py and masterdata.py.
 *
 * It does not say whether an event is well made: that was decided before it was signed.
 */
import { escape, isObject, type Json, type JsonObject } from "./canonical.ts";
import { canonical, parse, read } from "./code.ts";
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
  ["transformationID", "transformation"],
];
const BORN: Record<string, string> = { ObjectEvent: "epc", TransformationEvent: "output" };
const LOT = /^(?:(?:cbvmda:|urn:epcglobal:cbv:mda[#:]|https?:\/\/(?:ref|ns)\.gs1\.org\/cbv\/(?:mda[/#])?)lotNumber|suyuan:lot)$/;
// A trade item in its canonical spelling, unless it is a lot.
const ITEM = /^https:\/\/id\.gs1\.org\/01\/[0-9]{14}(?=$|\/(?!10\/))/;
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

/** List what a body names; what is concealed names nothing, and what names no thing names where it happened. */
export function names(body: JsonObject): Naming[] {
  const described = master(body);
  if (described) {
    return Object.entries(described[1]).filter(([name]) => name in body)
      .map(([name, form]) => named(described[0], body[name], escape(name), form));
  }
  const type = body["type"] as string;
  if (!EVENTS.includes(type)) return [];
  const found = NAMING.flatMap(([member, role, inner]) => {
    const value = body[member] ?? null;
    if (value === null) return [];
    return member.endsWith("ID") ? [named(role, value, escape(member))] : listed(value, escape(member), role, inner);
  });
  found.push(...lots(body["ilmd"], found.filter((one) => one.role === BORN[type])));
  return found.length ? found : places(body);
}

/** Whether an event says of itself that it is an error: it names its things and links none of them. */
export const isVoid = (body: JsonObject): boolean => (body["errorDeclaration"] ?? null) !== null;

function listed(value: Json, place: string, role: string, inner?: string): Naming[] {
  if (!Array.isArray(value)) throw new Fault("MEMBER_WRONG", {}, place);
  return value.flatMap((item, at) => {
    const here = place + escape(at);
    if (isObject(item) && "..." in item) return [];
    if (inner === undefined) return [named(role, item, here)];
    if (!isObject(item)) throw new Fault("MEMBER_WRONG", {}, here);
    return inner in item ? [named(role, item[inner], here + escape(inner))] : [];
  });
}

/** The lots of what an event brings into being: the lot number of its ilmd with each trade item's number. */
function lots(ilmd: Json | undefined, born: Naming[]): Naming[] {
  if (!isObject(ilmd)) return [];
  const items = new Set(born.map((one) => ITEM.exec(one.code)?.[0]).filter((one) => one !== undefined));
  return Object.entries(ilmd).filter(([member, lot]) => LOT.test(member) && typeof lot === "string")
    .flatMap(([member, lot]) => [...items].flatMap((item) => {
      try {
        const code = canonical(parse(`${item}/10/${encodeURIComponent(lot as string)}`));
        return [{ role: "lot", pointer: "/ilmd" + escape(member), code }];
      } catch (error) {
        if (error instanceof Fault) return [];
        throw error;
      }
    }));
}

const places = (body: JsonObject): Naming[] =>
  ["readPoint", "bizLocation"].flatMap((member) => {
    const place = body[member];
    return isObject(place) && "id" in place ? [named("place", place["id"], `/${member}/id`)] : [];
  });

function named(role: string, value: Json | undefined, pointer: string, form = URI): Naming {
  if (typeof value !== "string" || !form.test(value)) throw new Fault("MEMBER_WRONG", {}, pointer);
  try {
    return { role, pointer, code: canonical(read(role === "site" ? `(414)${value}` : value)) };
  } catch (error) {
    throw error instanceof Fault ? new Fault(error.code, error.facts, pointer) : error;
  }
}
