/**
 * GS1 keys, each in the one form that its spellings are read into; the twin of indexer/core/gs1.py.
 */
import { Fault } from "./fault.ts";

const TEXT = "[!\"%-?A-Z_a-z]";
const form = (source: string): RegExp => new RegExp(`^(?:${source})$`);
// What each key is: the digits that end in a check digit, then what follows them without one.
const FORMS: [ai: string, form: RegExp][] = [
  ["01", form("([0-9]{8}|[0-9]{12,14})()")],
  ["00", form("([0-9]{18})()")],
  ["414", form("([0-9]{13})()")],
  ["417", form("([0-9]{13})()")],
  ["253", form(`([0-9]{13})(${TEXT}{0,17})`)],
  ["8003", form(`(0[0-9]{13})(${TEXT}{0,16})`)],
  ["8004", form(`()([0-9]{4}${TEXT}{0,26})`)],
  ["8006", form("([0-9]{14})((?!00)[0-9]{2}(?!00)[0-9]{2})")],
  ["8010", form("()([0-9]{4}[#/0-9A-Z-]{0,26})")],
  ["8017", form("([0-9]{18})()")],
  ["8018", form("([0-9]{18})()")],
];
export const KEYS = FORMS.map(([ai]) => ai);
/** Keys whose serial number stands behind their check digit. */
export const SERIALISED = ["253", "8003"];
// The qualifiers that may follow a key in a Digital Link, in their order, and what each may be.
const QUALIFIERS: Record<string, string[][]> = {
  "01": [["22", "10", "21"], ["235"]], "414": [["254"]], "8006": [["22", "10", "21"]],
  "8010": [["8011"]], "8017": [["8019"]], "8018": [["8019"]],
};
const VALUES: Record<string, RegExp> = {
  "235": form(TEXT + "{1,28}"), "8011": form("0|[1-9][0-9]{0,11}"), "8019": form("[0-9]{1,10}"),
};
const OTHER = form(TEXT + "{1,20}");
const FINEST = ["21", "235", "8011", "254", "10"];
// Eight digits are the shortest key; a longer number of a wrong length is a damaged key, not another thing.
const LINK =
  /\/(?=(?:0[01]|41[47]|80(?:06|1[78]))\/[0-9]{8,}(?:\/|$)|(?:253|8003)\/[0-9]{8}|80(?:04|10)\/[0-9]{4})([0-9]+)\/([^/]*)(?:\/(.*))?$/s;
const ANY = form("[!-#%-?A-Z_a-z]{1,90}"); // a part number may have a hash sign besides

export interface Key {
  ai: string;
  value: string;
  qualifier: string;
  extension: string;
}

export const fault = (reason: string): Fault => new Fault("CODE_GS1", { reason });

/** Percent-encode all but letters, digits and `_.-~`. */
export const quote = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

/** Take a key apart as an element string does: each identifier with its value. */
export const elements = ({ ai, value, qualifier, extension }: Key): [ai: string, value: string][] =>
  qualifier ? [[ai, value], [qualifier, extension]] : [[ai, value + extension]];

/** Spell a key as a Digital Link does after the host. */
export const path = (key: Key): string => elements(key).map(([ai, value]) => `/${ai}/${quote(value)}`).join("");

/** Compute the digit that goes after these: weights 3, 1, 3, … from the right. */
export function checkDigit(digits: string): string {
  const total = [...digits].reverse().reduce((sum, digit, at) => sum + Number(digit) * (at % 2 ? 1 : 3), 0);
  return String((10 - (total % 10)) % 10);
}

/** Read the value of a key's application identifier, narrowed by the finest of its qualifiers. */
export function key(ai: string, text: string, narrowed: Record<string, string>): Key {
  const [, digits, rest = ""] = FORMS.find(([one]) => one === ai)![1].exec(text) ?? [];
  if (digits === undefined) throw fault("it has not the form that such a key has");
  if (digits && checkDigit(digits.slice(0, -1)) !== digits.slice(-1)) throw new Fault("CODE_CHECK_DIGIT", { key: digits });
  if (SERIALISED.includes(ai)) return { ai, value: digits, qualifier: "", extension: rest };
  if (ai === "8006" && rest.slice(0, 2) > rest.slice(2)) throw fault("there are fewer pieces than this one's number");
  const value = ai === "01" ? digits.padStart(14, "0") : digits + rest;
  const allowed = QUALIFIERS[ai]?.flat() ?? [];
  const qualifier = FINEST.find((name) => name in narrowed && allowed.includes(name)) ?? "";
  const extension = narrowed[qualifier] ?? "";
  if (qualifier) checkQualifier(qualifier, extension);
  return { ai, value, qualifier, extension };
}

/** Read the path of a Digital Link, still percent-encoded; undefined where it holds no GS1 key at all. */
export function link(path: string): Key | undefined {
  const [, ai, value, rest] = LINK.exec(path) ?? [];
  if (ai === undefined || value === undefined) return undefined;
  return key(ai, unescape(value), rest === undefined ? {} : qualifiers(ai, rest.split("/")));
}

function qualifiers(ai: string, segments: string[]): Record<string, string> {
  const names = segments.filter((_, at) => at % 2 === 0);
  const values = segments.filter((_, at) => at % 2 === 1);
  const ordered = QUALIFIERS[ai]?.some((run) =>
    names.every((name) => run.includes(name)) && names.join() === run.filter((name) => names.includes(name)).join());
  if (names.length !== values.length || !ordered) {
    throw fault("what follows the key are not its qualifiers in their order");
  }
  const found = Object.fromEntries(names.map((name, at) => [name, unescape(values[at]!)]));
  for (const name of names) checkQualifier(name, found[name]!);
  return found;
}

function checkQualifier(name: string, value: string): void {
  // A dot or two would be resolved away in any URL that carries them.
  if (!(VALUES[name] ?? OTHER).test(value) || /^\.\.?$/.test(value)) throw misspelt();
}

const misspelt = (): Fault => fault("a value is empty, too long or has characters that GS1 does not allow");

/** Refuse a value with characters that no application identifier allows, or with too many. */
export function checkText(value: string): void {
  if (!ANY.test(value) || /^\.\.?$/.test(value)) throw misspelt();
}

/** Undo percent-encoding. */
export function unescape(text: string): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw fault("a percent sign begins no escape");
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
