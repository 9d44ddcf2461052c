// The value that the page shows, and the address that says what of it is shown.

/** @type {Record<string, string>} */
const VIEWS = { now: "Now", map: "Map", table: "Table" };

/** @type {PageValue} */
let page = JSON.parse(
  /** @type {HTMLElement} */ (document.getElementById("data")).textContent || "",
);
/** @type {{hash: string|null, address: Address}} */
let read = { hash: null, address: { v: "now", t: "", q: "", h: false } };
/** @type {Map<string, Ticket>} */
let tickets = new Map();
/** @type {Map<string, Named>} */
let mentioned = new Map(); // what else is known of tickets that are left out
/** @type {Map<string, string>} */
let searched = new Map();
/** @type {Map<string, Relation>} */
let byPlace = new Map();
/** @type {Map<string, Relation[]>} */
let touching = new Map();

/** @param {PageValue} value */
function load(value) {
  page = value;
  tickets = new Map(value.nodes.map((node) => [node.ticket, node]));
  mentioned = new Map();
  for (const { reasons, holds } of value.nodes) {
    for (const { ticket, title, state } of [...reasons, ...holds]) {
      if (ticket !== null) mentioned.set(ticket, { title, state });
    }
  }
  touching = new Map();
  byPlace = new Map();
  for (const relation of [...value.edges, ...value.notes]) {
    for (const end of new Set([relation.ticket, relation.target])) {
      if (end !== null) touching.set(end, [...(touching.get(end) || []), relation]);
    }
    for (const place of relation.records) byPlace.set(placeKey(place), relation);
  }
  searched = new Map(
    value.nodes.map((node) => [node.ticket, folded(`${node.ticket}\n${node.title || ""}`)]),
  );
}

/** @param {Place} place */
function placeKey(place) {
  return `${place.path}\n${place.line}\n${place.id}`;
}

/** @param {Reason} reason */
function relationOf(reason) {
  return reason.records.length ? byPlace.get(placeKey(reason.records[0])) : undefined;
}

/** @param {string} text */
function folded(text) {
  return text.normalize("NFKC").toLowerCase();
}

/** @param {string} id @returns {Ticket} */
function ticketOf(id) {
  const ticket = tickets.get(id);
  if (ticket) return ticket;
  const none = { folder: null, elsewhere: false, group: null, waits_for: [], plan: null };
  const said = { title: null, state: null, ...mentioned.get(id) };
  return { ticket: id, short_id: id, verdict: null, reasons: [], holds: [], ...none, ...said };
}

/** @param {Relation} relation */
function isRanked(relation) {
  return relation.class === "dependency" || relation.class === "ordering";
}

/**
 * The tickets that are reached from one, nearest first: by id, how many steps away.
 * @param {string} start @param {"ticket"|"target"} from @param {boolean} history
 */
function reached(start, from, history) {
  const to = from === "ticket" ? "target" : "ticket";
  const steps = new Map([[start, 0]]);
  for (const [id, step] of steps) {
    for (const relation of touching.get(id) || []) {
      const other = relation[to];
      if (
        isRanked(relation) &&
        (relation.active || history) &&
        relation[from] === id &&
        other !== null &&
        !steps.has(other)
      )
        steps.set(other, step + 1);
    }
  }
  steps.delete(start);
  return steps;
}

// Address

/** @returns {Address} */
function address() {
  if (read.hash === location.hash) return read.address;
  const found = new URLSearchParams(location.hash.slice(1));
  const v = found.get("v") || "";
  const address = {
    v: Object.hasOwn(VIEWS, v) ? v : "now",
    t: found.get("t") || "",
    q: found.get("q") || "",
    h: found.get("h") === "1",
  };
  read = { hash: location.hash, address };
  return address;
}

/** @param {Partial<Address>} change */
function href(change) {
  const to = { ...address(), ...change };
  // Never empty: an empty fragment scrolls to the top.
  const parts = new URLSearchParams({ v: to.v });
  if (to.t) parts.set("t", to.t);
  if (to.q) parts.set("q", to.q);
  if (to.h) parts.set("h", "1");
  return `#${parts}`;
}

/** @param {Partial<Address>} change @param {boolean} [replace] */
function go(change, replace = false) {
  const to = href(change);
  if (replace) location.replace(to);
  else location.hash = to;
}
