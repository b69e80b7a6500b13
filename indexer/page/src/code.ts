/**
 * What is printed on a product, in any of its spellings, as the one text by which records and scans meet; the twin of
 * indexer/core/code.py and ecode.py.
 */
import * as element from "./element.ts";
import * as epc from "./epc.ts";
import { Fault } from "./fault.ts";
import * as gs1 from "./gs1.ts";
import * as tag from "./tag.ts";

const LONGEST = 2000;
const ECODE_URN = "urn:x-suyuan:ecode:";
const EPC = /^urn:epc:/i;
const LENIENT = /^(?:urn:epc:|https?:\/\/[^?#]*\/(?:253|80(?:03|04|10|17|18))\/)/i;
const GTIN = /^(?:[0-9]{8}|[0-9]{12,14})$/;
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z\[\]_a-z~]|%[0-9A-Fa-f]{2})+$/;
const LINK = /^https?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;
const BRACKETED = /^(?:[^@]*@)?\[[0-9A-Fa-f:.]+\](?::[0-9]*)?$/;
const ECODE_LINK = /\/E[/=]([0-4][^/]*)$/;
const ECODE_QUERY = /^(?:.*&)?E=([0-4][^&]*)/;

// Spaces, controls, invisible and full-width forms: two codes that look alike shall not both be read.
const UNSEEN =
  "\\0-\\x20\\x7f-\\xa0\\xad\\u1680\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufe00-\\ufe0f" +
  "\\ufeff\\uff00-\\uffef\\ufff0-\\uffff\\ud800-\\udfff\\u{e0000}-\\u{e0fff}";
const ECODE: Record<string, RegExp> = {
  "0": /^0[0-9]{5,77}$/,
  "1": /^1[0-9]{5,24}$/,
  "2": /^2[0-9]{5,32}$/,
  "3": /^3[0-9]{5}[0-9A-Za-z]{1,39}$/,
  "4": new RegExp(`^4[0-9]{5}[^${UNSEEN}]{1,128}$`, "u"),
};

const SCHEMES: Record<string, string> = {
  "01": "gtin", "0121": "sgtin", "0110": "lgtin", "01235": "upui", "8006": "itip", "800621": "itip", "800610": "litip",
  "00": "sscc", "414": "gln", "414254": "sgln", "417": "pgln", "8003": "grai", "8004": "giai", "253": "gdti",
  "8010": "cpi", "80108011": "cpi", "8018": "gsrn", "8017": "gsrnp",
};
// A class by its key alone and an instance with what follows it; every other GS1 key is what it is at once.
const WIDE = ["gtin", "itip", "grai", "gdti", "cpi"];
const LEVELS: Record<string, string> = {
  lgtin: "lot", litip: "lot", gln: "place", sgln: "place", pgln: "party", gsrn: "party", gsrnp: "party",
};
// Without a separator or a symbol's identifier, only a check digit tells an element string from any other text.
const CHECKED = /^(?:0[01]|253|41[47]|80(?:03|06|1[78]))[0-9]{13}/;

/** One thing or class of things; `gs1` is its GS1 key where it has one, `text` what else it is. */
export interface Code {
  scheme: string;
  text: string;
  gs1?: gs1.Key;
}

/** Read a code as it was printed, scanned, typed or sent; white space is not trimmed. */
export function parse(text: string): Code {
  if (text.length > LONGEST && [...text].length > LONGEST) throw new Fault("CODE_TOO_LONG");
  if (URI.test(text)) return uri(text);
  if (text.startsWith("(")) return fromGs1(element.bracketed(text));
  // Digits of a GTIN's length are a GTIN, also where an Ecode could look so: its check digit decides nothing.
  if (GTIN.test(text)) return fromGs1(gs1.key("01", text, {}));
  if (/^\]|\x1d/.test(text)) return fromGs1(element.bare(text));
  // Digits alone are never hex; with a letter, and to the last bit a tag, hardly any Ecode could be.
  const urn = /^[0-9]+$/.test(text) ? undefined : tag.read(text);
  if (urn) return fromGs1(epc.read(urn)!);
  if (!ECODE[text.slice(0, 1)]?.test(text) && CHECKED.test(text)) return fromGs1(element.bare(text));
  if (/^[0-4]/.test(text)) return ecode(text);
  throw new Fault("CODE_UNKNOWN");
}

/**
 * Read a code as an event names it and as a reader asks for it: as `parse` does, but EPC URNs whose digits do not fit
 * their scheme stand for themselves, and so do links of keys that no trade item, logistic unit or place has.
 */
export function read(text: string): Code {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof Fault && LENIENT.test(text) && /^CODE_(GS1|CHECK_DIGIT)$/.test(error.code))) throw error;
    return { scheme: "uri", text };
  }
}

/** Spell a code in the one way that is stored, hashed and compared. */
export function canonical(code: Code): string {
  if (code.gs1) return "https://id.gs1.org" + gs1.path(code.gs1);
  return code.scheme === "ecode" ? ECODE_URN + gs1.quote(code.text) : code.text;
}

/** Name the class of which this is one piece or one lot. */
export function parent({ scheme, gs1: key }: Code): Code | undefined {
  if (!key?.extension || scheme === "sgln") return undefined;
  return fromGs1({ ...key, qualifier: "", extension: "" });
}

/** Tell how much of the world a code names: class, lot, instance, place, party, or unsaid. */
export function level({ scheme, text, gs1: key }: Code): string {
  if (!key) return /^urn:epc:idpat:/.test(text) ? "class" : "unsaid";
  return LEVELS[scheme] ?? (WIDE.includes(scheme) && !key.extension ? "class" : "instance");
}

/** Whether a trace may go through it: through a class, a place or a party all things would be linked to all. */
export const traceable = (code: Code): boolean => ["lot", "instance", "unsaid"].includes(level(code));

const fromGs1 = (key: gs1.Key): Code => ({
  scheme: SCHEMES[key.ai + key.qualifier]!,
  text: key.value,
  gs1: key,
});

function ecode(text: string): Code {
  if (!ECODE[text.slice(0, 1)]?.test(text)) throw new Fault("CODE_ECODE");
  return { scheme: "ecode", text };
}

function uri(text: string): Code {
  const lower = text.slice(0, 20).toLowerCase();
  if (/^https?:\/\//.test(lower)) return link(text);
  if (lower.startsWith(ECODE_URN)) return ecode(unquote(text.slice(ECODE_URN.length)));
  const key = EPC.test(text) && epc.read(text.slice(8));
  return key ? fromGs1(key) : { scheme: "uri", text };
}

function link(text: string): Code {
  const [, host, path = "", query = ""] = LINK.exec(text)!;
  if (!host || (/[[\]]/.test(host) && !BRACKETED.test(host))) throw new Fault("CODE_UNKNOWN");
  const key = gs1.link(path);
  if (key) return fromGs1(key);
  const item = (ECODE_LINK.exec(path) ?? ECODE_QUERY.exec(query))?.[1];
  return item === undefined ? { scheme: "uri", text } : ecode(unquote(item));
}

function unquote(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Fault("CODE_UNKNOWN");
  }
}
