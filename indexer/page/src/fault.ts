/**
 * What is wrong with something that came from outside: a stable code, the place, and the facts.
 *
 * The codes are those of indexer/core; src/words.ts says them in plain words.
 */
export type Facts = Record<string, unknown>;

export class Fault extends Error {
  readonly code: string;
  readonly place: string;
  readonly facts: Facts;

  constructor(code: string, facts: Facts = {}, place = "") {
    super(code + (place && " at " + place));
    this.code = code;
    this.place = place;
    this.facts = facts;
  }
}
