/**
 * Concealed fields put back for a reader who was given them (RFC 9901); the twin of indexer/core/disclosure.py's reveal.
 */
import { fromBase64url, sha, toBase64url, utf8 } from "./bytes.ts";
import { decode, isObject, type Json, type JsonObject } from "./canonical.ts";
import { Fault } from "./fault.ts";

const LIMIT = 1000;
const DEEPEST = 32;
const MEMBERS = "_sd";
const ELEMENT = "...";
const ALGORITHM = "_sd_alg";

const fault = (reason: string): Fault => new Fault("DISCLOSURE", { reason });

/** Hash a disclosure as the body names it. */
export const digest = (disclosure: string): string => toBase64url(sha(utf8(disclosure)));

/**
 * Put disclosed fields back, strictly: every digest once, every disclosure used, no name twice.
 *
 * With `partial`, what no disclosure opens is left out; without, it is refused.
 */
export function reveal(body: JsonObject, disclosures: readonly string[], partial = false): JsonObject {
  if (disclosures.length > LIMIT) throw fault("there are more than 1,000");
  const revelation = new Revelation(byDigest(disclosures), partial);
  if (ALGORITHM in body && body[ALGORITHM] !== "sha-256") throw fault("they use another hash than SHA-256");
  const { [ALGORITHM]: _, ...rest } = body;
  const event = revelation.members(rest, 1);
  if (revelation.unused()) throw fault("one of them belongs to no digest");
  return event;
}

function byDigest(disclosures: readonly string[]): Map<string, Json[]> {
  const found = new Map<string, Json[]>();
  for (const text of disclosures) {
    const name = digest(text);
    if (found.has(name)) throw fault("one of them is there twice");
    found.set(name, fields(text));
  }
  return found;
}

function fields(text: string): Json[] {
  let value: Json = null;
  try {
    const bytes = fromBase64url(text);
    if (bytes) value = decode(bytes);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  if (!Array.isArray(value) || value.length < 2 || value.length > 3 || typeof value[0] !== "string") {
    throw fault("one of them is malformed");
  }
  return value.slice(1);
}

class Revelation {
  private readonly met = new Set<string>();
  private readonly disclosures: Map<string, Json[]>;
  private readonly partial: boolean;

  constructor(disclosures: Map<string, Json[]>, partial: boolean) {
    this.disclosures = disclosures;
    this.partial = partial;
  }

  unused(): boolean {
    return [...this.disclosures.keys()].some((name) => !this.met.has(name));
  }

  members(value: JsonObject, depth: number): JsonObject {
    // A disclosed value may hold digests again; without a limit a chain of them would outgrow the stack.
    if (depth > DEEPEST) throw fault("what they reveal is nested too deep");
    if (ELEMENT in value || ALGORITHM in value) throw fault("a reserved name stands where it may not");
    const made = Object.create(null) as JsonObject;
    for (const name of Object.keys(value)) {
      if (name !== MEMBERS) made[name] = this.value(value[name]!, depth + 1);
    }
    const digests = MEMBERS in value ? value[MEMBERS] : [];
    if (!Array.isArray(digests)) throw fault("a list of digests is none");
    for (const one of digests) this.member(made, this.open(one, 2), depth);
    return made;
  }

  private member(made: JsonObject, opened: Json[] | undefined, depth: number): void {
    if (!opened) return;
    const [name, item] = opened as [Json, Json];
    if (typeof name !== "string" || [MEMBERS, ELEMENT, ALGORITHM].includes(name) || name in made) {
      throw fault("a disclosed name is reserved or there twice");
    }
    made[name] = this.value(item, depth + 1);
  }

  private elements(value: Json[], depth: number): Json[] {
    if (depth > DEEPEST) throw fault("what they reveal is nested too deep");
    const made: Json[] = [];
    for (const item of value) {
      if (!isObject(item) || !(ELEMENT in item)) {
        made.push(this.value(item, depth + 1));
        continue;
      }
      if (Object.keys(item).length > 1) throw fault("a concealed element has members beside its digest");
      const opened = this.open(item[ELEMENT]!, 1);
      if (opened) made.push(this.value(opened[0]!, depth + 1));
    }
    return made;
  }

  private value(value: Json, depth: number): Json {
    if (Array.isArray(value)) return this.elements(value, depth);
    return isObject(value) ? this.members(value, depth) : value;
  }

  private open(named: Json, size: number): Json[] | undefined {
    if (typeof named !== "string") throw fault("a digest is none");
    if (this.met.has(named)) throw fault("a digest is there twice");
    this.met.add(named);
    const opened = this.disclosures.get(named);
    if (!opened && !this.partial) throw fault("a digest is not opened");
    if (opened && opened.length !== size) throw fault("a member is disclosed as an element, or the reverse");
    return opened;
  }
}
