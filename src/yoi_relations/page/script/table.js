// The view Table: every relation.

let sorting = { key: "", down: false };
/** @type {[string, string, (relation: Relation) => string|number][]} */
const COLUMNS = [
  ["ticket", "Ticket", (relation) => folded(ticketOf(relation.ticket).title || relation.ticket)],
  ["state", "State", (relation) => STATES.indexOf(ticketOf(relation.ticket).state || "")],
  ["class", "Relation", (relation) => CLASSES.indexOf(relation.class)],
  [
    "other",
    "Other",
    (relation) =>
      relation.target === null ? "" : folded(ticketOf(relation.target).title || relation.target),
  ],
  ["since", "Since", (relation) => relation.at],
  ["", "Note", () => ""],
];

/** @param {Address} at @returns {Child[]} */
function tableView(at) {
  const all = [...page.edges, ...page.notes].filter((relation) => relation.active || at.h);
  if (!all.length) {
    const past = page.edges.length + page.notes.length;
    return [
      nothing(
        past ? "No relation is active." : "There is no relation here.",
        past > 0 &&
          el(
            "p",
            {},
            el(
              "a",
              { href: href({ h: true }) },
              counted(past, "relation is history", "relations are history"),
            ),
          ),
      ),
    ];
  }
  const found = new Set(
    matching(
      page.nodes.map((node) => node.ticket),
      at.q,
    ),
  );
  const relations = at.q
    ? all.filter(
        (relation) =>
          found.has(relation.ticket) || (relation.target !== null && found.has(relation.target)),
      )
    : all;
  if (!relations.length) return [noMatch(at, "relation")];
  const column = COLUMNS.find(([key]) => key === sorting.key);
  if (column) {
    const keyed = relations.map((relation) => ({ relation, key: column[2](relation) }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * (sorting.down ? -1 : 1));
    relations.splice(0, relations.length, ...keyed.map((one) => one.relation));
  }
  const heads = COLUMNS.map(([key, title]) => {
    const by = key !== "" && key === sorting.key;
    return el(
      "th",
      {
        scope: "col",
        class: `of-${key || "note"}`,
        "aria-sort": by ? (sorting.down ? "descending" : "ascending") : null,
      },
      key
        ? button(
            title,
            () => {
              sorting = { key, down: by && !sorting.down };
              render();
            },
            { "data-key": `sort ${key}` },
          )
        : title,
    );
  });
  const body = el("tbody", {});
  const parts = capped(relations, "table", tableRow, body);
  return [
    el(
      "p",
      { class: "about" },
      counted(relations.length, "relation"),
      at.h ? ", with history." : ". History is hidden.",
    ),
    el(
      "table",
      {},
      el("caption", { class: "hidden" }, "Relations"),
      el("thead", {}, el("tr", {}, ...heads)),
      body,
    ),
    ...parts.slice(1),
  ];
}

/** @param {Relation} relation */
function tableRow(relation) {
  const ticket = ticketOf(relation.ticket);
  const text = oneLine((relation.plan ? relation.plan.summary : relation.note) || "");
  return el(
    "tr",
    { class: relation.active ? "" : "over" },
    el("th", { scope: "row" }, mention(ticket, "row")),
    el("td", { "data-label": "State" }, stateMark(ticket)),
    el("td", { class: "phrase" }, phrase(relation, relation.ticket)),
    el(
      "td",
      { "data-label": "Other" },
      relation.target === null ? null : mention(ticketOf(relation.target), "other"),
    ),
    el("td", { class: "day", "data-label": "Since" }, relation.at.slice(0, 10)),
    el(
      "td",
      { class: "text" },
      text && el("div", { class: "clamp", title: visible(text) }, shown(text)),
      !relation.active && el("small", {}, "not active: ", shown(relation.inactive_reason || "")),
    ),
  );
}
