/**
 * The page: finds its place in the document, gathers what is needed, checks, and draws what came of it.
 *
 * What a server wrote into the page is only what is seen until then; it is replaced by what was proven (README.md).
 */
import { banner, notice } from "./banner.ts";
import { readBundle, readTrust, type Bundle, type Trust } from "./bundle.ts";
import { read as readCode } from "./code.ts";
import { h } from "./dom.ts";
import { Fault } from "./fault.ts";
import { form, webAddress, type Request } from "./form.ts";
import { history, tell } from "./history.ts";
import { card } from "./product.ts";
import { check } from "./proof.ts";
import { gather } from "./sighting.ts";
import { worst, type Verdict } from "./verdict.ts";
import { say, type Lang, type Word } from "./words.ts";

const TIMEOUT = 15_000;

/** Why nothing could be checked. */
class Trouble extends Error {
  readonly word: Word;

  constructor(word: Word) {
    super(word);
    this.word = word;
  }
}

type Stage =
  | { at: "form" }
  | { at: "checking" }
  | { at: "trouble"; word: Word }
  | { at: "done"; code: string; bundle: Bundle; verdict: Verdict; elapsed: number };

/** Tell whatever stays on the page how the records stand that it rests on. */
function mark(main: HTMLElement, { records, steps }: Verdict): void {
  const answer = worst(steps.map((step) => step.state));
  const found = new Map(records.map((one) => [one.id, one.state]));
  for (const one of main.querySelectorAll<HTMLElement>("[data-records]")) {
    const states = one.dataset["records"]!.split(" ").map((id) => found.get(id) ?? "UNCHECKED");
    one.dataset["state"] = worst([answer, ...states]);
  }
}

class Page {
  private lang: Lang;
  private stage: Stage = { at: "form" };
  private asked: Request | undefined;
  private readonly main: HTMLElement;
  private readonly query = new URLSearchParams(location.search);

  constructor(main: HTMLElement) {
    this.main = main;
    const asked = this.query.get("lang") ?? main.dataset["lang"];
    this.lang = asked === "en" ? "en" : "zh";
    for (const one of document.querySelectorAll("[data-suyuan-lang]")) {
      one.addEventListener("click", (event) => {
        event.preventDefault();
        this.turn();
      });
    }
  }

  start(): void {
    const { code, bundle } = this.main.dataset;
    if (code && bundle) this.asked = { code, bundle };
    else this.asked = this.fromQuery();
    if (this.asked) void this.run();
    else this.show({ at: "form" });
  }

  private fromQuery(): Request | undefined {
    const code = this.query.get("code");
    const bundle = webAddress(this.query.get("bundle") ?? "", "about:blank");
    return code && bundle ? { code, bundle } : undefined;
  }

  private async run(): Promise<void> {
    this.show({ at: "checking" });
    try {
      this.show(await this.judge(this.asked!));
    } catch (error) {
      this.show({ at: "trouble", word: error instanceof Trouble ? error.word : "trouble.ours" });
      if (!(error instanceof Trouble)) throw error;
    }
  }

  private async judge(asked: Request): Promise<Stage> {
    read("trouble.code", () => readCode(asked.code));
    const [[trust, independent], bytes] = await Promise.all([this.trust(), fetched(asked.bundle, "trouble.bundle")]);
    const begun = performance.now();
    const bundle = read("trouble.bundle.misshapen", () => readBundle(bytes));
    const reading = performance.now() - begun;
    const sightings = independent ? await gather(bundle, trust) : [];
    const again = performance.now();
    const verdict = check(bundle, asked.code, trust, sightings);
    return { at: "done", code: asked.code, bundle, verdict, elapsed: reading + performance.now() - again };
  }

  /** Trust from the second party; a copy from elsewhere serves to find alterations, never to confirm. */
  private async trust(): Promise<[trust: Trust, independent: boolean]> {
    const { trust = "", trustFallback } = this.main.dataset;
    try {
      const bytes = await fetched(trust, "trouble.trust");
      return [read("trouble.trust.misshapen", () => readTrust(bytes)), true];
    } catch (error) {
      if (!(error instanceof Trouble) || !trustFallback) throw error;
      const bytes = await fetched(trustFallback, "trouble.trust");
      return [read("trouble.trust.misshapen", () => readTrust(bytes)), false];
    }
  }

  private turn(): void {
    this.lang = this.lang === "zh" ? "en" : "zh";
    const url = new URL(location.href);
    url.searchParams.set("lang", this.lang);
    window.history.replaceState(null, "", url);
    this.show(this.stage);
  }

