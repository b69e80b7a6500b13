/**
 * From one product to all that belongs to its story: what it was made of, what was made of it, and what held it; the
 * twin of indexer/core/walk.py, which says why.
 *
 * A bundle is small, so all links are gone over until nothing grows; the result is the same least set of spans.
 */
import type { Naming } from "./event.ts";
import { after, FIRST, key, LAST, links, process, type Link, type Statement } from "./link.ts";

type Span = readonly [start: string, end: string];
type Spans = readonly Span[];
/** Spans by a code behind "p", where it is part of the story, or "h", where it held something that is. */
type States = Map<string, Spans>;

/** When what happens to each thing belongs to the story, and the links that led there. */
export interface Walk {
  things: States;
  links: Link[];
}

export type Direction = "back" | "forward" | "both";

const EVER: Spans = [[FIRST, LAST]];

/** Walk from a canonical code. */
export function walk(asked: string, direction: Direction, statements: readonly Statement[]): Walk {
  const made = links(statements);
  const used = new Set<Link>();
  const things: States = new Map();
  for (const side of ["back", "forward"]) {
    if (side !== direction && direction !== "both") continue;
    const back = side === "back";
    for (const [state, spans] of follow(asked, back, made, used)) {
      const code = state.slice(1);
      things.set(code, joined([...things.get(code) ?? [], ...story(state[0]!, spans, back)]));
    }
  }
  return { things, links: [...used] };
}

/** List what an event names of the story: what was reached then, or at all where a link hangs on the event. */
export function named({ things, links }: Walk, record: number, at: string | undefined, names: readonly Naming[]): string[] {
  const proves = links.some((link) => link.records.has(record));
  return names.filter((one) => {
    const spans = things.get(key(one));
    // Whoever names only a piece's lot tells of that piece, and of the lot's others nothing.
    return spans && (proves || (one.role !== "lot" && at !== undefined && cut(spans, at, after(at)).length));
  }).map((one) => one.code);
}

const end = (spans: Spans): string => spans[spans.length - 1]![1];

/** When what happens to it counts: of holders their while, of parts all before, of products all after. */
const story = (kind: string, spans: Spans, back: boolean): Spans =>
  kind === "h" ? spans : [back ? [FIRST, end(spans)] : [spans[0]![0], LAST]];

function follow(asked: string, back: boolean, made: readonly Link[], used: Set<Link>): States {
  const states: States = new Map([["p" + asked, EVER]]);
  let grown = true;
  const add = (link: Link, state: string, more: Spans): void => {
    if (!more.length) return;
    used.add(link);
    const before = states.get(state) ?? [];
    const now = joined([...before, ...more]);
    if (String(now) === String(before)) return;
    states.set(state, now);
    grown = true;
  };
  // A process is reached in all of time, whoever went in or came out when.
  const across = (link: Link, code: string, span: Span): void =>
    add(link, "p" + code, code.startsWith(process("")) ? EVER : [span]);
  while (grown) {
    grown = false;
    for (const link of made) {
      const { inner, outer, way, since, until } = link;
      const packing = way === "packing";
      for (const kind of "ph") {
        const inside = states.get(kind + inner);
        if (inside) {
          const told = story(kind, inside, back);
          if (packing || (way === "association" && !back)) add(link, "h" + outer, cut(told, since, until));
          else if (back) continue;
          else if (way === "lot") add(link, "p" + outer, kind === "p" ? cut(inside, since, LAST) : []);
          else if (cut(told, since, after(since)).length) across(link, outer, [since, LAST]);
        }
      }
      for (const kind of "ph") {
        const around = states.get(kind + outer);
        if (!around) continue;
        if (packing || way === "association") {
          if (kind === "p" && (back || packing)) add(link, "p" + inner, cut(around, since, until));
        } else if (!back) continue;
        else if (way === "lot") add(link, "p" + inner, around);
        else if (since < end(around)) across(link, inner, [since, after(since)]);
      }
    }
  }
  return states;
}

/** What of these spans lies in another. */
const cut = (spans: Spans, since: string, until: string): Spans =>
  spans.filter(([start, end]) => start < until && since < end)
    .map(([start, end]) => [start > since ? start : since, end < until ? end : until] as const);

/** Spans in order, those that touch made one. */
function joined(spans: Spans): Spans {
  const found: [string, string][] = [];
  for (const [start, end] of [...spans].sort(([a], [b]) => (a < b ? -1 : +(a > b)))) {
    const last = found[found.length - 1];
    if (!last || start > last[1]) found.push([start, end]);
    else if (end > last[1]) last[1] = end;
  }
  return found;
}
