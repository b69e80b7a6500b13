/**
 * A tree over a log, in which each leaf can be proven alone (RFC 9162 §2.1); the twin of indexer/core/merkle.py.
 *
 * Sizes go beyond 32 bits, so they are halved by division and never shifted.
 */
import { same, sha, toHex } from "./bytes.ts";
import { Fault } from "./fault.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const LONGEST = 106; // two hashes for each of the 53 bits of a size

export const leafHash = (data: Uint8Array): Uint8Array => sha(LEAF, data);
export const nodeHash = (a: Uint8Array, b: Uint8Array): Uint8Array => sha(NODE, a, b);

/** Hash a tree from its leaf hashes; the empty tree is H(""). */
export function root(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha(new Uint8Array(0));
  let level = [...leaves];
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const pair = level[i + 1];
      above.push(pair ? nodeHash(level[i]!, pair) : level[i]!);
    }
    level = above;
  }
  return level[0]!;
}

/** Check that the leaf hash `leaf` is the `index`-th of the `size` under `expected` (§2.1.3.2). */
export function checkInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  expected: Uint8Array,
): void {
  checkShape([index, size], [leaf, expected], path);
  if (index >= size) throw new Fault("INDEX_BEYOND", { index, size });
  const at = new Edge(index, size - 1, path.length);
  let found = leaf;
  for (const step of path) found = at.climb() ? nodeHash(step, found) : nodeHash(found, step);
  at.checkTop();
  checkSame(found, expected);
}

/** Check that the log (`size`, `newRoot`) extends the log (`oldSize`, `oldRoot`) without changing it (§2.1.4.2). */
export function checkConsistency(
  oldSize: number,
  oldRoot: Uint8Array,
  size: number,
  newRoot: Uint8Array,
  path: readonly Uint8Array[],
): void {
  checkShape([oldSize, size], [oldRoot, newRoot], path);
  if (oldSize > size) throw new Fault("INDEX_BEYOND", { index: oldSize, size });
  if (oldSize === 0 || oldSize === size) {
    if (path.length) throw new Fault("PATH_LENGTH", { length: path.length });
    if (oldSize === 0) checkSame(oldRoot, root([]));
    if (oldSize === size) checkSame(oldRoot, newRoot);
    return;
  }
  const at = new Edge(oldSize - 1, size - 1, path.length);
  at.skipRightEdges();
  const [first, ...steps] = at.node === 0 ? [oldRoot, ...path] : path; // a power of two: its root is the first step
  if (!first) throw new Fault("PATH_LENGTH", { length: path.length });
  let older = first;
  let newer = first;
  for (const step of steps) {
    if (at.climb()) {
      older = nodeHash(step, older);
      newer = nodeHash(step, newer);
    } else {
      newer = nodeHash(newer, step);
    }
  }
  at.checkTop();
  checkSame(older, oldRoot);
  checkSame(newer, newRoot);
}

const odd = (n: number): boolean => n % 2 === 1;

/** A node and the last node of its level, on their way up. */
class Edge {
  node: number;
  last: number;
  readonly length: number;

  constructor(node: number, last: number, length: number) {
    this.node = node;
    this.last = last;
    this.length = length;
  }

  /** Rise over one step of the path and say whether that step stands on the left. */
  climb(): boolean {
    if (this.last === 0) throw new Fault("PATH_LENGTH", { length: this.length });
    const stepIsLeft = odd(this.node) || this.node === this.last;
    if (stepIsLeft) while (!odd(this.node) && this.node !== 0) this.rise();
    this.rise();
    return stepIsLeft;
  }

  skipRightEdges(): void {
    while (odd(this.node)) this.rise();
  }

  checkTop(): void {
    if (this.last !== 0) throw new Fault("PATH_LENGTH", { length: this.length });
  }

  private rise(): void {
    this.node = Math.floor(this.node / 2);
    this.last = Math.floor(this.last / 2);
  }
}

function checkShape(sizes: number[], hashes: Uint8Array[], path: readonly Uint8Array[]): void {
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new Fault("PROOF_MISSHAPEN", { what: "a size or index" });
  }
  if (path.length > LONGEST) throw new Fault("PATH_LENGTH", { length: path.length });
  if (![...hashes, ...path].every((hash) => hash.length === 32)) {
    throw new Fault("PROOF_MISSHAPEN", { what: "a hash" });
  }
}

function checkSame(found: Uint8Array, expected: Uint8Array): void {
  if (!same(found, expected)) {
    throw new Fault("ROOT_DIFFERS", { found: toHex(found), root: toHex(expected) });
  }
}
