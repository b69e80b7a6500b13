/**
 * Element strings, in brackets as people read them and bare as scanners deliver them; the twin of
 * indexer/core/element.py.
 */
import { checkText, fault, key, KEYS, type Key } from "./gs1.ts";

const BRACKETED = /\(([0-9]{2,4})\)/;
// What a scanner puts in front where it says which symbol it read: Code 128, DataBar, Data Matrix, QR, DotCode.
const SYMBOL = /^(?:\](?:C1|e0|d2|Q3|J1))?\x1d?/;
const BARE =
  /(00.{18}|0[123].{14}|04.{16}|1[1-9].{6}|20..|3[1-6][0-9]{2}.{6}|41[0-9].{13})\x1d?|((?:10|2[12]|30|37|9[0-9]|(?:2[3-5]|4[02]|71)[0-9]|(?:39|43|7[02]|8[012])[0-9]{2})[^\x1d]+)(?:\x1d|$)/uy;

/** Read an element string with its identifiers in brackets, as printed under a symbol. */
export function bracketed(text: string): Key {
  const [before, ...parts] = text.split(BRACKETED);
  if (before || !parts.length) throw fault("an application identifier is missing or there twice");
  const found = read(parts.flatMap((ai, at) => (at % 2 ? [] : [[ai, parts[at + 1]!]])));
  if ("01" in found && found["01"]!.length !== 14) throw fault("a GTIN has 14 digits here");
  return only(found);
}

/** Read an element string as a scanner delivers it, with or without the symbol's identifier in front. */
export function bare(text: string): Key {
  const found: string[][] = [];
  BARE.lastIndex = SYMBOL.exec(text)![0].length;
  while (BARE.lastIndex < text.length) {
    const match = BARE.exec(text);
    if (!match) throw fault("it is not made of elements");
    const one = (match[1] ?? match[2])!;
    const length = /^(?:0|1|2[0-2]|30|37|9)/.test(one) ? 2 : /^(?:2|4[0-2]|71)/.test(one) ? 3 : 4;
    found.push([one.slice(0, length), one.slice(length)]);
  }
  return only(read(found));
}

function read(elements: string[][]): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [ai = "", value = ""] of elements) {
    if (ai in found) throw fault("an application identifier is missing or there twice");
    checkText(value);
    found[ai] = value;
  }
  return found;
}

function only(found: Record<string, string>): Key {
  const [ai, ...more] = KEYS.filter((one) => one in found);
  if (ai === undefined || more.length) throw fault("it names no key or several");
  return key(ai, found[ai]!, found);
}
