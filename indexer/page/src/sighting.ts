/**
 * What one party's node says about a bundle's anchor and signers; the twin of indexer/chain/sighting.py.
 *
 * It only asks and writes down. Whether the answers hold up is decided by witnesses.ts, which does no input or output.
 */
import type { Anchor, Bundle, KeySeen, ParticipantSeen, Sighting, Trust } from "./bundle.ts";
import { concat, fromHex, fromUuid, left, right, toHex, toUuid } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { digest } from "./record.ts";
import { Endpoint, eventTopic, hash, list, member, NoAnswer, number, quantity, selector, view, word, words } from "./rpc.ts";
import { approvalHash, logId, recover } from "./submission.ts";

export const SIGNATURES = {
  anchored: "Anchored(bytes32,uint64,uint64,uint64,bytes32)",
  logOf: "logOf(bytes32)",
  keyOf: "keyOf(address)",
  participantOf: "participantOf(bytes16)",
  served: "served(bytes32,address)",
  unknown: "TraceLogUnknown(bytes32)",
};
const STATUS = ["unknown", "admitted", "suspended"] as const;

/** Ask every party the trust settings name, at the same time; who does not answer well is left out. */
export async function gather(bundle: Bundle, trust: Trust): Promise<Sighting[]> {
  const seen = await Promise.all(
    trust.rpc.map(({ party, url }) =>
      sight(bundle, trust, party, new Endpoint(url)).catch((error: unknown) => {
        if (error instanceof NoAnswer) return undefined;
        throw error;
      })),
  );
  return seen.filter((sighting) => sighting !== undefined);
}

async function sight(bundle: Bundle, trust: Trust, party: string, node: Endpoint): Promise<Sighting> {
  const log = logId(bundle.origin);
  const keys = [...new Set(bundle.records.map((record) => toHex(record.submission.key)))].sort();
  const ids = [...new Set(bundle.records.map((record) => toUuid(record.submission.participant)))].sort();
  const approvers = signers(bundle);
  const answers = await node.batch([
    ["eth_chainId", []],
    ["eth_getBlockByNumber", ["0x0", false]],
    ["eth_getBlockByNumber", ["latest", false]],
    ...(trust.finality === "finalized" ? [["eth_getBlockByNumber", ["finalized", false]] as const] : []),
    ...(bundle.anchor ? [["eth_getTransactionReceipt", ["0x" + bundle.anchor.transaction]] as const] : []),
    view(trust.traceLog, SIGNATURES.logOf, log),
    ...keys.map((key) => view(trust.participants, SIGNATURES.keyOf, left(fromHex(key, 20)!))),
    ...ids.map((id) => view(trust.participants, SIGNATURES.participantOf, right(fromUuid(id)!))),
    ...approvers.map((one) => view(trust.traceLog, SIGNATURES.served, concat(log, left(fromHex(one, 20)!)))),
  ]);
  const next = (): unknown => answers.shift()!();
  const chainId = quantity(next());
  const genesis = toHex(hash(member(next(), "hash")));
  const seen: Sighting = {
    format: "suyuan/sighting/v1", party, chainId, genesis, final: 0, anchor: null, closed: null, keys: {}, participants: {},
    approvers: [], carried: 0,
  };
  // Another chain has nothing of ours: that it is another is all there is to say.
  if (chainId !== trust.chainId || genesis !== trust.genesis) return seen;
  const latest = quantity(member(next(), "number"));
  seen.final = final(trust, latest, trust.finality === "finalized" ? next() : null);
  if (bundle.anchor) seen.anchor = await anchorOf(next(), bundle.anchor, trust, log, node);
  const state = answers.shift()!(selector(SIGNATURES.unknown));
  seen.closed = closing(state);
  seen.carried = state === undefined ? 0 : number(word(words(state), 10));
  for (const key of keys) Object.assign(seen.keys, keyOf(key, words(next())));
  for (const id of ids) Object.assign(seen.participants, participantOf(id, words(next())));
  for (const one of approvers) if (number(word(words(next()), 0))) seen.approvers.push(one);
  return seen;
}