  private show(stage: Stage): void {
    this.stage = stage;
    const { lang, main } = this;
    document.documentElement.lang = say(lang, "lang.html");
    for (const one of document.querySelectorAll<HTMLElement>("[data-zh][data-en]")) {
      one.textContent = one.dataset[lang] ?? "";
    }
    const done = stage.at === "done";
    const drawn = this.draw(stage);
    // Until something is proven the server's words stay, marked as its own; then they go.
    const kept = [...main.children].filter((one) => one instanceof HTMLElement &&
      !("part" in one.dataset) && one.tagName !== "NOSCRIPT" && (!done || "suyuanKeep" in one.dataset));
    main.classList.add("sy-page");
    main.replaceChildren(...drawn, ...kept);
    main.dataset["stage"] = stage.at;
    main.dataset["verdict"] = done ? stage.verdict.state : stage.at === "trouble" ? "UNCHECKED" : "";
    if (done) {
      main.dataset["elapsedMs"] = stage.elapsed.toFixed(1);
      mark(main, stage.verdict);
    }
  }

  private draw(stage: Stage): HTMLElement[] {
    const { lang } = this;
    const bar = document.querySelector("[data-suyuan-lang]") ? [] : [this.bar()];
    switch (stage.at) {
      case "form":
        return [...bar, this.form()];
      case "checking":
        return [...bar, notice(lang, "CHECKING", "headline.CHECKING", "detail.CHECKING")];
      case "trouble":
        return [...bar, this.trouble(stage.word)];
      case "done": {
        const { bundle, verdict, code } = stage;
        const told = tell(bundle, verdict);
        return [
          ...bar,
          banner(lang, bundle, verdict),
          h("div", { class: "sy-columns", "data-part": "columns" },
            card(lang, code, told), history(lang, told, verdict.missing)),
          this.foot(stage.elapsed),
        ];
      }
    }
  }

  private bar(): HTMLElement {
    const turn = h("button", { type: "button", class: "sy-turn" }, say(this.lang, "lang.other"));
    turn.addEventListener("click", () => this.turn());
    return h("div", { class: "sy-bar", "data-part": "bar" }, turn);
  }

  private form(): HTMLElement {
    const given = { code: this.query.get("code") ?? "", bundle: this.query.get("bundle") ?? "" };
    return form(this.lang, given, (asked) => {
      this.asked = asked;
      void this.run();
    });
  }

  private trouble(word: Word): HTMLElement {
    const { lang } = this;
    const made = notice(lang, "UNCHECKED", word, "trouble.below");
    const again = h("button", { type: "button", class: "sy-go" }, say(lang, "retry"));
    again.addEventListener("click", () => void this.run());
    made.append(h("p", {}, again));
    if (!this.main.dataset["code"]) made.append(this.back());
    return made;
  }

  private back(): HTMLElement {
    const back = h("button", { type: "button", class: "sy-turn" }, say(this.lang, "form.again"));
    back.addEventListener("click", () => this.show({ at: "form" }));
    return back;
  }

  private foot(elapsed: number): HTMLElement {
    const { lang, asked, main } = this;
    const made = h("p", { class: "sy-foot", "data-part": "foot" });
    const bundle = typeof asked?.bundle === "string" ? webAddress(asked.bundle, location.href) : undefined;
    const verifier = webAddress(main.dataset["verifier"] ?? "", location.href);
    if (bundle) made.append(h("a", { href: bundle, download: "suyuan-proof.json" }, say(lang, "proof.download")));
    if (bundle && asked && main.dataset["verifier"] && verifier) {
      const query = new URLSearchParams({ code: asked.code, bundle, lang });
      made.append(h("a", { href: `${verifier}?${query}`, rel: "external" }, say(lang, "proof.elsewhere")));
    }
    if (!main.dataset["code"]) made.append(this.back());
    made.append(h("span", {}, say(lang, "elapsed", { ms: Math.max(1, Math.round(elapsed)) })));
    return made;
  }
}

/** Fetch bytes from the web or a chosen file, or say what could not be had. */
async function fetched(source: string | File, word: Word): Promise<Uint8Array> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    if (source instanceof File) return new Uint8Array(await source.arrayBuffer());
    const url = webAddress(source, location.href);
    if (!url) throw new Trouble(word);
    const response = await fetch(url, {
      headers: { accept: "application/json" }, credentials: "omit", signal: stop.signal,
    });
    if (!response.ok) throw new Trouble(word);
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new Trouble(word);
  } finally {
    clearTimeout(timer);
  }
}

/** Read something from outside, or say in plain words that it is not what it should be. */
function read<T>(word: Word, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Fault) throw new Trouble(word);
    throw error;
  }
}

const main = document.querySelector<HTMLElement>("main[data-suyuan-page]");
if (main) new Page(main).start();
