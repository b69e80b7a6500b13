/**
 * The two signature checks the page needs, over the curves' own arithmetic: recovery on secp256k1, Ed25519 verification.
 *
 * The libraries' ready-made schemes bring signing, key generation and other encodings along, a fifth of the whole page.
 * Both checks are short, and the core's vectors hold them.
 */
import { edwards } from "@noble/curves/abstract/edwards.js";
import { weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, same } from "./bytes.ts";

// SEC 2, section 2.4.1
const K = weierstrass(
  {
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn,
    n: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
    h: 1n,
    a: 0n,
    b: 7n,
    Gx: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
    Gy: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
  },
  // The curve's endomorphism halves the doublings (Gallant, Lambert, Vanstone): a quarter less time for a recovery.
  {
    endo: {
      beta: 0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501een,
      basises: [
        [0x3086d221a7d46bcde86c90e49284eb15n, -0xe4437ed6010e88286f547fa90abfe4c3n],
        [0x114ca50f7a8e2f3f657c1108d9d44cfd8n, 0x3086d221a7d46bcde86c90e49284eb15n],
      ],
    },
  },
);
// RFC 8032, section 5.1
const P = 2n ** 255n - 19n;
const E = edwards({
  p: P,
  n: 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn,
  h: 8n,
  a: P - 1n,
  d: 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
  Gx: 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
  Gy: 0x6666666666666666666666666666666666666666666666666666666666666658n,
});

export const ORDER = K.Fn.ORDER;

const littleEndian = (bytes: Uint8Array): bigint => bigEndian(bytes.slice().reverse());
export const bigEndian = (bytes: Uint8Array): bigint =>
  bytes.reduce((n, byte) => (n << 8n) | BigInt(byte), 0n);

/**
 * The uncompressed public key (65 bytes) that signed a hash (SEC 1, section 4.1.6), or undefined if there is none.
 *
 * `r` and `s` are in their ranges and `odd` is the parity of the nonce's point; what overflows the order is not admitted.
 */
export function recover(hash: Uint8Array, r: bigint, s: bigint, odd: boolean): Uint8Array | undefined {
  try {
    const nonce = K.fromBytes(concat(Uint8Array.of(odd ? 3 : 2), K.Fp.toBytes(r)));
    const inverse = K.Fn.inv(r);
    const key = K.BASE.mulAddUnsafe(K.Fn.create(-bigEndian(hash) * inverse), nonce, K.Fn.create(s * inverse));
    key.assertValidity();
    return key.toBytes(false);
  } catch {
    return undefined; // no point has that coordinate, or the key is the point at infinity
  }
}

/**
 * Whether an Ed25519 signature holds (RFC 8032, section 5.1.7), strictly encoded and without the cofactor, as OpenSSL
 * checks it: with the cofactor a key's owner could make notes that hold for one reader and not for the other.
 */
export function holds(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    const nonce = signature.subarray(0, 32);
    const a = E.fromBytes(key);
    const s = littleEndian(signature.subarray(32));
    const challenge = E.Fn.create(littleEndian(sha512(concat(nonce, key, message))));
    if (s >= E.Fn.ORDER || a.isSmallOrder()) return false;
    return same(E.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(challenge)).toBytes(), nonce);
  } catch {
    return false; // the key is no point
  }
}
