/**
 * The product's history: one item for each record, drawn from the content that was judged.
 *
 * What an altered or foreign record says is shown folded away and called what it is; it never becomes part of the story.
 */
import type { Bundle, Entry, Gap } from "./bundle.ts";
import { isObject, type Json, type JsonObject } from "./canonical.ts";
import { reveal } from "./disclosure.ts";
import { read } from "./code.ts";
import { h } from "./dom.ts";
import { isVoid } from "./event.ts";
import { Fault } from "./fault.ts";
import { isMaster } from "./amending.ts";
import { AMENDMENT, EVENT, MASTER_DATA } from "./record.ts";
import { details, measures } from "./measures.ts";
import { badge, unfolded } from "./steps.ts";
import { CONDITIONS, ERRORS, STEPS, term } from "./terms.ts";
import { listed, moment, plain, quoted, say, type Lang, type Word } from "./words.ts";
import { worst, type Notice, type RecordVerdict, type State, type Verdict } from "./verdict.ts";

const KINDS: Record<number, Word> = {
  [EVENT]: "history.event", [MASTER_DATA]: "history.masterData",
  3: "history.amendment", 4: "history.withdrawal", 5: "history.erasure",
};

/** One record as the page tells it. */
export class Told {
  readonly entry: Entry;
  readonly verdict: RecordVerdict;
  readonly body: JsonObject;
  /** How it stands: no better than the answer it came in, for its proof ends at that answer's anchor. */
  readonly state: State;
  /** What later records say of it, and what it says of an earlier one. */
  readonly notices: readonly Notice[];
  readonly says: Notice | undefined;

  constructor(entry: Entry, verdict: RecordVerdict, answer: State, notices: readonly Notice[]) {
    this.entry = entry;
    this.verdict = verdict;
    this.notices = notices.filter((one) => one.record === entry.id);
    this.says = notices.find((one) => one.by === entry.id);
    this.state = worst([verdict.state, answer === "ALTERED" ? "UNCHECKED" : answer]);
    this.body = opened(entry);
  }

  /** Whether what it says may be told as part of this product's story. */
  get trusted(): boolean {
    return this.verdict.state !== "ALTERED" && this.verdict.state !== "UNKNOWN";
  }

  /** Whether it declares itself an error. */
  get void(): boolean {
    return this.verdict.kind === EVENT && isVoid(this.body);
  }

  /** Whether a later record took its place or took it back, or it never counted. */
  get superseded(): boolean {
    return this.void || this.notices.some((one) => one.notice !== "ERASED");
  }

  get master(): boolean {
    return isMaster(this.verdict.kind, this.body);
  }

  /** What else of the product's story it speaks of; nothing where it names the product itself. */
  get about(): string[] {
    const { by, codes } = this.verdict.steps.find((step) => step.name === "code")?.facts ?? {};
    return by === "LINK" ? (codes as string[]) : [];
  }

  /** When it happened, as it says itself; what does not say is as old as its receipt. */
  get time(): Date {
    const said = this.body["eventTime"];
    const time = new Date(typeof said === "string" ? said : this.entry.receivedAt);
    return Number.isNaN(time.getTime()) ? new Date(this.entry.receivedAt) : time;
  }

  /** The day on which it happened, where it happened, as YYYY-MM-DD. */
  get day(): string {
    const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(plain(this.body["eventTimeZoneOffset"])) ?? [, "+", 8, 0];
    const shift = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return new Date(this.time.getTime() + (sign === "-" ? -shift : shift)).toISOString().slice(0, 10);
  }

  fact(name: string): Json | undefined {
    return this.verdict.steps.find((step) => step.name === "key")?.facts[name];
  }

  /** Who stated it, by the name that the second party's chain gives. */
  who(lang: Lang): string {
    const name = this.fact("name");
    if (typeof name === "string" && name) return name;
    return say(lang, "signer.unconfirmed", { id: plain(this.fact("participant")).slice(-12) });
  }

