/**
 * The product card, made from the master data that was proven and from nothing else.
 */
import { isObject, type Json, type JsonObject } from "./canonical.ts";
import { read } from "./code.ts";
import { h, icon } from "./dom.ts";
import { elements } from "./gs1.ts";
import type { Told } from "./history.ts";
import { has, listed, plain, say, type Lang, type Word } from "./words.ts";

const ROWS: Word[] = [
  "product.model", "product.brand", "product.category", "product.gasClass", "product.ratedHeatLoadKw",
  "product.standard", "product.cccNumber", "product.safeUseYears", "product.manufacturer",
];

/** Draw the card of what is proven about the product, or say that nothing is. */
export function card(lang: Lang, code: string, told: readonly Told[]): HTMLElement {
  const stated = told.filter((one) => one.master && !one.verdict.skipped && !one.superseded);
  const best = stated.filter((one) => one.trusted).sort((a, b) => place(a) - place(b)).pop();
  const section = h("section", { class: "sy-card sy-product", "data-part": "product" });
  section.append(h("h2", { class: "sy-over" }, say(lang, "product.title")));
  if (!best) {
    section.append(h("p", { class: "sy-note" }, say(lang, stated.length ? "product.distrusted" : "product.none")));
    section.append(facts(lang, code, {}));
    return section;
  }
  const body = best.body;
  section.append(h("p", { class: "sy-name" }, localized(lang, body["name"])), facts(lang, code, body));
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

function facts(lang: Lang, code: string, body: JsonObject): HTMLElement {
  const list = h("dl", { class: "sy-facts" });
  const row = (word: Word, value: string): void => {
    if (value) list.append(h("div", {}, h("dt", {}, say(lang, word)), h("dd", {}, value)));
  };
  for (const word of ROWS) row(word, shown(lang, word.replace("product.", ""), body));
  const key = read(code).gs1;
  for (const [ai, value] of key ? elements(key) : []) row(`ai.${ai}` as Word, value);
  return list;
}

function shown(lang: Lang, name: string, body: JsonObject): string {
  const value = body[name];
  if (value === undefined || value === null) return "";
  if (name === "ratedHeatLoadKw") return `${plain(value)} kW`;
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
