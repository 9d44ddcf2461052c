// Tickets and reasons in words.

/** @type {Record<string, string>} */
const PHRASES = {
  blocked_by: "is blocked by",
  after: "comes after",
  conflicts_with: "conflicts with",
  do_not_parallelize: "must not run in parallel with",
  waiting: "is waiting",
  accepted_plan: "has an accepted plan",
  related: "is related to",
  supersedes: "supersedes",
  duplicate_of: "is a duplicate of",
};
/** @type {Record<string, string>} */
const REVERSED = {
  blocked_by: "blocks",
  after: "comes before",
  conflicts_with: "conflicts with",
  do_not_parallelize: "must not run in parallel with",
  related: "is related to",
  supersedes: "is superseded by",
  duplicate_of: "has the duplicate",
};
/** @type {Record<string, string>} */
const REASONS = {
  blocked: "waits for",
  ordered_after: "after",
  superseded: "superseded by",
  duplicate: "duplicate of",
  other_unknown: "not known:",
  elsewhere: "elsewhere, not known here:",
  dependency_cycle: "↻ on a cycle with",
  mixed_cycle: "↻ on a cycle with",
};
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

/** @param {Reason} reason */ // what is read before the other ticket; "" if the sentence is better
function relationTo(reason) {
  if (reason.ticket === null) return "";
  if (reason.code.startsWith("conflict_"))
    return reason.kind === "conflicts_with" ? "conflicts with" : "not in parallel with";
  return REASONS[reason.code] || "";
}

/** @param {Reason} reason @param {string} place @returns {Child[]} */
function reasonWords(reason, place) {
  const words = relationTo(reason);
  if (!words || reason.ticket === null)
    return [reason.code === "waiting" ? "waiting" : shown(reason.sentence)];
  return [`${words} `, mention(ticketOf(reason.ticket), place)];
}

/** @param {Reason[]} reasons @param {string} place @returns {Child[]} */ // one part for those of one kind
function shortReasons(reasons, place) {
  /** @type {Map<string, Child[]>} */
  const others = new Map();
  /** @type {Set<string>} */
  const rest = new Set();
  for (const reason of reasons) {
    const words = relationTo(reason);
    const note = oneLine(reason.note || "");
    if (words && reason.ticket !== null) {
      others.set(words, [...(others.get(words) || []), mention(ticketOf(reason.ticket), place)]);
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
    ...shortReasons(reasons, `of ${ticket.ticket}`),
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
      el("span", { class: `word ${stateStyle(ticket)}` }, stateWord(ticket)),
      " ",
      el("code", {}, shown(ticket.short_id)),
      ...parts.filter(Boolean).flatMap((part) => [" · ", part]),
    ),
  );
}
