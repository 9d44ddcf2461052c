// The page of an overview: three views, a panel for one ticket, and the address of all of it.
// Text from tickets becomes text nodes and attributes, never markup.
"use strict";

const LIMIT = 100; // rows of a list, before a button for more
/** @type {Map<string, number>} */
const listed = new Map(); // by list, how many rows are shown, where it is not LIMIT
const RING = "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12z";
/** @type {Record<string, [string, string][]>} */ // by state or verdict: classes and SVG paths
const GLYPHS = {
  planning: [["line dashed", RING]],
  ready: [
    ["line", RING],
    ["full", "M8 8V3.5A4.5 4.5 0 0 1 12.5 8z"],
  ],
  queued: [
    ["line", RING],
    ["full", "M8 3.5a4.5 4.5 0 0 1 0 9z"],
  ],
  inprogress: [["full", "M4 2.5v11l9.5-5.5z"]],
  done: [["line", "M2.5 8.5l3.5 4l7.5-9"]],
  closed: [["line", "M3.5 3.5l9 9M12.5 3.5l-9 9"]],
  missing: [["line", "M5 6a3 3 0 1 1 4.2 2.7C8.4 9 8 9.4 8 10.5M8 13.2v.6"]],
  elsewhere: [["line", "M4 12L12 4M6 4h6v6"]],
  clear: [
    ["full", RING],
    ["cut", "M5 8.3l2.2 2.3l4-5"],
  ],
  caution: [
    ["full", "M8 1.5l7 12.5h-14z"],
    ["cut", "M8 6v4M8 11.6v.9"],
  ],
  hold: [
    ["full", RING],
    ["cut", "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"],
  ],
  unknown: [
    ["full", RING],
    ["cut", "M6 6.5a2 2 0 1 1 2.8 1.8C8.2 8.6 8 8.9 8 9.5M8 11.3v.5"],
  ],
  cycle: [["line", "M13 5.5A5.5 5.5 0 1 0 13.5 9M13.5 2v3.8H9.7"]],
};

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string|number|boolean|null|undefined>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  put(made, children);
  return made;
}

/** @param {Node} parent @param {Child[]} children */
function put(parent, children) {
  for (const child of children) {
    if (child)
      parent.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  }
}

/** @param {string} tag @param {Record<string, string|number>} attributes @param {...Node} children */
function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** @param {string} name */
function glyph(name) {
  const paths = GLYPHS[name].map(([style, d]) => svg("path", { class: style, d }));
  return svg(
    "svg",
    { class: `glyph ${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    ...paths,
  );
}

/** @param {string} label @param {() => void} act @param {Record<string, string|boolean>} [more] */
function button(label, act, more = {}) {
  const made = el("button", { type: "button", ...more }, label);
  made.addEventListener("click", act);
  return made;
}

/** @param {string} text */ // control and bidirectional characters as escapes, as on a terminal
function visible(text) {
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, (found) => {
    const code = (found.codePointAt(0) ?? 0).toString(16);
    return code.length < 3 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

/** @param {string} text */
function shown(text) {
  return el("bdi", { lang: "" }, visible(text));
}

/** @param {string} text */
function paragraph(text) {
  return el("p", { class: "note" }, el("bdi", {}, text.split(/\r?\n/).map(visible).join("\n")));
}

/** @param {string} text */
function oneLine(text) {
  return text.replace(/\s*\n\s*/g, " ");
}

/** @param {number} count */
function figure(count) {
  return count.toLocaleString("en");
}

/** @param {number} count @param {string} one @param {string} [many] */
function counted(count, one, many = `${one}s`) {
  return `${figure(count)} ${count === 1 ? one : many}`;
}

/** @param {Child[]} items @param {string} separator @returns {Child[]} */
function joined(items, separator) {
  return items.flatMap((item, number) => (number ? [separator, item] : [item]));
}

/**
 * The first items of a list, and a button for more.
 * @template T
 * @param {T[]} items
 * @param {string} key which list it is
 * @param {(item: T) => Node} draw
 * @param {HTMLElement} into
 * @param {number} [limit]
 * @returns {Child[]}
 */
function capped(items, key, draw, into, limit = LIMIT) {
  into.append(...items.slice(0, listed.get(key) || limit).map(draw));
  return [into, more(items.length, key, limit)];
}

/** @param {number} total @param {string} key @param {number} limit */
function more(total, key, limit) {
  const count = listed.get(key) || limit;
  if (total <= count) return null;
  const show = () => {
    listed.set(key, count + limit);
    render();
  };
  return button(`${figure(total - count)} more`, show, {
    class: "more",
    "data-key": `more ${key}`,
  });
}
