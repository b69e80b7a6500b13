/**
 * The answer in one sentence, large, with what it means and what it does not.
 */
import type { Bundle } from "./bundle.ts";
import { h, icon } from "./dom.ts";
import { badge, steps } from "./steps.ts";
import type { State, Verdict } from "./verdict.ts";
import { listed, moment, plain, quoted, say, type Lang, type Word } from "./words.ts";

/** What the banner says where there is no verdict: while computing, or when nothing could be computed. */
export function notice(lang: Lang, state: State | "CHECKING", headline: Word, detail: Word): HTMLElement {
  return frame(lang, state, say(lang, headline), say(lang, detail));
}

/** The banner of a verdict. */
export function banner(lang: Lang, bundle: Bundle, verdict: Verdict): HTMLElement {
  const { state } = verdict;
  const bad = verdict.records.filter((one) => !one.skipped && one.state === state).length +
    (state === "MISSING" ? verdict.missing.length : 0);
  const count = verdict.records.filter((one) => !one.skipped).length;
  const made = frame(lang, state, say(lang, headline(state, bad), { bad, count }), say(lang, `detail.${state}`, {
    parties: quoted(lang, listed(lang, parties(verdict))),
  }));
  if (verdict.notices.length) {
    const count = new Set(verdict.notices.map((one) => one.record)).size;
    made.append(h("p", { class: "sy-detail", "data-part": "notices" }, say(lang, "notice.some", { count })));
  }
  const anchor = bundle.anchor;
  if (anchor && state === "VERIFIED") {
    const time = moment(new Date(anchor.block.time * 1000));
    made.append(h("p", { class: "sy-anchor" }, say(lang, "detail.anchor", { time, block: anchor.block.number })));
  }
  made.append(
    h("div", { class: "sy-proves" },
      h("h2", {}, say(lang, "proves.title")),
      h("p", {}, say(lang, "proves.yes")),
      h("p", {}, say(lang, "proves.no"))),
    h("details", { class: "sy-fold" },
      h("summary", {}, say(lang, "steps.answer")), steps(lang, verdict.steps)),
  );
  return made;
}

function frame(lang: Lang, state: State | "CHECKING", headline: string, detail: string): HTMLElement {
  return h("section", {
    class: "sy-banner", "data-part": "verdict", "data-state": state, role: "status", "aria-live": "polite",
  },
    h("div", { class: "sy-seal" }, icon(state)),
    h("div", {}, badge(lang, state), h("p", { class: "sy-headline" }, headline)),
    h("p", { class: "sy-detail" }, detail));
}

function headline(state: State, bad: number): Word {
  if (state === "ALTERED" && !bad) return "headline.ALTERED.answer";
  if (state === "UNKNOWN" && bad) return "headline.UNKNOWN.records";
  if (state === "PENDING" && !bad) return "headline.PENDING.answer";
  return `headline.${state}`;
}

function parties(verdict: Verdict): string[] {
  const named = verdict.steps.find((step) => step.name === "anchor")?.facts["parties"];
  return Array.isArray(named) ? named.map(plain) : [];
}
