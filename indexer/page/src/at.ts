/**
 * A value of some JSON from outside together with its place, so that whatever is amiss is named.
 */
import { fromHex, fromUuid } from "./bytes.ts";
import { escape, isObject, type Json, type JsonObject } from "./canonical.ts";
import { Fault } from "./fault.ts";

export class At {
  readonly value: Json;
  readonly place: string;

  constructor(value: Json, place = "") {
    this.value = value;
    this.place = place;
  }

  /** Step to a member that must be there. */
  get(name: string): At {
    const members = this.members();
    if (!(name in members)) throw new Fault("EVIDENCE_MISSHAPEN", {}, this.place + escape(name));
    return new At(members[name]!, this.place + escape(name));
  }

  isNull(): boolean {
    return this.value === null;
  }

  /** Read what may be null with `read`. */
  orNull<T>(read: (at: At) => T): T | null {
    return this.isNull() ? null : read(this);
  }

  members(): JsonObject {
    return isObject(this.value) ? this.value : this.wrong("an object");
  }

  named(): [string, At][] {
    return Object.entries(this.members()).map(([name, item]) => [name, new At(item, this.place + escape(name))]);
  }

  items(most = Infinity): At[] {
    if (!Array.isArray(this.value) || this.value.length > most) return this.wrong("an array");
    return this.value.map((item, i) => new At(item, this.place + escape(i)));
  }

  text(empty = false): string {
    return typeof this.value === "string" && (this.value || empty) ? this.value : this.wrong("a text");
  }

  word<T extends string>(...words: T[]): T {
    return words.includes(this.value as T) ? (this.value as T) : this.wrong(words.join(" or "));
  }

  flag(): boolean {
    return typeof this.value === "boolean" ? this.value : this.wrong("true or false");
  }

  number(least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.value;
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      return this.wrong("a whole number in range");
    }
    return value;
  }

  hex(length: number): Uint8Array {
    return fromHex(this.value, length) ?? this.wrong(`${length} bytes in lower-case hex`);
  }

  /** Read a path: at most 64 hashes, for no log is so long that it needed more. */
  hashes(): Uint8Array[] {
    return this.items(64).map((item) => item.hex(32));
  }

  uuid(): Uint8Array {
    return fromUuid(this.value) ?? this.wrong("a UUID");
  }

  private wrong(wanted: string): never {
    throw new Fault("EVIDENCE_MISSHAPEN", { wanted }, this.place);
  }
}
