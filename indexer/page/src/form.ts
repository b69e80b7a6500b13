/**
 * The form of a page that checks any proof: a code, and the proof's address or file.
 */
import { h } from "./dom.ts";
import { say, type Lang, type Word } from "./words.ts";

/** What somebody asks to have checked. */
export interface Request {
  code: string;
  bundle: string | File;
}

/** Only addresses of the web are fetched. */
export function webAddress(text: string, base: string): string | undefined {
  try {
    const url = new URL(text, base);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Draw the form; `start` receives what was asked once it is whole. */
export function form(lang: Lang, given: { code: string; bundle: string }, start: (asked: Request) => void): HTMLElement {
  const code = h("input", {
    id: "sy-code", name: "code", required: true, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
  }) as HTMLInputElement;
  const url = h("input", { id: "sy-bundle", name: "bundle", type: "url", inputmode: "url", placeholder: "https://" }) as HTMLInputElement;
  const file = h("input", { id: "sy-file", type: "file", accept: ".json,application/json" }) as HTMLInputElement;
  const wrong = h("p", { class: "sy-wrong", role: "alert" });
  const drop = h("label", { class: "sy-drop", for: "sy-file" }, say(lang, "form.file"), file);
  code.value = given.code;
  url.value = given.bundle;
  const refuse = (word: Word): void => { wrong.textContent = say(lang, word); };
  const submit = (chosen: File | undefined): void => {
    const address = webAddress(url.value.trim(), "about:blank");
    if (!code.value.trim()) refuse("form.refused.code");
    else if (chosen) start({ code: code.value.trim(), bundle: chosen });
    else if (!url.value.trim()) refuse("form.refused.bundle");
    else if (!address) refuse("form.refused.url");
    else start({ code: code.value.trim(), bundle: address });
  };
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    submit(event.dataTransfer?.files[0]);
  });
  const made = h("form", { class: "sy-card sy-form", "data-part": "form", novalidate: true },
    h("h1", {}, say(lang, "form.title")),
    h("p", { class: "sy-lead" }, say(lang, "form.lead")),
    h("label", { for: "sy-code" }, say(lang, "form.code")),
    code,
    h("p", { class: "sy-note" }, say(lang, "form.code.hint")),
    h("label", { for: "sy-bundle" }, say(lang, "form.bundle")),
    url,
    drop,
    wrong,
    h("button", { type: "submit", class: "sy-go" }, say(lang, "form.go")));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(file.files?.[0]);
  });
  return made;
}
