/**
 * From one product to all that belongs to its story: what it was made of, what was made of it, and what held it; the
 * twin of indexer/core/walk.py, which says why.
 */
import type { Naming } from "./event.ts";
import { after, FIRST, key, LAST, links, process, type Link, type Statement } from "./link.ts";

type Span = readonly [start: string, end: string];
type Spans = readonly Span[];
/** A code, and whether it was reached as the holder of something that was reached. */
interface State {
  code: string;
  holder: boolean;
  step: number;
  spans: Spans;
}

/** One thing or process: in how many steps each way, and when what happens to it belongs to the story. */
export interface Reached {
  back: number | null;
  forward: number | null;
  held: boolean;
  spans: Spans;
}

/** What was reached, by code, and the links that led there. */
export interface Walk {
  things: Map<string, Reached>;
  links: Link[];
}

export type Direction = "back" | "forward" | "both";

const EVER: Spans = [[FIRST, LAST]];
const isProcess = (code: string): boolean => code.startsWith(process(""));

/** Walk from a canonical code. */
export function walk(asked: string, direction: Direction, statements: readonly Statement[]): Walk {
  const made = links(statements);
  const ways = (["back", "forward"] as const).filter((one) => direction === one || direction === "both")
    .map((one) => new Way(one === "back", made).follow(asked));
  const states = ways.flatMap((way) => [...way.states.values()].map((state) => ({ way, state })));
  const things = new Map<string, Reached>();
  for (const { way, state } of states) {
    const { code, step, holder } = state;
    const one = things.get(code) ?? { back: null, forward: null, held: true, spans: [] };
    const side = way.back ? "back" : "forward";
    one[side] = Math.min(one[side] ?? step, step);
    one.held &&= holder;
    one.spans = joined([...one.spans, ...way.story(state)]);
    things.set(code, one);
  }
  return { things, links: made.filter((link) => ways.some((way) => way.used.has(link))) };
}

/** List what an event names of the story: what was reached then, or at all where a link hangs on the event. */
export function named({ things, links }: Walk, record: number, at: string | undefined, names: readonly Naming[]): string[] {
  const proves = links.some((link) => link.records.has(record));
  return names.filter((one) => {
    const reached = things.get(key(one));
    return reached && (proves || (at !== undefined && cut(reached.spans, at, after(at)).length > 0));
  }).map((one) => one.code);
}

class Way {
  readonly back: boolean;
  readonly states = new Map<string, State>();
  readonly used = new Set<Link>();
  private readonly outward = new Map<string, Link[]>();
  private readonly inward = new Map<string, Link[]>();

  constructor(back: boolean, made: readonly Link[]) {
    this.back = back;
    const add = (to: Map<string, Link[]>, code: string, link: Link): void =>
      void (to.get(code) ?? to.set(code, []).get(code)!).push(link);
    for (const link of made) {
      add(this.outward, link.inner, link);
      add(this.inward, link.outer, link);
    }
  }

  follow(asked: string): this {
    let fresh = this.grow(new Map([[asked, { code: asked, holder: false, step: 0, spans: [...EVER] }]]), 0);
    for (let step = 1; fresh.length; step++) {
      const grown = this.step(fresh, step);
      const past = this.step(grown.filter((one) => isProcess(one.code)), step);
      fresh = [...new Set([...grown.filter((one) => !isProcess(one.code)), ...past])];
    }
    return this;
  }

  /** When what happens to it counts: of parts all before, of products all after, of holders their while. */
  story({ holder, spans }: State): Spans {
    if (holder) return spans;
    return [this.back ? [FIRST, spans[spans.length - 1]![1]] : [spans[0]![0], LAST]];
  }

  private step(states: readonly State[], step: number): State[] {
    const found = new Map<string, State>();
    for (const state of states) {
      for (const [link, code, holder, spans] of this.next(state)) {
        if (!spans.length) continue;
        this.used.add(link);
        const name = (holder ? "in " : "") + code;
        const before = found.get(name)?.spans ?? [];
        found.set(name, { code, holder, step, spans: [...before, ...spans] });
      }
    }
    return this.grow(found, step);
  }

  private grow(found: Map<string, State>, step: number): State[] {
    return [...found].flatMap(([name, { code, holder, spans }]) => {
      const before = this.states.get(name);
      const after = joined([...(before?.spans ?? []), ...spans]);
      if (before && JSON.stringify(after) === JSON.stringify(before.spans)) return [];
      const state = before ?? { code, holder, step, spans };
      state.spans = after;
      this.states.set(name, state);
      return [state];
    });
  }

  private *next(state: State): Generator<[Link, string, boolean, Spans]> {
    const { code, holder, spans } = state;
    const { back } = this;
    const story = this.story(state);
    for (const link of this.outward.get(code) ?? []) {
      const { outer, way, since, until } = link;
      if (way === "packing" || (way === "association" && !back)) yield [link, outer, true, cut(story, since, until)];
      else if (!back && way === "lot" && !holder) yield [link, outer, false, cut(spans, since, LAST)];
      else if (!back && way === "composition" && cut(story, since, after(since)).length) {
        yield [link, outer, false, isProcess(outer) ? EVER : [[since, LAST]]];
      }
    }
    for (const link of this.inward.get(code) ?? []) {
      const { inner, way, since, until } = link;
      if (way === "packing" || way === "association") {
        if (!holder && (back || way === "packing")) yield [link, inner, false, cut(spans, since, until)];
      } else if (back && way === "lot") yield [link, inner, false, spans];
      else if (back && since < spans[spans.length - 1]![1]) {
        yield [link, inner, false, isProcess(inner) ? EVER : [[since, after(since)]]];
      }
    }
  }
}

/** What of these spans lies in another. */
const cut = (spans: Spans, since: string, until: string): Spans =>
  spans.filter(([start, end]) => start < until && since < end)
    .map(([start, end]) => [start > since ? start : since, end < until ? end : until] as const);

/** Spans in order, those that touch made one. */
function joined(spans: Spans): Spans {
  const found: [string, string][] = [];
  for (const [start, end] of [...spans].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const last = found[found.length - 1];
    if (!last || start > last[1]) found.push([start, end]);
    else if (end > last[1]) last[1] = end;
  }
  return found;
}
