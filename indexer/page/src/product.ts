/**
 * The product card, made from the master data that was proven and from nothing else.
 */
import { isObject, type Json, type JsonObject } from "./canonical.ts";
import { level, read } from "./code.ts";
import { h, icon } from "./dom.ts";
import { elements } from "./gs1.ts";
import type { Told } from "./history.ts";
import { until, years } from "./safeuse.ts";
import { short } from "./terms.ts";
import { has, listed, plain, say, type Lang, type Word } from "./words.ts";

const ROWS: Word[] = [
  "product.model", "product.brand", "product.category", "product.gasClass", "product.ratedHeatLoadKw",
  "product.ratedPressurePa", "product.efficiencyGrade", "product.specification", "product.standard", "product.cccNumber",
  "product.cccValidUntil", "product.licenceNumber", "product.licenceValidUntil", "product.safeUseYears",
  "product.manufacturer",
];

/** Draw the card of what is proven about the product, or say that nothing is. */
export function card(lang: Lang, code: string, told: readonly Told[]): HTMLElement {
  const stated = told.filter((one) => one.master && !one.verdict.skipped && !one.superseded);
  const best = stated.filter((one) => one.trusted).sort((a, b) => place(a) - place(b)).pop();
  const section = h("section", { class: "sy-card sy-product", "data-part": "product" });
  section.append(h("h2", { class: "sy-over" }, say(lang, "product.title")));
  if (!best) {
    section.append(h("p", { class: "sy-note" }, say(lang, stated.length ? "product.distrusted" : "product.none")));
    section.append(facts(lang, code, {}, told));
    return section;
  }
  const body = best.body;
  section.append(h("p", { class: "sy-name" }, localized(lang, body["name"])), facts(lang, code, body, told));
  const phone = body["servicePhone"];
  if (typeof phone === "string") {
    section.append(
      h("a", { class: "sy-call", href: "tel:" + phone.replace(/[^0-9+]/g, "") }, icon("CALL"),
        say(lang, "product.call", { phone })),
    );
  }
  section.append(h("p", { class: "sy-note" }, say(lang, "product.by", { who: best.who(lang) })));
  return section;
}

const place = (told: Told): number => told.verdict.index ?? Infinity;

function facts(lang: Lang, code: string, body: JsonObject, told: readonly Told[]): HTMLElement {
  const list = h("dl", { class: "sy-facts" });
  const row = (word: Word, value: string): void => {
    if (value) list.append(h("div", {}, h("dt", {}, say(lang, word)), h("dd", {}, value)));
  };
  for (const word of ROWS) row(word, shown(lang, word.replace("product.", ""), body));
  const asked = read(code);
  if (["instance", "unsaid"].includes(level(asked))) row("product.usable", usable(lang, body, told));
  for (const [ai, value] of asked.gs1 ? elements(asked.gs1) : []) row(`ai.${ai}` as Word, value);
  return list;
}

/** Until when it may be used, counted from its earliest sale that is proven and stands. */
function usable(lang: Lang, body: JsonObject, told: readonly Told[]): string {
  const own = told.filter((one) => one.trusted && !one.superseded && !one.about.length);
  const sold = own.filter((one) => short(plain(one.body["bizStep"])) === "retail_selling")
    .map((one) => one.day).sort()[0];
  const [count, declared] = years(body) ?? [];
  const end = sold && count && until(sold, count);
  return end ? say(lang, declared ? "product.declared" : "product.set", { until: end, sold: sold!, years: count! }) : "";
}

function shown(lang: Lang, name: string, body: JsonObject): string {
  const value = body[name];
  if (value === undefined || value === null) return "";
  if (name === "ratedHeatLoadKw") return `${plain(value)} kW`;
  if (name === "ratedPressurePa") return `${plain(value)} Pa`;
  if (name === "safeUseYears") return say(lang, "product.years", { years: plain(value) });
  const category = `category.${plain(value)}`;
  if (name === "category" && has(category)) return say(lang, category);
  return localized(lang, value);
}

/** A text, or the reader's one of several by language. */
function localized(lang: Lang, value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return listed(lang, value.map((one) => localized(lang, one)));
  if (!isObject(value)) return plain(value);
  return localized(lang, value[lang] ?? value["zh"] ?? value["en"]);
}
