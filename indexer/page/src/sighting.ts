/**
 * What one party's node says about a bundle's anchor and keys; the twin of indexer/chain/sighting.py.
 *
 * It only asks and writes down. Whether the answers hold up is decided by proof.ts, which does no input or output.
 */
import { concat, fromHex, fromUuid, keccak, left, right, toHex, toUuid, utf8 } from "./bytes.ts";
import type { Anchor, Bundle, KeySeen, ParticipantSeen, Sighting, Trust } from "./bundle.ts";
import { logId } from "./submission.ts";

const TIMEOUT = 8000;
const BATCH = 40;

const selector = (signature: string): Uint8Array => keccak(utf8(signature)).subarray(0, 4);
export const ABI = {
  anchored: "Anchored(bytes32,uint64,uint64,uint64,bytes32)",
  logOf: "logOf(bytes32)",
  keyOf: "keyOf(address)",
  participantOf: "participantOf(bytes16)",
};
const STATUS = ["unknown", "admitted", "suspended"] as const;

type Call = [method: string, params: unknown[]];
type Reply = Record<string, unknown>;

/** Thrown for whatever a node does not answer well; the caller then has no sighting of that party. */
class NoAnswer extends Error {}

/** Ask every party the trust settings name, at the same time; who does not answer is left out. */
export async function gather(bundle: Bundle, trust: Trust, ask: typeof fetch = fetch): Promise<Sighting[]> {
  const seen = await Promise.all(
    trust.rpc.map(({ party, url }) => sight(bundle, trust, party, new Node(url, ask)).catch(() => undefined)),
  );
  return seen.filter((sighting) => sighting !== undefined);
}

async function sight(bundle: Bundle, trust: Trust, party: string, node: Node): Promise<Sighting> {
  const log = logId(bundle.origin);
  const keys = [...new Set(bundle.records.map((record) => toHex(record.submission.key)))];
  const ids = [...new Set(bundle.records.map((record) => toUuid(record.submission.participant)))];
  const claimed = bundle.anchor;
  const calls: Call[] = [
    ["eth_chainId", []],
    ["eth_getBlockByNumber", ["0x0", false]],
    ["eth_getBlockByNumber", [trust.finality === "finalized" ? "finalized" : "latest", false]],
    view(trust.traceLog, ABI.logOf, log),
    ...keys.map((key) => view(trust.participants, ABI.keyOf, left(fromHex(key, 20)!))),
    ...ids.map((id) => view(trust.participants, ABI.participantOf, right(fromUuid(id)!))),
  ];
  if (claimed) calls.push(["eth_getTransactionReceipt", ["0x" + claimed.transaction]]);
  const [chainId, genesis, head, state, ...rest] = await node.batch(calls);
  const depth = typeof trust.finality === "number" ? trust.finality : 0;
  const receipt = claimed ? rest[rest.length - 1] : null;
  const anchor = receipt ? await anchorOf(receipt as Reply, trust, log, node) : null;
  return {
    format: "suyuan/sighting/v1",
    party,
    chainId: quantity(chainId),
    genesis: toHex(hash((genesis as Reply)?.["hash"])),
    final: Math.max(0, quantity((head as Reply)?.["number"]) - depth),
    anchor,
    closed: closing(words(state)),
    keys: Object.fromEntries(keys.map((key, i) => [key, keyOf(words(rest[i]))]).filter(([, key]) => key)),
    participants: Object.fromEntries(
      ids.map((id, i) => [id, participantOf(words(rest[keys.length + i]))]).filter(([, one]) => one),
    ),
  };
}

/** Find the anchor in a receipt whose block the node counts among its chain's. */
async function anchorOf(receipt: Reply, trust: Trust, log: Uint8Array, node: Node): Promise<Anchor | null> {
  const topic = "0x" + toHex(keccak(utf8(ABI.anchored)));
  const logs = (Array.isArray(receipt["logs"]) ? receipt["logs"] : []) as Reply[];
  const found = logs.find((entry) => {
    const topics = entry["topics"] as unknown[];
    return lower(entry["address"]) === "0x" + toHex(trust.traceLog) && topics[0] === topic &&
      topics[1] === "0x" + toHex(log);
  });
  if (!found) return null;
  const [block] = (await node.batch([["eth_getBlockByNumber", [receipt["blockNumber"], false]]])) as [Reply];
  if (!block || lower(block["hash"]) !== lower(receipt["blockHash"])) return null;
  const data = words(found["data"]);
  return {
    number: number(hash((found["topics"] as unknown[])[2])),
    oldSize: number(word(data, 0)),
    size: number(word(data, 1)),
    root: toHex(word(data, 2)),
    transaction: toHex(hash(receipt["transactionHash"])),
    block: {
      number: quantity(block["number"]),
      hash: toHex(hash(block["hash"])),
      time: quantity(block["timestamp"]),
    },
  };
}

