/**
 * What is printed on a product, in any of its spellings, as the one text by which records and scans meet; the twin of
 * indexer/core/code.py and ecode.py.
 */
import { Fault } from "./fault.ts";
import * as gs1 from "./gs1.ts";

const LONGEST = 2000;
const ECODE_URN = "urn:x-suyuan:ecode:";
const EPC_URN = "urn:epc:";
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
  "01": "gtin", "0121": "sgtin", "0110": "lgtin", "00": "sscc", "414": "gln", "414254": "sgln",
};

/** One thing or class of things; `gs1` is its GS1 key where it has one, `text` what else it is. */
export interface Code {
  scheme: string;
  text: string;
  gs1?: gs1.Key;
}

/** Read a code as it was printed, scanned, typed or sent; white space is not trimmed. */
export function parse(text: string): Code {
  if (text.length > LONGEST && [...text].length > LONGEST) throw new Fault("CODE_TOO_LONG");
  if (text.startsWith("(")) return fromGs1(gs1.elements(text));
  // Digits of a GTIN's length are a GTIN, also where an Ecode could look so: its check digit decides nothing.
  if (GTIN.test(text)) return fromGs1(gs1.gtin(text));
  if (/^[0-4]/.test(text)) return ecode(text);
  if (!URI.test(text)) throw new Fault("CODE_UNKNOWN");
  const lower = text.toLowerCase();
  if (lower.startsWith(EPC_URN)) {
    const key = gs1.urn(text.slice(EPC_URN.length));
    return key ? fromGs1(key) : { scheme: "uri", text };
  }
  if (lower.startsWith(ECODE_URN)) return ecode(unquote(text.slice(ECODE_URN.length)));
  return /^https?:\/\//.test(lower) ? link(text) : { scheme: "uri", text };
}

/** Spell a code in the one way that is stored, hashed and compared. */
export function canonical(code: Code): string {
  if (code.gs1) return "https://id.gs1.org" + gs1.path(code.gs1);
  return code.scheme === "ecode" ? ECODE_URN + gs1.quote(code.text) : code.text;
}

/** Name the class of which this is one piece or one lot. */
export function parent(code: Code): Code | undefined {
  if (code.scheme !== "sgtin" && code.scheme !== "lgtin") return undefined;
  return fromGs1({ ...code.gs1!, qualifier: "", extension: "" });
}

const fromGs1 = (key: gs1.Key): Code => ({
  scheme: SCHEMES[key.ai + key.qualifier]!,
  text: key.value,
  gs1: key,
});

function ecode(text: string): Code {
  if (!ECODE[text.slice(0, 1)]?.test(text)) throw new Fault("CODE_ECODE");
  return { scheme: "ecode", text };
}

function link(text: string): Code {
  const [, host, path = "", query = ""] = LINK.exec(text)!;
  if (!host || (/[[\]]/.test(host) && !BRACKETED.test(host))) throw new Fault("CODE_UNKNOWN");
  const key = gs1.link(path.split("/").slice(1));
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
