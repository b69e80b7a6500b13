/**
 * Bytes between text and hashes: hex and base64url read strictly, so that one value has one spelling.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { Fault } from "./fault.ts";

const DIGITS = "0123456789abcdef";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);
export const sha = (...parts: Uint8Array[]): Uint8Array => sha256(concat(...parts));
export const keccak = (...parts: Uint8Array[]): Uint8Array => keccak_256(concat(...parts));

/** Read UTF-8 strictly; a byte order mark stays in the text, where no grammar of ours admits it. */
export function text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Fault("JSON_NOT_UTF8");
  }
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += DIGITS[byte >> 4]! + DIGITS[byte & 15]!;
  return out;
}

/** Read lower-case hex of exactly `length` bytes, or undefined. */
export function fromHex(value: unknown, length: number): Uint8Array | undefined {
  if (typeof value !== "string" || value.length !== length * 2 || /[^0-9a-f]/.test(value)) {
    return undefined;
  }
  return Uint8Array.from({ length }, (_, i) => parseInt(value.slice(2 * i, 2 * i + 2), 16));
}

export function toBase64url(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(4, bytes.length - i + 1);
    for (let d = 0; d < digits; d++) out += ALPHABET[(word >> (18 - 6 * d)) & 63]!;
  }
  return out;
}

/** Read base64url without padding; undefined for anything that does not encode back to itself. */
export function fromBase64url(value: string): Uint8Array | undefined {
  if (value.length % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((value.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const digit of value) {
    const six = ALPHABET.indexOf(digit);
    if (six < 0) return undefined;
    word = ((word << 6) | six) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (word >> bits) & 0xff;
    }
  }
  return (word & ((1 << bits) - 1)) === 0 ? out : undefined;
}

/** Write a whole number big-endian in `width` bytes. */
export const integer = (value: number | bigint, width: number): Uint8Array =>
  fromHex(value.toString(16).padStart(2 * width, "0"), width)!;

/** Pad on the left (numbers, addresses) to a word of 32 bytes. */
export const left = (bytes: Uint8Array): Uint8Array => concat(new Uint8Array(32 - bytes.length), bytes);
/** Pad on the right (bytes16 and the like) to a word of 32 bytes. */
export const right = (bytes: Uint8Array): Uint8Array => concat(bytes, new Uint8Array(32 - bytes.length));

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Read a lower-case hyphenated UUID as its 16 bytes, or undefined. */
export function fromUuid(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || !UUID.test(value)) return undefined;
  return fromHex(value.replace(/-/g, ""), 16);
}

export function toUuid(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Read padded base64 of the standard alphabet; undefined for anything but its one spelling. */
export function fromBase64(value: string): Uint8Array | undefined {
  if (value.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return undefined;
  return fromBase64url(value.replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_"));
}