/** LogState is ten static words; the seventh says whether the log has ended, the eighth where. */
const closing = (data: Uint8Array): number | null => (number(word(data, 6)) ? number(word(data, 7)) : null);

function keyOf(data: Uint8Array): KeySeen | undefined {
  const participant = word(data, 0).subarray(0, 16);
  if (participant.every((byte) => byte === 0)) return undefined;
  return {
    participant: toUuid(participant),
    custodial: number(word(data, 1)) === 1,
    admitted: number(word(data, 2)),
    revoked: number(word(data, 3)) ? number(word(data, 4)) : null,
  };
}

function participantOf(data: Uint8Array): ParticipantSeen | undefined {
  const status = STATUS[number(word(data, 2))];
  if (status === undefined || status === "unknown") return undefined;
  return { name: string(data, 0), creditCode: string(data, 1), status };
}

const view = (contract: Uint8Array, signature: string, argument: Uint8Array): Call => [
  "eth_call",
  [{ to: "0x" + toHex(contract), data: "0x" + toHex(concat(selector(signature), argument)) }, "latest"],
];

function string(data: Uint8Array, at: number): string {
  const start = number(word(data, at));
  const length = number(data.subarray(start, start + 32));
  const bytes = data.subarray(start + 32, start + 32 + length);
  if (bytes.length !== length) throw new NoAnswer();
  return new TextDecoder().decode(bytes);
}

function word(data: Uint8Array, at: number): Uint8Array {
  if (data.length < 32 * (at + 1)) throw new NoAnswer();
  return data.subarray(32 * at, 32 * at + 32);
}

function number(bytes: Uint8Array): number {
  const value = bytes.length === 32 ? bytes.reduce((n, byte) => n * 256 + byte, 0) : NaN;
  if (!Number.isSafeInteger(value)) throw new NoAnswer();
  return value;
}

function quantity(value: unknown): number {
  const known = typeof value === "string" && /^0x[0-9a-fA-F]{1,14}$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(known)) throw new NoAnswer();
  return known;
}

function words(value: unknown): Uint8Array {
  const digits = lower(value).slice(2);
  const bytes = digits.length % 2 ? undefined : fromHex(digits, digits.length / 2);
  if (!bytes) throw new NoAnswer();
  return bytes;
}

function hash(value: unknown): Uint8Array {
  const bytes = words(value);
  if (bytes.length !== 32) throw new NoAnswer();
  return bytes;
}

const lower = (value: unknown): string => (typeof value === "string" ? value.toLowerCase() : "");

/** One party's JSON-RPC endpoint. */
class Node {
  private readonly url: string;
  private readonly ask: typeof fetch;

  constructor(url: string, ask: typeof fetch) {
    this.url = url;
    this.ask = ask;
  }

  /** Send calls together and return their results in order; one error is no answer at all. */
  async batch(calls: Call[]): Promise<unknown[]> {
    const results: unknown[] = [];
    for (let from = 0; from < calls.length; from += BATCH) {
      results.push(...(await this.send(calls.slice(from, from + BATCH))));
    }
    return results;
  }

  private async send(calls: Call[]): Promise<unknown[]> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const response = await this.ask.call(undefined, this.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }))),
        signal: stop.signal,
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      const replies = (await response.json()) as Reply[];
      return calls.map((_, id) => {
        const reply = Array.isArray(replies) ? replies.find((one) => one["id"] === id) : undefined;
        if (!reply || reply["error"] || !("result" in reply)) throw new NoAnswer();
        return reply["result"];
      });
    } finally {
      clearTimeout(timer);
    }
  }
}
