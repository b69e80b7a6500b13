/**
 * JSON as it is admitted and as it is hashed (RFC 8785); the twin of indexer/core/canonical.py.
 *
 * The browser's own parser forgets duplicate members and rounds great numbers in silence, so what is judged here is
 * read by a parser that refuses them. Objects have no prototype: a name is only ever a name.
 */
import { text, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

const DEEPEST = 32;
const LIMIT = 2 ** 53;
const LONE_SURROGATE = /\p{Surrogate}/u;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Spell one step of a JSON Pointer, with its slash (RFC 6901). */
export const escape = (token: string | number): string =>
  "/" + String(token).replace(/~/g, "~0").replace(/\//g, "~1");

/** Write a value in the one spelling of RFC 8785. */
export const encode = (value: Json): Uint8Array => utf8(write(value));

/** Read JSON from outside, or name what is not admitted in it. */
export function decode(bytes: Uint8Array, deepest = DEEPEST): Json {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new Fault("JSON_BYTE_ORDER_MARK");
  return new Reader(text(bytes), deepest).whole();
}

function write(value: Json): string {
  if (typeof value === "string") {
    if (LONE_SURROGATE.test(value)) throw new Fault("JSON_UNSPEAKABLE");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Fault("JSON_UNSPEAKABLE");
    return String(value); // ECMAScript's own spelling is the one RFC 8785 prescribes
  }
  if (Array.isArray(value)) return "[" + value.map(write).join() + "]";
  if (value === null || typeof value === "boolean") return String(value);
  // Without a comparison function names sort by UTF-16 code units, as RFC 8785 asks.
  const names = Object.keys(value).sort();
  return "{" + names.map((name) => write(name) + ":" + write(value[name]!)).join() + "}";
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"/y;
const WORD = /true|false|null|NaN|-?Infinity/y;
const MEANING: Record<string, Json> = { true: true, false: false, null: null };

/** One pass over the text. A flaw is kept until the end, so that text which is no JSON at all is called that. */
class Reader {
  private at = 0;
  private flaw: Fault | undefined;
  private readonly source: string;
  private readonly deepest: number;

  constructor(source: string, deepest: number) {
    this.source = source;
    this.deepest = deepest;
  }

  whole(): Json {
    const value = this.value("", 1);
    if (this.peek() !== undefined) this.malformed();
    if (this.flaw) throw this.flaw;
    return value;
  }

  private value(place: string, depth: number): Json {
    const next = this.peek();
    if (next === '"') return this.string(place);
    if (next === "{") return this.object(place, depth);
    if (next === "[") return this.array(place, depth);
    const word = this.take(WORD);
    if (word) return this.word(word, place);
    const number = this.take(NUMBER);
    if (!number) this.malformed();
    const value = Number(number);
    const whole = /^-?[0-9]+$/.test(number) || Number.isInteger(value);
    if (whole && Math.abs(value) >= LIMIT) this.refuse("JSON_NUMBER_TOO_LARGE", place);
    else if (!Number.isFinite(value)) this.refuse("JSON_NUMBER_NOT_FINITE", place);
    return value === 0 ? 0 : value; // minus zero is zero
  }

  private word(word: string, place: string): Json {
    if (word in MEANING) return MEANING[word]!;
    this.refuse("JSON_NUMBER_NOT_FINITE", place);
    return 0;
  }

  private string(place: string): string {
    const token = this.take(STRING);
    if (!token) this.malformed();
    const value = JSON.parse(token) as string;
    if (value.includes("\0")) this.refuse("JSON_NUL", place);
    if (LONE_SURROGATE.test(value)) this.refuse("JSON_LONE_SURROGATE", place);
    return value;
  }

  private object(place: string, depth: number): JsonObject {
    const out = Object.create(null) as JsonObject;
    this.open(place, depth);
    if (this.peek() === "}") return this.close(out);
    for (;;) {
      if (this.peek() !== '"') this.malformed();
      const name = this.string(place);
      const below = place + escape(name);
      if (name in out) this.refuse("JSON_DUPLICATE_MEMBER", below);
      if (this.peek() !== ":") this.malformed();
      this.at++;
      out[name] = this.value(below, depth + 1);
      if (this.peek() === "}") return this.close(out);
      this.comma();
    }
  }

  private array(place: string, depth: number): Json[] {
    const out: Json[] = [];
    this.open(place, depth);
    if (this.peek() === "]") return this.close(out);
    for (;;) {
      out.push(this.value(place + escape(out.length), depth + 1));
      if (this.peek() === "]") return this.close(out);
      this.comma();
    }
  }

  private open(place: string, depth: number): void {
    if (depth > this.deepest) throw new Fault("JSON_TOO_DEEP", {}, place);
    this.at++;
  }

  private close<T>(value: T): T {
    this.at++;
    return value;
  }

  private comma(): void {
    if (this.peek() !== ",") this.malformed();
    this.at++;
  }

  private peek(): string | undefined {
    this.take(SPACE);
    return this.source[this.at];
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private refuse(code: string, place: string): void {
    this.flaw ??= new Fault(code, {}, place);
  }

  private malformed(): never {
    throw new Fault("JSON_SYNTAX", { offset: this.at });
  }
}
