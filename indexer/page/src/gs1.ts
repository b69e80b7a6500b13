/**
 * GS1 keys in the spellings that labels, scanners and EPCIS documents use; the twin of indexer/core/gs1.py.
 */
import { Fault } from "./fault.ts";

// Each key with the qualifiers that may follow it in a Digital Link, in their order, and its lengths.
const QUALIFIERS: Record<string, string[]> = { "01": ["22", "10", "21"], "00": [], "414": ["254"] };
const KEYS = ["01", "00", "414"];
const LENGTHS: Record<string, number[]> = { "01": [8, 12, 13, 14], "00": [18], "414": [13] };
const FINEST = ["21", "10", "254"];

const TEXT = /^[!"%-?A-Z_a-z]+$/;
const DIGITS = /^[0-9]+$/;
const ELEMENT = /\(([0-9]{2,4})\)/;
const URN = /^(id:sgtin|class:lgtin|idpat:sgtin|id:sscc|id:sgln):(.*)$/s;

export interface Key {
  ai: string;
  value: string;
  qualifier: string;
  extension: string;
}

const fault = (reason: string): Fault => new Fault("CODE_GS1", { reason });

/** Percent-encode all but letters, digits and `_.-~`. */
export const quote = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

/** Spell a key as a Digital Link does after the host. */
export const path = (key: Key): string =>
  `/${key.ai}/${key.value}` + (key.qualifier && `/${key.qualifier}/${quote(key.extension)}`);

/** Compute the digit that goes after these: weights 3, 1, 3, … from the right. */
export function checkDigit(digits: string): string {
  const total = [...digits].reverse().reduce((sum, digit, at) => sum + Number(digit) * (at % 2 ? 1 : 3), 0);
  return String((10 - (total % 10)) % 10);
}

/** Read a GTIN of 8, 12, 13 or 14 digits; all become 14. */
export const gtin = (text: string): Key => make("01", text, {});

/** Read an element string with its identifiers in brackets, as printed under a symbol. */
export function elements(text: string): Key {
  const [before, ...parts] = text.split(ELEMENT);
  const found: Record<string, string> = Object.create(null);
  for (let i = 0; i < parts.length; i += 2) {
    if (parts[i]! in found) throw fault("an application identifier is missing or there twice");
    found[parts[i]!] = parts[i + 1]!;
  }
  if (before || !parts.length) throw fault("an application identifier is missing or there twice");
  const keys = KEYS.filter((ai) => ai in found);
  const [ai] = keys;
  if (keys.length !== 1 || !ai) throw fault("it names no key or several");
  for (const value of Object.values(found)) checkText(value, 90);
  if (ai === "01" && found[ai]!.length !== 14) throw fault("a GTIN has 14 digits here");
  return make(ai, found[ai]!, found);
}

/** Read the path of a Digital Link, still percent-encoded; undefined where it holds no GS1 key at all. */
export function link(segments: string[]): Key | undefined {
  for (let at = 0; at + 1 < segments.length; at++) {
    const ai = segments[at]!;
    const value = segments[at + 1]!;
    // Eight digits are the shortest key; a longer number of a wrong length is a damaged key, not another thing.
    if (KEYS.includes(ai) && DIGITS.test(value) && value.length >= 8) {
      return make(ai, value, qualifiers(ai, segments.slice(at + 2)));
    }
  }
  return undefined;
}

/** Read what follows `urn:epc:`; undefined for schemes that are not read here and so stand for themselves. */
export function urn(text: string): Key | undefined {
  const [, scheme, rest] = URN.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const [company = "", reference = "", ...more] = rest.split(".");
  const fields = Math.min(3, rest.split(".").length);
  const last = more.join(".");
  if (fields !== (scheme === "id:sscc" ? 2 : 3)) throw fault("the URN has too few fields or too many");
  if (company.length < 6 || company.length > 12) throw fault("a company prefix has 6 to 12 digits");
  if (scheme === "id:sgln") {
    const extension: Record<string, string> = last === "0" ? {} : { "254": unescape(last) };
    return make("414", complete(company + reference, 12), extension);
  }
  // The digit in front, indicator or extension, stands first in the reference and first in the key.
  const digits = reference.slice(0, 1) + company + reference.slice(1);
  if (scheme === "id:sscc") return make("00", complete(digits, 17), {});
  const value = complete(digits, 13);
  if (scheme === "idpat:sgtin") {
    if (last !== "*") throw fault("a pattern names all serial numbers or is none");
    return make("01", value, {});
  }
  return make("01", value, { [scheme === "class:lgtin" ? "10" : "21"]: unescape(last) });
}

function make(ai: string, digits: string, narrowed: Record<string, string>): Key {
  if (!DIGITS.test(digits) || !LENGTHS[ai]!.includes(digits.length)) {
    throw fault("it has not the digits such a key has");
  }
  if (checkDigit(digits.slice(0, -1)) !== digits.slice(-1)) throw new Fault("CODE_CHECK_DIGIT", { key: digits });
  const value = ai === "01" ? digits.padStart(14, "0") : digits;
  for (const name of FINEST) {
    if (name in narrowed && QUALIFIERS[ai]!.includes(name)) {
      checkText(narrowed[name]!, 20);
      return { ai, value, qualifier: name, extension: narrowed[name]! };
    }
  }
  return { ai, value, qualifier: "", extension: "" };
}

function qualifiers(ai: string, segments: string[]): Record<string, string> {
  const names = segments.filter((_, at) => at % 2 === 0);
  const values = segments.filter((_, at) => at % 2 === 1);
  const allowed = QUALIFIERS[ai]!.filter((name) => names.includes(name));
  const inOrder = names.length === allowed.length && names.every((name, at) => name === allowed[at]);
  if (names.length !== values.length || !inOrder) {
    throw fault("what follows the key are not its qualifiers in their order");
  }
  const found = Object.fromEntries(names.map((name, at) => [name, unescape(values[at]!)]));
  for (const value of Object.values(found)) checkText(value, 20);
  return found;
}

function complete(digits: string, length: number): string {
  if (digits.length !== length || !DIGITS.test(digits)) throw fault("it has not the digits such a key has");
  return digits + checkDigit(digits);
}

function checkText(value: string, longest: number): void {
  // A dot or two would be resolved away in any URL that carries them.
  if (value.length > longest || !TEXT.test(value) || value === "." || value === "..") {
    throw fault("a value is empty, too long or has characters that GS1 does not allow");
  }
}

function unescape(text: string): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw fault("a percent sign begins no escape");
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