  title(lang: Lang): string {
    if (this.verdict.state === "ALTERED") return say(lang, "history.altered");
    if (this.verdict.skipped) return say(lang, this.verdict.kind === AMENDMENT ? "history.meddled" : "history.skipped");
    if (this.verdict.state === "UNKNOWN") return say(lang, "history.foreign");
    return this.claimed(lang);
  }

  claimed(lang: Lang): string {
    const step = this.body["bizStep"];
    if (typeof step !== "string") return say(lang, KINDS[this.verdict.kind ?? EVENT] ?? "history.event");
    const what = term(STEPS, step, lang);
    if (this.verdict.kind === EVENT) return what;
    if (this.verdict.kind === AMENDMENT) return say(lang, "history.corrected", { what });
    return say(lang, KINDS[this.verdict.kind ?? EVENT] ?? "history.event");
  }
}

function opened(entry: Entry): JsonObject {
  const body = isObject(entry.content["body"]) ? entry.content["body"] : {};
  try {
    return reveal(body, entry.disclosures, true);
  } catch (error) {
    if (error instanceof Fault) return body;
    throw error;
  }
}

/** Every record in the order of the product's life: what it is first, then what happened to it. */
export function tell(bundle: Bundle, verdict: Verdict): Told[] {
  const answer = worst(verdict.steps.map((step) => step.state));
  const told = bundle.records.map((entry, i) => new Told(entry, verdict.records[i]!, answer, verdict.notices));
  const at = (one: Told): number => (one.master ? 0 : one.time.getTime());
  return told.sort((a, b) => at(a) - at(b));
}

/** Draw the whole history. */
export function history(lang: Lang, told: readonly Told[], missing: readonly Gap[]): HTMLElement {
  const list = h("ol", { class: "sy-history history" });
  const gaps = [...missing];
  for (const one of told) {
    // Of a gap nothing is known but its place in the log, so it goes before the first record that came later.
    for (const gap of gaps.filter((each) => before(each, one))) list.append(gone(lang, gaps.splice(gaps.indexOf(gap), 1)[0]!));
    list.append(item(lang, one, told));
  }
  for (const gap of gaps) list.append(gone(lang, gap));
  const empty = !told.length && !missing.length && h("p", { class: "sy-note" }, say(lang, "history.none"));
  return h("section", { class: "sy-card", "data-part": "history" },
    h("h2", { class: "sy-over" }, say(lang, "history.title")), empty, list);
}

const before = (gap: Gap, told: Told): boolean =>
  gap.index !== null && told.trusted && told.verdict.kind === EVENT && gap.index < (told.verdict.index ?? Infinity);

function item(lang: Lang, told: Told, all: readonly Told[]): HTMLElement {
  const { verdict, entry } = told;
  const made = h("li", { class: "sy-item", "data-record": verdict.id, "data-state": told.state });
  if (told.superseded) made.dataset["superseded"] = "";
  made.append(
    h("div", { class: "sy-head" },
      h("h3", {}, told.title(lang)),
      badge(lang, told.state)),
  );
  if (told.trusted) {
    const time = moment(told.time);
    made.prepend(h("time", { class: "sy-when", datetime: told.time.toISOString() },
      "eventTime" in told.body ? time : say(lang, "history.registered", { time })));
    made.append(...amendments(lang, told, all), ...story(lang, told));
  }
  made.append(h("div", { class: "sy-folds" }, unfolded(lang, verdict, entry), original(lang, told)));
  if (!told.trusted) made.append(h("p", { class: "sy-id" }, say(lang, "history.id", { id: entry.id })));
  return made;
}

/** What later records say of this one, and what this one does to an earlier. */
function amendments(lang: Lang, told: Told, all: readonly Told[]): HTMLElement[] {
  const reason = (said: Json | undefined): string =>
    typeof said === "string" ? term(ERRORS, said, lang) : say(lang, "notice.unsaid");
  const why = (one: Notice): string => reason(one.reason);
  const who = (id: string): string => quoted(lang, all.find((one) => one.entry.id === id)?.who(lang) ?? "");
  const { says, verdict } = told;
  const own = says && h("p", { class: "sy-note" },
    say(lang, `amends.${verdict.kind}` as Word, { who: who(says.by), reason: why(says) }));
  const declared = told.body["errorDeclaration"];
  return [
    ...(told.void ? [h("p", { class: "sy-notice", "data-notice": "VOID" },
      say(lang, "notice.VOID", { reason: reason(isObject(declared) ? declared["reason"] : undefined) }))] : []),
    ...told.notices.map((one) => h("p", { class: "sy-notice", "data-notice": one.notice },
      say(lang, `notice.${one.notice}`, { who: who(one.by), reason: why(one) }))),
    ...(own ? [own] : []),
  ];
}

