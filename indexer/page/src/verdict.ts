/**
 * What checking came to; the twin of indexer/core/verdict.py, byte for byte once canonical.
 */
import type { Gap } from "./bundle.ts";
import type { Json, JsonObject } from "./canonical.ts";

/** Worst first. */
export const STATES = ["ALTERED", "MISSING", "UNKNOWN", "UNCHECKED", "PENDING", "VERIFIED"] as const;
export type State = (typeof STATES)[number];

/** One thing that was checked; `reason` is null exactly when it is VERIFIED. */
export interface Step {
  name: string;
  state: State;
  reason: string | null;
  facts: JsonObject;
}

/** How one record stands. Of a kind we do not know, or amending without the right to, it is proven and skipped. */
export interface RecordVerdict {
  id: string;
  index: number | null;
  kind: number | null;
  skipped: boolean;
  state: State;
  steps: Step[];
}

/** What a later record says of an earlier one, beside the verdict. */
export interface Notice {
  notice: "AMENDED" | "WITHDRAWN" | "ERASED";
  record: string;
  by: string;
  participant: string;
  reason: string | null;
}

export interface Verdict {
  format: "suyuan/verdict/v1";
  state: State;
  code: string;
  steps: Step[];
  records: RecordVerdict[];
  missing: Gap[];
  notices: Notice[];
}

export const worst = (states: readonly State[]): State =>
  STATES.find((state) => states.includes(state)) ?? "VERIFIED";

export const step = (
  name: string,
  state: State,
  reason: string | null = null,
  facts: Record<string, Json> = {},
): Step => ({ name, state, reason, facts });

/** Whether a record speaks of the asked code itself, and not only of the class that it is of. */
const speaks = (record: RecordVerdict): boolean =>
  !record.skipped &&
  record.steps.some(({ name, facts }) => name === "code" && (facts.by ?? "CLASS") !== "CLASS");

/**
 * Put a verdict together; UNKNOWN where nothing speaks of the code itself. Otherwise what is said of a whole class would
 * vouch for any serial number somebody makes up.
 */
export function verdict(
  code: string, steps: Step[], records: RecordVerdict[], missing: Gap[], notices: Notice[],
): Verdict {
  const counted = records.filter((record) => !record.skipped).map((record) => record.state);
  const rest: State[] = missing.length ? ["MISSING"] : records.some(speaks) ? [] : ["UNKNOWN"];
  const state = worst([...steps.map((one) => one.state), ...rest, ...counted]);
  return { format: "suyuan/verdict/v1", state, code, steps, records, missing, notices };
}
