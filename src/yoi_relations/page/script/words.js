// Tickets and reasons in words.

const CLASSES = ["dependency", "ordering", "conflict", "capacity", "plan", "reference"];
const STATES = ["planning", "ready", "queued", "inprogress", "done", "closed"];

/** @param {Ticket} ticket */
function stateWord(ticket) {
  if (ticket.state || ticket.elsewhere) return ticket.state || "elsewhere";
  return ticket.folder === null ? "does not exist" : "state not known";
}

/** @param {Ticket} ticket */ // the name of its colour and its glyph
function stateStyle(ticket) {
  return ticket.state || (ticket.elsewhere ? "elsewhere" : "missing");
}

/** @param {Ticket} ticket */
function stateMark(ticket) {
  return el("span", { class: `word ${stateStyle(ticket)}` }, stateWord(ticket));
}

/** @param {Ticket} ticket */
function stateGlyph(ticket) {
  return glyph(stateStyle(ticket));
}

/** @param {Ticket} ticket @param {string} place which link it is, among those of one ticket */
function link(ticket, place) {
  return el(
    "a",
    {
      class: "ticket",
      href: href({ t: ticket.ticket }),
      "data-key": `${place} ${ticket.ticket}`,
      "aria-current": address().t === ticket.ticket && "true",
    },
    stateGlyph(ticket),
    shown(ticket.title || ticket.ticket),
  );
}

/** @param {Ticket} ticket @param {string} place */
function mention(ticket, place) {
  return el(
    "span",
    { class: "mention" },
    link(ticket, place),
    el("span", { class: "id" }, " ", el("code", {}, shown(ticket.short_id))),
  );
}

/** @param {string} name */
function verdict(name) {
  return el("span", { class: `verdict ${name}` }, glyph(name), name);
}

/** @param {Relation} relation @param {string} id one end, from which it is seen */
function phrase(relation, id) {
  return page.words.relations[relation.kind][relation.ticket === id ? 0 : 1];
}

/** @param {Reason} reason @param {string} id */ // the words before the other ticket; "" if the sentence is better
function relationTo(reason, id) {
  const { reasons, said_in_words } = page.words;
  if (reason.ticket === null || said_in_words.includes(reason.code)) return "";
  const relation = relationOf(reason);
  return reasons[reason.code] || (relation ? phrase(relation, id) : "");
}

/** @param {Reason} reason @param {string} id @returns {Child[]} */
function reasonWords(reason, id) {
  const words = relationTo(reason, id);
  if (!words || reason.ticket === null)
    return [reason.code === "waiting" ? "waiting" : shown(reason.sentence)];
  return [`${words} `, mention(ticketOf(reason.ticket), "why")];
}

/** @param {Reason[]} reasons @param {string} id @returns {Child[]} */ // one part for those of one kind
function shortReasons(reasons, id) {
  /** @type {Map<string, Child[]>} */
  const others = new Map();
  /** @type {Set<string>} */
  const rest = new Set();
  for (const reason of reasons) {
    const words = relationTo(reason, id);
    const note = oneLine(reason.note || "");
    if (words && reason.ticket !== null) {
      others.set(words, [...(others.get(words) || []), mention(ticketOf(reason.ticket), `of ${id}`)]);
    } else if (reason.code === "waiting")
      rest.add(note ? `waiting: ${note.slice(0, 90)}${note.length > 90 ? "…" : ""}` : "waiting");
    else rest.add(reason.code === "unusable_source" ? "a file cannot be used" : reason.sentence);
  }
  const named = [...others].map(([words, found]) =>
    el(
      "span",
      {},
      `${words} `,
      ...joined(found.slice(0, 5), ", "),
      found.length > 5 && ` and ${found.length - 5} more`,
    ),
  );
  return [
    ...named,
    ...[...rest].slice(0, 4).map(shown),
    rest.size > 4 && `and ${rest.size - 4} more`,
  ];
}

/** @param {Ticket} ticket @param {string[]} [said] ids that a heading names already */
function facts(ticket, said = []) {
  const reasons = ticket.reasons.filter(
    (reason) =>
      reason.verdict !== "clear" &&
      reason.code !== "state" &&
      !(reason.verdict !== "caution" && reason.ticket !== null && said.includes(reason.ticket)),
  );
  const waiting = waitingFor(ticket).size;
  return [
    ticket.verdict === "unknown" && verdict("unknown"),
    ...shortReasons(reasons, ticket.ticket),
    waiting > 0 && el("span", { class: "whole" }, counted(waiting, "waits for it", "wait for it")),
  ];
}

/** The tickets that wait for one, by active dependencies and orderings. @param {Ticket} ticket */
function waitingFor(ticket) {
  const found = (touching.get(ticket.ticket) || []).filter(
    (relation) => isRanked(relation) && relation.active && relation.target === ticket.ticket,
  );
  return new Set(found.map((relation) => relation.ticket));
}

/** @param {Ticket} ticket @param {string} place @param {Child[]} [parts] */
function row(ticket, place, parts = facts(ticket)) {
  const current = address().t === ticket.ticket;
  return el(
    "li",
    { class: "row", "data-ticket": ticket.ticket, "data-current": current },
    link(ticket, place),
    el(
      "div",
      { class: "meta" },
      stateMark(ticket),
      " ",
      el("code", {}, shown(ticket.short_id)),
      ...parts.filter(Boolean).flatMap((part) => [" · ", part]),
    ),
  );
}