/** Of a record that speaks of something else in the product's story, what that is. */
function about(lang: Lang, { about: codes }: Told): HTMLElement[] {
  if (!codes.length) return [];
  const names = codes.map((code) => read(code).gs1?.extension || read(code).gs1?.value || code);
  const what = listed(lang, names.slice(0, 3)) + (names.length > 3 ? " …" : "");
  return [h("p", { class: "sy-note" }, say(lang, "history.about", { what }))];
}

function story(lang: Lang, told: Told): HTMLElement[] {
  const { body } = told;
  const rows: [string, string][] = [];
  const disposition = body["disposition"];
  if (typeof disposition === "string") rows.push([say(lang, "history.disposition"), term(CONDITIONS, disposition, lang)]);
  rows.push(...details(lang, body));
  const where = place(body["bizLocation"]) || place(body["readPoint"]);
  if (where) rows.push([say(lang, "history.where"), where]);
  const facts = h("dl", { class: "sy-facts" }, rows.map(([name, said]) => h("div", {}, h("dt", {}, name), h("dd", {}, said))));
  const table = measures(lang, body);
  return [...about(lang, told), signer(lang, told), ...(rows.length ? [facts] : []), ...(table ? [table] : [])];
}

function signer(lang: Lang, told: Told): HTMLElement {
  const name = told.fact("name");
  const made = h("div", { class: "sy-who" }, h("p", { class: "sy-party" }, told.who(lang)));
  if (typeof name === "string" && name) {
    const who = quoted(lang, name);
    made.append(h("p", { class: "sy-note" }, say(lang, told.fact("custodial") ? "signer.platform" : "signer.own", { who })));
  }
  if (told.fact("status") === "suspended") made.append(h("p", { class: "sy-note" }, say(lang, "signer.suspended")));
  return made;
}

const place = (value: Json | undefined): string => {
  const id = isObject(value) ? value["id"] : undefined;
  return typeof id === "string" ? id.replace(/^https:\/\/id\.gs1\.org\/414\//, "GLN ").replace(/^urn:epc:id:sgln:/, "SGLN ") : "";
};

/** The record's own text, folded away; what is not proven is called so. */
function original(lang: Lang, told: Told): HTMLElement {
  const concealed = closed(told.entry);
  return h("details", { class: "sy-fold" },
    h("summary", {}, say(lang, told.trusted ? "history.content" : "history.distrusted")),
    !told.trusted && h("p", { class: "sy-note" }, told.claimed(lang) + " · " + moment(told.time)),
    concealed > 0 && h("p", { class: "sy-note" }, say(lang, "history.concealed", { count: concealed })),
    h("pre", { tabindex: 0 }, JSON.stringify(told.trusted ? told.body : told.entry.content, null, 2)));
}

/** How many fields of a body stay closed to this reader. */
function closed(entry: Entry): number {
  const count = (value: Json): number => {
    if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + count(one), 0);
    if (!isObject(value)) return 0;
    const own = (Array.isArray(value["_sd"]) ? value["_sd"].length : 0) + ("..." in value ? 1 : 0);
    return Object.values(value).reduce<number>((sum, one) => sum + count(one), own);
  };
  return Math.max(0, count(entry.content) - entry.disclosures.length);
}

function gone(lang: Lang, gap: Gap): HTMLElement {
  return h("li", { class: "sy-item", "data-record": gap.id, "data-state": "MISSING" },
    h("div", { class: "sy-head" },
      h("h3", {}, say(lang, "history.missing")), badge(lang, "MISSING")),
    h("p", { class: "sy-id" }, say(lang, "history.id", { id: gap.id })));
}
