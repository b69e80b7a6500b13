/**
 * A log's own word on its head: a C2SP checkpoint in a signed note (Ed25519); the twin of indexer/core/checkpoint.py.
 *
 * A key is known by the reader beforehand and never taken from the note.
 */
import { concat, fromBase64, sha, toHex, utf8 } from "./bytes.ts";
import { holds } from "./curves.ts";
import { Fault } from "./fault.ts";

const ED25519 = 1;
const LONGEST = 64 * 1024;
const MOST_SIGNATURES = 64;

// Unicode's White_Space above the control characters, spelt out because languages differ in theirs.
const SPACES = " \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const NAME = new RegExp(`^[^+${SPACES}\\u0000-\\u001f]+$`);
const LINE = new RegExp(`^— ([^+${SPACES}\\n]+) ([A-Za-z0-9+/]+={0,2})$`);
const CONTROL = /[\x00-\x09\x0b-\x1f]/;
const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;
const KEY = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

const misshapen = (what: string): Fault => new Fault("NOTE_MISSHAPEN", { what });

export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
}

/** A key that signs notes, as its reader knows it: `name+hash+base64(01 ‖ public key)`. */
export interface Verifier {
  name: string;
  hash: string;
  key: Uint8Array;
}

/** Read a verifier key; its hash must be right and its algorithm Ed25519. */
export function verifier(text: string): Verifier {
  const [, name, hash, encoded] = KEY.exec(text) ?? [];
  const key = encoded ? fromBase64(encoded) : undefined;
  if (!name || !key || key.length !== 33 || key[0] !== ED25519 || !NAME.test(name)) throw new Fault("NOTE_KEY");
  const expected = toHex(sha(concat(utf8(name), Uint8Array.of(10), key)).subarray(0, 4));
  if (hash !== expected) throw new Fault("NOTE_KEY");
  return { name, hash, key: key.subarray(1) };
}

/** Return the checkpoint of a note that at least one of `verifiers` signed. */
export const parse = (note: string, verifiers: readonly Verifier[]): Checkpoint => read(open(note, verifiers));

/** Return the text of a note that at least one of `verifiers` signed; keys not among them are ignored. */
export function open(note: string, verifiers: readonly Verifier[]): string {
  const [text, lines] = part(note);
  const signed = new Set<Verifier>();
  for (const line of lines) {
    const [name, hash, signature] = signatureOf(line);
    const known = verifiers.find((one) => one.name === name && one.hash === hash);
    if (!known) continue;
    if (signed.has(known)) throw misshapen("a key signs twice");
    if (!holds(signature, utf8(text), known.key)) throw new Fault("NOTE_FORGED", { name });
    signed.add(known);
  }
  if (!signed.size) throw new Fault("NOTE_UNSIGNED");
  return text;
}

/** Part a note at its last empty line into its text and its signature lines. */
function part(note: string): [string, string[]] {
  if (LONE_SURROGATE.test(note)) throw misshapen("encoding");
  if (utf8(note).length > LONGEST) throw misshapen("length");
  if (CONTROL.test(note)) throw misshapen("control characters");
  const gap = note.lastIndexOf("\n\n");
  const lines = note.slice(gap + 2).split("\n");
  if (gap < 0 || lines.pop() !== "" || lines.length < 1 || lines.length > MOST_SIGNATURES) {
    throw misshapen("signature lines");
  }
  return [note.slice(0, gap + 1), lines];
}

function signatureOf(line: string): [name: string, hash: string, signature: Uint8Array] {
  const [, name, encoded] = LINE.exec(line) ?? [];
  const data = encoded ? fromBase64(encoded) : undefined;
  if (!name || !data || data.length < 5) throw misshapen("a signature line");
  return [name, toHex(data.subarray(0, 4)), data.subarray(4)];
}

/** Read a checkpoint's text. Extension lines are allowed and mean nothing here. */
function read(text: string): Checkpoint {
  const lines = text.replace(/\n$/, "").split("\n");
  if (lines.length < 3 || lines.includes("")) throw misshapen("lines");
  const [origin, size, encoded] = lines as [string, string, string];
  if (!SIZE.test(size) || !Number.isSafeInteger(Number(size))) throw misshapen("size");
  const root = fromBase64(encoded);
  if (root?.length !== 32) throw misshapen("root");
  return { origin, size: Number(size), root };
}

