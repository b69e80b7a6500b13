/**
 * The bits of an RFID tag, in hex as readers deliver them, become the EPC URN that they hold; the twin of
 * indexer/core/tag.py.
 */
import { quote } from "./gs1.ts";

const NUMBER = -1;
const TEXT = -2;
// Bits of a company's prefix of twelve digits, eleven, … six, by partition.
const COMPANY = [40, 37, 34, 30, 27, 24, 20];

// Bits of the whole; of prefix and reference, and their digits; then bits and digits of each field that follows.
type Layout = [scheme: string, size: number, bits: number, digits: number, ...rest: [bits: number, digits: number][]];
const LAYOUTS: Record<string, Layout> = {
  "2C": ["gdti", 96, 41, 12, [41, NUMBER]],
  "2D": ["gsrn", 96, 58, 17],
  "2E": ["gsrnp", 96, 58, 17],
  "30": ["sgtin", 96, 44, 13, [38, NUMBER]],
  "31": ["sscc", 96, 58, 17],
  "32": ["sgln", 96, 41, 12, [41, NUMBER]],
  "33": ["grai", 96, 44, 12, [38, NUMBER]],
  "34": ["giai", 96, 82, NUMBER],
  "36": ["sgtin", 198, 44, 13, [140, TEXT]],
  "37": ["grai", 170, 44, 12, [112, TEXT]],
  "38": ["giai", 202, 188, TEXT],
  "39": ["sgln", 195, 41, 12, [140, TEXT]],
  "3C": ["cpi", 96, 51, NUMBER, [31, NUMBER]],
  "3E": ["gdti", 174, 41, 12, [119, TEXT]],
  "40": ["itip", 110, 44, 13, [7, 2], [7, 2], [38, NUMBER]],
  "41": ["itip", 212, 44, 13, [7, 2], [7, 2], [140, TEXT]],
};

/** Spell a tag's EPC as a URN without its `urn:epc:`; undefined for what is no tag of a layout known here. */
export function read(text: string): string | undefined {
  const layout = LAYOUTS[text.slice(0, 2).toUpperCase()];
  if (!layout || !/^[0-9A-Fa-f]+$/.test(text)) return undefined;
  const [scheme, size, both, digits, ...rest] = layout;
  // A reader may fill up the last word of sixteen bits.
  if (text.length < size / 4 || text.length > 4 * Math.ceil(size / 16)) return undefined;
  const bits = BigInt("0x" + text).toString(2).padStart(4 * text.length, "0");
  const partition = parseInt(bits.slice(11, 14), 2);
  const width = COMPANY[partition];
  if (width === undefined) return undefined;
  const company = 12 - partition;
  let at = 14;
  const fields = [[width, company], [both - width, digits > 0 ? digits - company : digits], ...rest].map(
    ([bits_ = 0, digits_ = 0]) => field(bits.slice(at, (at += bits_)), digits_),
  );
  if (fields.includes(undefined) || bits.slice(at).includes("1")) return undefined;
  return `id:${scheme}:${fields.join(".")}`;
}

function field(bits: string, digits: number): string | undefined {
  if (digits === TEXT) return string(bits);
  const value = String(BigInt("0b" + bits));
  if (digits === 0) return value === "0" ? "" : undefined;
  return digits > 0 && value.length > digits ? undefined : value.padStart(digits, "0");
}

/** Read characters of seven bits up to the first that is nothing; behind it is nothing. */
function string(bits: string): string | undefined {
  const used = bits.replace(/0*$/, "");
  let text = "";
  for (let at = 0; at < used.length; at += 7) text += String.fromCharCode(parseInt(bits.slice(at, at + 7), 2));
  return text && !text.includes("\0") ? quote(text) : undefined;
}
