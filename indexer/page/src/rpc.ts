/**
 * One party's JSON-RPC endpoint, and the reading of what it answers.
 *
 * An answer comes from a stranger's machine: whatever is not of the shape that was asked for is no answer.
 */
import { concat, fromHex, keccak, toHex, utf8 } from "./bytes.ts";
import { isObject } from "./canonical.ts";

const TIMEOUT = 8000;
const BATCH = 40; // nodes that are open to phones bound what they take at once

export type Call = readonly [method: string, params: readonly unknown[]];
/** One call's result; with the selector of a contract's error, undefined where the call ended in that error. */
export type Answer = (absent?: Uint8Array) => unknown;

/** What a node that does not answer, or not well, comes to: nothing was seen. */
export class NoAnswer extends Error {}

export class Endpoint {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Send calls together; their answers stand in the order of the calls. */
  async batch(calls: readonly Call[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let from = 0; from < calls.length; from += BATCH) {
      answers.push(...(await this.send(calls.slice(from, from + BATCH))));
    }
    return answers;
  }

  private async send(calls: readonly Call[]): Promise<Answer[]> {
    const body = JSON.stringify(calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params })));
    const replies = await this.post(body);
    if (!Array.isArray(replies)) throw new NoAnswer();
    return calls.map((_, id) => reading(replies.find((reply) => isObject(reply) && reply["id"] === id)));
  }

  private async post(body: string): Promise<unknown> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: stop.signal,
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      return await response.json();
    } catch {
      throw new NoAnswer();
    } finally {
      clearTimeout(timer);
    }
  }
}

function reading(reply: unknown): Answer {
  return (absent) => {
    if (!isObject(reply)) throw new NoAnswer();
    if ("result" in reply) return reply["result"];
    const said = JSON.stringify(reply["error"] ?? "");
    if (absent && said.includes("0x" + toHex(absent))) return undefined;
    throw new NoAnswer();
  };
}

export const selector = (signature: string): Uint8Array => keccak(utf8(signature)).subarray(0, 4);
export const eventTopic = (signature: string): Uint8Array => keccak(utf8(signature));

/** A call of a contract's function with one static argument. */
export const view = (contract: Uint8Array, signature: string, argument: Uint8Array): Call => [
  "eth_call",
  [{ to: "0x" + toHex(contract), data: "0x" + toHex(concat(selector(signature), argument)) }, "latest"],
];

export function member(value: unknown, name: string): unknown {
  if (!isObject(value) || !(name in value)) throw new NoAnswer();
  return value[name];
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new NoAnswer();
  return value;
}

/** Read bytes; nodes write hex in either case. */
export function words(value: unknown): Uint8Array {
  const digits = typeof value === "string" && value.startsWith("0x") ? value.slice(2).toLowerCase() : "-";
  const bytes = fromHex(digits, digits.length / 2);
  if (!bytes) throw new NoAnswer();
  return bytes;
}

export function hash(value: unknown): Uint8Array {
  const bytes = words(value);
  if (bytes.length !== 32) throw new NoAnswer();
  return bytes;
}

/** Take one of a result's words of 32 bytes. */
export function word(data: Uint8Array, at: number): Uint8Array {
  const taken = data.subarray(32 * at, 32 * at + 32);
  if (taken.length !== 32) throw new NoAnswer();
  return taken;
}

export function number(bytes: Uint8Array): number {
  const value = bytes.length === 32 ? bytes.reduce((n, byte) => n * 256 + byte, 0) : NaN;
  if (!Number.isSafeInteger(value)) throw new NoAnswer();
  return value;
}

export function quantity(value: unknown): number {
  const known = typeof value === "string" && /^0x[0-9a-fA-F]{1,14}$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(known)) throw new NoAnswer();
  return known;
}
