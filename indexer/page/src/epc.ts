/**
 * EPC URNs become GS1 keys: pure identities, classes and patterns, and what a tag was read as; the twin of
 * indexer/core/epc.py.
 */
import { checkDigit, fault, key, SERIALISED, unescape, type Key } from "./gs1.ts";
import * as tag from "./tag.ts";

// The key, its digits without the check digit (0 where it has none), fields, and the qualifier that the last one is.
type Scheme = [ai: string, digits: number, fields: number, serial: string];
const SCHEMES: Record<string, Scheme> = {
  sgtin: ["01", 13, 3, "21"], lgtin: ["01", 13, 3, "10"], upui: ["01", 13, 3, "235"], itip: ["8006", 13, 5, "21"],
  sscc: ["00", 17, 2, ""], sgln: ["414", 12, 3, "254"], pgln: ["417", 12, 2, ""], gdti: ["253", 12, 3, ""],
  grai: ["8003", 12, 3, ""], giai: ["8004", 0, 2, ""], cpi: ["8010", 0, 3, "8011"], gsrn: ["8018", 17, 2, ""],
  gsrnp: ["8017", 17, 2, ""],
};

/** Read what follows `urn:epc:`; undefined for schemes that are not read here and so stand for themselves. */
export function read(text: string): Key | undefined {
  const hex = /^raw:[0-9]+\.x([0-9A-Fa-f]+)$/.exec(text);
  const urn = hex ? tag.read(hex[1]!) ?? "" : text.replace(/^tag:([a-z]+)-[0-9a-z]+:[0-7]\./, "id:$1:");
  const [, kind, name = "", rest = ""] = /^(id|class|idpat):([a-z]+):(.*)$/s.exec(urn) ?? [];
  const scheme = SCHEMES[name];
  if (!Array.isArray(scheme) || (kind === "class") !== (name === "lgtin")) return undefined;
  const [ai, , count, serial] = scheme;
  const pattern = kind === "idpat";
  if (pattern && !["21", "235", "8011"].includes(serial) && !SERIALISED.includes(ai)) return undefined;
  const fields = rest.split(".");
  fields.push(...(fields.length < count ? [] : [fields.splice(count - 1).join(".")]));
  if (fields.length !== count) throw fault("the URN has too few fields or too many");
  if (pattern && fields.pop() !== "*") throw fault("a pattern names all serial numbers or is none");
  return made(scheme, fields);
}

function made(scheme: Scheme, [company = "", reference = "", ...more]: string[]): Key {
  const [ai, , , qualifier] = scheme;
  if (!/^[0-9]{6,12}$/.test(company)) throw fault("a company prefix has 6 to 12 digits");
  let value = valued(scheme, company, reference);
  if (ai === "8006") {
    const pieces = more.splice(0, 2);
    if (pieces.some((one) => one.length !== 2)) throw fault("a piece and how many there are have two digits each");
    value += pieces.join("");
  }
  // An extension of 0 says that the place has none.
  if (!more.length || (qualifier === "254" && more[0] === "0")) return key(ai, value, {});
  const serial = unescape(more[0]!);
  if (qualifier) return key(ai, value, { [qualifier]: serial });
  if (!serial) throw fault("the serial number is missing");
  return key(ai, value + serial, {});
}

function valued([ai, length]: Scheme, company: string, reference: string): string {
  if (!length) return company + unescape(reference);
  // The digit in front, indicator or extension, stands first in the reference and first in the key.
  const front = ["00", "01", "8006"].includes(ai) ? 1 : 0;
  const digits = reference.slice(0, front) + company + reference.slice(front);
  if (digits.length !== length || !/^[0-9]+$/.test(digits)) throw fault("it has not the digits that such a key has");
  return (ai === "8003" ? "0" : "") + digits + checkDigit(digits);
}
