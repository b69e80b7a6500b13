/**
 * Elements made from text and never from markup: whatever a bundle says, it stays text.
 */
type Child = Node | string | number | undefined | null | false | Child[];
type Attributes = Record<string, string | number | boolean | undefined>;

/** Make an element; attributes that are false or undefined are left out. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  append(made, children);
  return made;
}

function append(parent: Element, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child instanceof Node) parent.append(child);
    else if (child !== undefined && child !== null && child !== false && child !== "") parent.append(String(child));
  }
}

const SHAPES: Record<string, string> = {
  VERIFIED: "M5 12.5l4.5 4.5L19 7.5",
  PENDING: "M12 6v6.5l4 2.5",
  CHECKING: "M12 6v6.5l4 2.5",
  UNCHECKED: "M9.2 9.3a2.9 2.9 0 1 1 4.3 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.6v.1",
  UNKNOWN: "M7 12h10",
  MISSING: "M12 6.5v7M12 17.4v.1",
  ALTERED: "M7.5 7.5l9 9M16.5 7.5l-9 9",
  CALL: "M6.5 4h3L11 8 9 9.5a11 11 0 0 0 5.5 5.5L16 13l4 1.5v3a1.5 1.5 0 0 1-1.6 1.5C11.5 18.5 5.5 12.5 5 5.6A1.5 1.5 0 0 1 6.5 4z",
};

/** Draw one of our few icons; words beside it say the same. */
export function icon(name: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", "sy-icon"]]) {
    svg.setAttribute(key!, value!);
  }
  path.setAttribute("d", SHAPES[name] ?? SHAPES["UNKNOWN"]!);
  svg.append(path);
  return svg;
}
