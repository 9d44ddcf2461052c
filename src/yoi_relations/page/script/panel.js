// The panel: all about one ticket.

/** @param {Address} at @returns {Child[]} */
function panel(at) {
  const ticket = ticketOf(at.t);
  const known = tickets.has(at.t);
  const all = touching.get(at.t) || [];
  const reasons = ticket.reasons.filter(
    (reason) => reason.code !== "state" && reason.code !== "plan",
  );
  const plain = all.filter(
    (relation) =>
      relation.active &&
      (relation.class === "reference" || relation.class === "conflict") &&
      !reasons.some((reason) =>
        reason.records.some((place) => byPlace.get(placeKey(place)) === relation),
      ),
  );
  const past = all.filter((relation) => !relation.active).sort((a, b) => (a.at < b.at ? 1 : -1));
  const files = all.flatMap((relation) => relation.records);
  return [
    el(
      "div",
      { class: "top" },
      el(
        "a",
        { class: "close", href: href({ t: "" }), "data-key": "close" },
        glyph("closed"),
        "Close",
      ),
      el("code", {}, shown(ticket.ticket)),
    ),
    el("h2", { tabindex: -1 }, shown(ticket.title || (known ? "No title" : "Not on this page"))),
    el(
      "p",
      { class: "state" },
      stateGlyph(ticket),
      known
        ? stateMark(ticket)
        : el("span", { class: `word ${stateStyle(ticket)}` }, "left out, or of another time"),
      ticket.verdict !== null && verdict(ticket.verdict),
    ),
    el("p", { class: "sentence" }, verdictSentence(ticket)),
    ...part(
      "What counts",
      reasons.map((reason) =>
        el(
          "li",
          {},
          el("div", {}, glyph(reason.verdict), el("span", {}, ...reasonWords(reason, at.t))),
          page.words.whole_sentences.includes(reason.code) &&
            el("small", {}, shown(reason.sentence)),
          ...saidBy(reason),
        ),
      ),
    ),
    ...part("Waits for", chain(at.t, "ticket"), "in all"),
    ...part("Waited for by", chain(at.t, "target"), "in all"),
    ...part(
      "Also",
      plain.map((relation) => el("li", {}, ...relationWords(relation, at.t))),
    ),
    ...planPart(ticket.plan),
    past.length > 0 &&
      el(
        "details",
        {},
        el("summary", {}, `History: ${counted(past.length, "relation")}`),
        ...capped(
          past,
          "past",
          (relation) => el("li", {}, ...relationWords(relation, at.t)),
          el("ul", {}),
        ),
      ),
    el(
      "details",
      {},
      el("summary", {}, "Files"),
      el(
        "ul",
        { class: "files" },
        ticket.folder !== null && el("li", {}, shown(ticket.folder)),
        ...files
          .slice(0, LIMIT)
          .map((place) =>
            el("li", {}, shown(place.line ? `${place.path}:${place.line}` : place.path)),
          ),
        files.length > LIMIT && el("li", {}, `${files.length - LIMIT} more`),
      ),
    ),
  ];
}

/** @param {Ticket} ticket */
function verdictSentence(ticket) {
  if (ticket.verdict === null)
    return ticket.folder === null ? "" : "A ticket that is done or closed has no verdict.";
  const state =
    ticket.state === "inprogress"
      ? "It is running already. "
      : ticket.state === "planning"
        ? "It is still being planned. "
        : "";
  if (ticket.verdict === "hold") return `${state}It is held by what is below.`;
  if (ticket.verdict === "unknown") return `${state}Whether it can be accepted is not known.`;
  return ticket.reasons.some((reason) => reason.verdict === "caution" && reason.code !== "state")
    ? `${state}Look at the points below first.`
    : `${state}No recorded relation speaks against it.`;
}

/** @param {string} title @param {HTMLElement[]} items @param {string} [all] */
function part(title, items, all) {
  if (!items.length) return [];
  return [
    el(
      "h3",
      {},
      `${title} `,
      el("span", { class: "count" }, `${items.length}${all ? ` ${all}` : ""}`),
    ),
    ...capped(items, title, (item) => item, el("ul", { class: "chain" })),
  ];
}

/** @param {string} start @param {"ticket"|"target"} from */
function chain(start, from) {
  const to = from === "ticket" ? "target" : "ticket";
  return [...reached(start, from, false)].map(([id, step]) => {
    const relation =
      step === 1 &&
      (touching.get(start) || []).find(
        (one) => isRanked(one) && one.active && one[from] === start && one[to] === id,
      );
    const how = relation
      ? relation.class === "ordering"
        ? "ordering"
        : "dependency"
      : `${step} steps away`;
    return el(
      "li",
      { class: step > 1 ? "far" : "" },
      mention(ticketOf(id), from),
      " ",
      el("small", {}, how),
    );
  });
}

/** @param {Reason} reason */
function saidBy(reason) {
  const relation = relationOf(reason);
  return [
    reason.note && paragraph(reason.note),
    relation && el("small", {}, shown(relation.author), `, ${relation.at.slice(0, 10)}`),
  ];
}

/** @param {Relation} relation @param {string} id @returns {Child[]} */
function relationWords(relation, id) {
  const own = relation.ticket === id;
  const other = own ? relation.target : relation.ticket;
  const text = relation.plan ? relation.plan.summary : relation.note;
  return [
    el(
      "div",
      {},
      el(
        "span",
        {},
        `${phrase(relation, id)} `,
        other === null ? null : mention(ticketOf(other), "past"),
      ),
    ),
    text && paragraph(text),
    el(
      "small",
      {},
      shown(relation.author),
      `, ${relation.at.slice(0, 10)}`,
      relation.inactive_reason && [" · ", visible(relation.inactive_reason)].join(""),
    ),
  ];
}

/** @param {Plan|null} plan @returns {Child[]} */
function planPart(plan) {
  if (!plan) return [];
  // The folders above a worktree are of one machine, and tell nobody else anything.
  const tree = plan.worktree && plan.worktree.replace(/\/+$/, "").split("/").pop();
  const named = [
    ["branch", plan.branch],
    ["worktree", tree],
    ["roles", plan.role_plan],
  ].filter(([, text]) => text);
  return [
    el("h3", {}, "Accepted plan"),
    paragraph(plan.summary),
    el(
      "dl",
      {},
      ...named.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, shown(text || ""))]),
    ),
  ];
}
