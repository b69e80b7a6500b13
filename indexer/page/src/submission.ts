/**
 * Who states it: EIP-712 packed by hand, and the address that signed; the twin of indexer/core/submission.py.
 */
import { integer, keccak, left, right, utf8 } from "./bytes.ts";
import { bigEndian, ORDER, recover as recovered } from "./curves.ts";
import { Fault } from "./fault.ts";

const hashed = (text: string): Uint8Array => keccak(utf8(text));
const word = (value: number): Uint8Array => left(integer(value, 8));

const SEPARATOR = keccak(
  hashed("EIP712Domain(string name,string version)"), hashed("Suyuan"), hashed("1"),
);
const SUBMISSION = hashed(
  "Submission(bytes32 log,bytes16 participant,uint64 sequence,uint32 count,bytes32 root)",
);
const APPROVAL = hashed("Approval(bytes32 log,bytes32 digest,uint64 at)");
const RECEIPT = hashed(
  "Receipt(bytes32 log,bytes16 participant,address key,uint64 sequence,uint32 count,bytes32 root," +
    "uint64 receivedAt,uint64 anchorBy)",
);

export interface Submission {
  log: Uint8Array;
  participant: Uint8Array;
  sequence: number;
  count: number;
  root: Uint8Array;
}

export interface Receipt extends Submission {
  key: Uint8Array;
  receivedAt: number;
  anchorBy: number;
}

/** Name a log on chain by its origin line. */
export const logId = (origin: string): Uint8Array => hashed(origin);

const seal = (...words: Uint8Array[]): Uint8Array =>
  keccak(Uint8Array.of(0x19, 0x01), SEPARATOR, keccak(...words));

/** Hash a submission to the 32 bytes that its participant signs. */
export const submissionHash = (s: Submission): Uint8Array =>
  seal(SUBMISSION, s.log, right(s.participant), word(s.sequence), word(s.count), s.root);

/** Hash a receipt to the 32 bytes that the log's receipt key signs. */
export const receiptHash = (r: Receipt): Uint8Array =>
  seal(
    RECEIPT, r.log, right(r.participant), left(r.key), word(r.sequence), word(r.count), r.root,
    word(r.receivedAt), word(r.anchorBy),
  );

/** Hash an approval to the 32 bytes that the log's operator signs; `at` is in seconds. */
export const approvalHash = (a: { log: Uint8Array; digest: Uint8Array; at: number }): Uint8Array =>
  seal(APPROVAL, a.log, a.digest, word(a.at));

/** Find the address whose key signed; only r‖s‖v with low s and v 27 or 28 is a signature. */
export function recover(signingHash: Uint8Array, signature: Uint8Array): Uint8Array {
  const malformed = (reason: string): Fault => new Fault("SIGNATURE_MISSHAPEN", { reason });
  if (signature.length !== 65) throw malformed("it is not 65 bytes long");
  const v = signature[64]!;
  if (v !== 27 && v !== 28) throw malformed("v is neither 27 nor 28");
  const r = bigEndian(signature.subarray(0, 32));
  const s = bigEndian(signature.subarray(32, 64));
  if (s === 0n || s > ORDER / 2n) throw malformed("s is not in the lower half");
  if (r === 0n || r >= ORDER) throw malformed("r is out of range");
  const key = recovered(signingHash, r, s, v === 28);
  if (!key) throw malformed("no key makes it");
  return keccak(key.subarray(1)).subarray(12);
}