/** Who signed the bundle's approvals, each once. */
function signers(bundle: Bundle): string[] {
  const found = bundle.records.flatMap(({ approval, content }) => {
    if (!approval) return [];
    try {
      const said = { log: logId(bundle.origin), digest: digest(content), at: approval.at };
      return [toHex(recover(approvalHash(said), approval.signature))];
    } catch (error) {
      if (error instanceof Fault) return [];
      throw error;
    }
  });
  return [...new Set(found)].sort();
}

function final(trust: Trust, latest: number, finalized: unknown): number {
  if (typeof trust.finality === "number") return Math.max(0, latest - trust.finality);
  if (trust.finality === "immediate") return latest;
  return finalized === null ? 0 : Math.min(latest, quantity(member(finalized, "number")));
}

/** Find the anchor in a receipt, if its block is one of the node's chain. */
async function anchorOf(
  receipt: unknown, { transaction, number: claimed }: Anchor, trust: Trust, log: Uint8Array, node: Endpoint,
): Promise<Anchor | null> {
  if (receipt === null || toHex(hash(member(receipt, "transactionHash"))) !== transaction) return null;
  const topics = [toHex(eventTopic(SIGNATURES.anchored)), toHex(log)];
  const anchors = list(member(receipt, "logs")).filter((entry) => {
    const about = list(member(entry, "topics")).map((topic) => toHex(hash(topic)));
    return toHex(words(member(entry, "address"))) === toHex(trust.traceLog) &&
      about.length === 3 && topics.every((topic, i) => topic === about[i]);
  });
  const numbered = (entry: unknown): number => number(hash(list(member(entry, "topics"))[2]));
  // A contract that operates a log may anchor it more than once in a transaction.
  const found = anchors.find((entry) => numbered(entry) === claimed) ?? anchors[0];
  if (!found) return null;
  const [answer] = await node.batch([["eth_getBlockByNumber", [member(receipt, "blockNumber"), false]]]);
  const block = answer!();
  const blockHash = toHex(hash(member(receipt, "blockHash")));
  if (block === null || toHex(hash(member(block, "hash"))) !== blockHash) return null;
  const data = words(member(found, "data"));
  return {
    number: numbered(found),
    oldSize: number(word(data, 0)),
    size: number(word(data, 1)),
    root: toHex(word(data, 2)),
    transaction,
    block: {
      number: quantity(member(block, "number")),
      hash: blockHash,
      time: quantity(member(block, "timestamp")),
    },
  };
}

/** LogState is eleven static words: the seventh says whether the log has ended, the eighth up to where it counts. */
function closing(answer: unknown): number | null {
  if (answer === undefined) return null; // the contract knows no such log
  const data = words(answer);
  return number(word(data, 6)) ? number(word(data, 7)) : null;
}

function keyOf(key: string, data: Uint8Array): Record<string, KeySeen> {
  const participant = word(data, 0).subarray(0, 16);
  if (participant.every((byte) => byte === 0)) return {};
  return {
    [key]: {
      participant: toUuid(participant),
      custodial: number(word(data, 1)) !== 0,
      admitted: number(word(data, 2)),
      revoked: number(word(data, 3)) ? number(word(data, 4)) : null,
    },
  };
}

function participantOf(id: string, data: Uint8Array): Record<string, ParticipantSeen> {
  const status = STATUS[number(word(data, 2))];
  if (status === undefined) throw new NoAnswer();
  return status === "unknown" ? {} : { [id]: { name: string(data, 0), creditCode: string(data, 1), status } };
}

function string(data: Uint8Array, at: number): string {
  const start = number(word(data, at));
  const length = number(data.subarray(start, start + 32));
  const bytes = data.subarray(start + 32, start + 32 + length);
  if (bytes.length !== length) throw new NoAnswer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new NoAnswer();
  }
}
