/**
 * What an event says beyond who, when and where: measured values in a table, and its other plain facts.
 */
import { isObject, type Json, type JsonObject } from "./canonical.ts";
import { h } from "./dom.ts";
import { DETAILS, MEASURES, short, term, UNITS } from "./terms.ts";
import { plain, say, type Lang } from "./words.ts";

/** A table of the event's sensor reports, if there are any that say something. */
export function measures(lang: Lang, body: JsonObject): HTMLElement | undefined {
  const rows = list(body["sensorElementList"]).flatMap((element) => list(element["sensorReport"]))
    .map((report) => [label(lang, report), value(lang, report)])
    .filter(([name, said]) => name && said);
  if (!rows.length) return undefined;
  return h("table", { class: "sy-measures" },
    h("caption", {}, say(lang, "measure.title")),
    h("thead", {}, h("tr", {},
      h("th", { scope: "col" }, say(lang, "measure.type")), h("th", { scope: "col" }, say(lang, "measure.value")))),
    h("tbody", {}, rows.map(([name, said]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, said)))));
}

/** What an event states under names of its maker's own (prefix:name), in the event and in its master data. */
export function details(lang: Lang, body: JsonObject): [name: string, value: string][] {
  const master = isObject(body["ilmd"]) ? body["ilmd"] : {};
  return [...Object.entries(master), ...Object.entries(body)]
    .filter(([name, said]) => name.includes(":") && name !== "suyuan:topic" && !isObject(said) && !Array.isArray(said) && said !== null)
    .map(([name, said]) => [term(DETAILS, name, lang), worded(lang, said)]);
}

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function label(lang: Lang, report: JsonObject): string {
  const own = Object.entries(report).find(([name]) => /:(?:item|name)$/.test(name))?.[1];
  if (typeof own === "string" && lang === "zh") return own;
  const type = report["type"] ?? report["exception"];
  const of = report["chemicalSubstance"] ?? report["component"] ?? own;
  const named = typeof type === "string" ? term(MEASURES, type, lang) : "";
  return typeof of === "string" ? `${named} (${term(MEASURES, of, lang)})` : named;
}

function value(lang: Lang, report: JsonObject): string {
  const uom = report["uom"];
  const unit = typeof uom === "string" ? (UNITS[short(uom)] ?? uom) : "";
  const said = report["value"] ?? report["stringValue"] ?? report["booleanValue"] ?? report["meanValue"];
  const { minValue: least, maxValue: most } = report;
  const number = said !== undefined ? worded(lang, said) : least !== undefined ? `${plain(least)} – ${plain(most)}` : "";
  return number && unit ? `${number} ${unit}` : number;
}

function worded(lang: Lang, value: Json): string {
  if (typeof value === "boolean") return say(lang, value ? "yes" : "no");
  return plain(value);
}
