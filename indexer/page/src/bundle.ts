/**
 * A bundle, the trust to judge it by, and sightings, each read from JSON into a shape and nothing more; the twin of
 * indexer/core/bundle.py and trust.py.
 */
import { At } from "./at.ts";
import { toHex, toUuid } from "./bytes.ts";
import { decode, type JsonObject } from "./canonical.ts";
import { verifier, type Verifier } from "./checkpoint.ts";
import { Fault } from "./fault.ts";
import type { Signed } from "./record.ts";

const DEEPEST = 32;
const AROUND_CONTENT = 3; // a content may be as deep as JSON is admitted; bundle, list and entry lie around it

export interface Anchor {
  number: number;
  oldSize: number;
  size: number;
  root: string;
  transaction: string;
  block: { number: number; hash: string; time: number };
}

export interface Entry {
  id: string;
  content: JsonObject;
  disclosures: string[];
  submission: Signed;
  position: number;
  submissionPath: Uint8Array[];
  receivedAt: number;
  logged: { index: number; path: Uint8Array[] } | null;
  approval: { at: number; signature: Uint8Array } | null;
}

export interface Gap {
  id: string;
  index: number | null;
}

export interface Bundle {
  origin: string;
  checkpoint: string | null;
  anchor: Anchor | null;
  records: Entry[];
  missing: Gap[];
}

export interface Log {
  origin: string;
  key: Verifier;
  operator: string;
}

export interface Trust {
  chainId: number;
  genesis: string;
  traceLog: Uint8Array;
  participants: Uint8Array;
  logs: Log[];
  finality: "immediate" | "finalized" | number;
  rpc: { party: string; url: string }[];
}

export interface KeySeen {
  participant: string;
  custodial: boolean;
  admitted: number;
  revoked: number | null;
}

export interface ParticipantSeen {
  name: string;
  creditCode: string;
  status: "admitted" | "suspended";
}

export interface Sighting {
  format: "suyuan/sighting/v1";
  party: string;
  chainId: number;
  genesis: string;
  final: number;
  anchor: Anchor | null;
  closed: number | null;
  keys: Record<string, KeySeen>;
  participants: Record<string, ParticipantSeen>;
  approvers: string[];
  carried: number;
}

/** Read a bundle; a Fault names the place of what is amiss. */
export function readBundle(bytes: Uint8Array): Bundle {
  const at = new At(decode(bytes, DEEPEST + AROUND_CONTENT));
  at.get("format").word("suyuan/bundle/v1");
  return {
    origin: at.get("origin").text(),
    checkpoint: at.get("checkpoint").orNull((note) => note.text()),
    anchor: at.get("anchor").orNull(readAnchor),
    records: at.get("records").items().map(readEntry),
    missing: at.get("missing").items().map((gap) => ({
      id: toUuid(gap.get("id").uuid()),
      index: gap.get("index").orNull((index) => index.number()),
    })),
  };
}

function readEntry(at: At): Entry {
  const index = at.get("index");
  const path = at.get("path");
  const signed = at.get("submission");
  return {
    id: toUuid(at.get("id").uuid()),
    content: at.get("content").members(),
    disclosures: at.get("disclosures").items().map((one) => one.text()),
    submission: {
      participant: signed.get("participant").uuid(),
      key: signed.get("key").hex(20),
      sequence: signed.get("sequence").number(),
      count: signed.get("count").number(1, 2 ** 32 - 1),
      root: signed.get("root").hex(32),
      signature: signed.get("signature").hex(65),
    },
    position: at.get("position").number(),
    submissionPath: at.get("submissionPath").hashes(),
    receivedAt: at.get("receivedAt").number(),
    // Half a place in the log is a mistake of whoever wrote the file.
    logged: index.isNull() && path.isNull() ? null : { index: index.number(), path: path.hashes() },
    approval: at.get("approval").orNull((one) => ({
      at: one.get("at").number(), signature: one.get("signature").hex(65),
    })),
  };
}

function readAnchor(at: At): Anchor {
  const block = at.get("block");
  return {
    number: at.get("number").number(),
    oldSize: at.get("oldSize").number(),
    size: at.get("size").number(),
    root: toHex(at.get("root").hex(32)),
    transaction: toHex(at.get("transaction").hex(32)),
    block: {
      number: block.get("number").number(),
      hash: toHex(block.get("hash").hex(32)),
      time: block.get("time").number(),
    },
  };
}

/** Read trust settings; a Fault names the place of what is amiss. */
export function readTrust(bytes: Uint8Array): Trust {
  const at = new At(decode(bytes));
  at.get("format").word("suyuan/trust/v1");
  const finality = at.get("finality");
  at.get("witnesses").items().forEach((one) => one.text());
  return {
    chainId: at.get("chainId").number(),
    genesis: toHex(at.get("genesis").hex(32)),
    traceLog: at.get("traceLog").hex(20),
    participants: at.get("participants").hex(20),
    logs: at.get("logs").items().map((log) => ({
      origin: log.get("origin").text(),
      key: readKey(log.get("key")),
      operator: log.get("operator").text(),
    })),
    finality: typeof finality.value === "number" ? finality.number() : finality.word("immediate", "finalized"),
    rpc: at.get("rpc").items().map((one) => ({ party: one.get("party").text(), url: one.get("url").text() })),
  };
}

function readKey(at: At): Verifier {
  try {
    return verifier(at.text());
  } catch {
    throw new Fault("EVIDENCE_MISSHAPEN", { wanted: "a note's verifier key" }, at.place);
  }
}

/** Read a sighting that was written down elsewhere. */
export function readSighting(bytes: Uint8Array): Sighting {
  const at = new At(decode(bytes));
  const number = (one: At): number => one.number();
  return {
    format: at.get("format").word("suyuan/sighting/v1"),
    party: at.get("party").text(),
    chainId: at.get("chainId").number(),
    genesis: toHex(at.get("genesis").hex(32)),
    final: at.get("final").number(),
    anchor: at.get("anchor").orNull(readAnchor),
    closed: at.get("closed").orNull(number),
    keys: Object.fromEntries(at.get("keys").named().map(([key, one]) => [toHex(new At(key, one.place).hex(20)), {
      participant: toUuid(one.get("participant").uuid()),
      custodial: one.get("custodial").flag(),
      admitted: one.get("admitted").number(),
      revoked: one.get("revoked").orNull(number),
    }])),
    participants: Object.fromEntries(at.get("participants").named().map(([id, one]) => [
      toUuid(new At(id, one.place).uuid()),
      {
        name: one.get("name").text(true),
        creditCode: one.get("creditCode").text(true),
        status: one.get("status").word("admitted", "suspended"),
      },
    ])),
    approvers: at.get("approvers").items().map((one) => toHex(one.hex(20))),
    carried: at.get("carried").number(),
  };
}
