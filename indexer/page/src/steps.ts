/**
 * What was checked and how it came out, each step in plain words with its facts for who wants to follow it by hand.
 */
import type { Entry } from "./bundle.ts";
import type { Json } from "./canonical.ts";
import { h, icon } from "./dom.ts";
import { FACTS, REASONS, WAYS } from "./reasons.ts";
import type { RecordVerdict, State, Step } from "./verdict.ts";
import { has, listed, moment, plain, quoted, say, type Lang } from "./words.ts";

/** A state as colour, shape and word together. */
export function badge(lang: Lang, state: State | "CHECKING"): HTMLElement {
  return h("span", { class: "sy-badge", "data-state": state }, icon(state), say(lang, `state.${state}`));
}

/** A record's steps, folded away. */
export const unfolded = (lang: Lang, verdict: RecordVerdict, entry: Entry): HTMLElement =>
  h("details", { class: "sy-fold", open: verdict.state === "ALTERED" },
    h("summary", {}, say(lang, "steps.title")), steps(lang, verdict.steps.map((step) => lengthened(step, entry))));

/** A step with the length of the path that was climbed, for who does the sum by hand. */
function lengthened(step: Step, entry: Entry): Step {
  const path = step.name === "signature" ? entry.submissionPath : step.name === "inclusion" && entry.logged?.path;
  return path ? { ...step, facts: { ...step.facts, length: path.length } } : step;
}

export const steps = (lang: Lang, list: readonly Step[]): HTMLElement =>
  h("ol", { class: "sy-steps" }, list.map((step) => item(lang, step)));

function item(lang: Lang, step: Step): HTMLElement {
  const name = `step.${step.name}`;
  const facts = h("dl", {}, Object.entries(step.facts).map(([key, value]) => fact(lang, key, value)));
  return h("li", { "data-step": step.name, "data-state": step.state },
    icon(step.state),
    h("div", {},
      h("p", { class: "sy-step" }, has(name) ? say(lang, name) : step.name, " ",
        h("span", { class: "sy-state" }, say(lang, `state.${step.state}`))),
      h("p", { class: "sy-says" }, said(lang, step), step.reason && reason(lang, step.reason)),
      facts.firstChild && h("details", { class: "sy-facts-fold" },
        h("summary", {}, say(lang, "steps.facts")), facts)));
}

function said(lang: Lang, step: Step): string {
  const key = `say.${step.name}.${step.state}`;
  const parties = step.facts["parties"];
  const name = step.facts["name"];
  const facts = {
    parties: Array.isArray(parties) ? quoted(lang, listed(lang, parties.map(plain))) : "",
    name: quoted(lang, plain(name ?? step.facts["participant"])),
  };
  return has(key) ? say(lang, key, facts) : say(lang, "say.other", { state: say(lang, `state.${step.state}`) });
}

function reason(lang: Lang, code: string): HTMLElement {
  const known = REASONS[code];
  const words = known ? known[lang === "zh" ? 0 : 1] : code;
  return h("span", { class: "sy-reason", "data-reason": code }, " ", say(lang, "because", { reason: words }));
}

function fact(lang: Lang, key: string, value: Json): HTMLElement | HTMLElement[] {
  if (value === null) return [];
  if (key === "block" && typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value).map(([name, one]) => fact(lang, `block.${name}`, one)).flat();
  }
  const label = FACTS[key]?.[lang === "zh" ? 0 : 1] ?? key;
  return h("div", {}, h("dt", {}, label), h("dd", {}, shown(lang, key, value)));
}

function shown(lang: Lang, key: string, value: Json): string {
  if (key === "by") return WAYS[plain(value)]?.[lang === "zh" ? 0 : 1] ?? plain(value);
  if (typeof value === "boolean") return say(lang, value ? "yes" : "no");
  if (key === "block.time" && typeof value === "number") return moment(new Date(value * 1000));
  if (key === "at" && typeof value === "number") return moment(new Date(value * 1000));
  if (key === "receivedAt" && typeof value === "number") return moment(new Date(value));
  const status = `status.${plain(value)}`;
  if (key === "status" && has(status)) return say(lang, status);
  return Array.isArray(value) ? listed(lang, value.map(plain)) : plain(value);
}
