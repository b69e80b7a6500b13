/**
 * Saying things in the reader's language.
 */
import type { Json } from "./canonical.ts";
import { EN } from "./en.ts";
import { ZH } from "./zh.ts";

export type Lang = "zh" | "en";
export type Word = keyof typeof ZH;

export const WORDS: Record<Lang, Record<string, string>> = { zh: ZH, en: EN };

/** Whether there is a word for a key that was put together at run time. */
export const has = (key: string): key is Word => key in ZH;

/** Say something, with its blanks filled in. */
export function say(lang: Lang, key: Word, facts: Record<string, string | number> = {}): string {
  return WORDS[lang][key]!.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ""));
}

/** Put a name between quotation marks of the language. */
export const quoted = (lang: Lang, name: string): string => (lang === "zh" ? `“${name}”` : name);

/** Any value as text; objects as the JSON they are. */
export const plain = (value: Json | undefined): string =>
  typeof value === "object" ? (value === null ? "" : JSON.stringify(value)) : value === undefined ? "" : String(value);

/** Join names as the language does. */
export const listed = (lang: Lang, names: string[]): string => names.join(lang === "zh" ? "、" : ", ");

/** A time in the reader's zone, with the zone's offset: 2026-11-20 14:05 (UTC+08:00). */
export function moment(time: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const offset = -time.getTimezoneOffset();
  const zone = (offset < 0 ? "−" : "+") + two(Math.floor(Math.abs(offset) / 60)) + ":" + two(Math.abs(offset) % 60);
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())} (UTC${zone})`;
}
