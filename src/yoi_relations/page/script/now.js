// The view Now: tickets by what can be done with them.

const GROUP_LIMIT = 50; // rows of a group, before a button for more

/** @param {string[]} ids @param {string} query */
function matching(ids, query) {
  const wanted = folded(query.trim());
  return wanted ? ids.filter((id) => (searched.get(id) || "").includes(wanted)) : ids;
}

/** @param {Address} at @returns {Child[]} */
function nowView(at) {
  const groups = new Map(page.groups.map((group) => [group.name, group]));
  const sections = Object.keys(page.words.groups).map((name) => {
    const group = groups.get(name) || { name, tickets: [] };
    return {
      name,
      group,
      ids: matching(group.tickets, at.q),
      out: page.left_out.groups[name] || 0,
    };
  });
  const history = at.h
    ? matching(
        page.nodes.filter((node) => node.group === null).map((node) => node.ticket),
        at.q,
      )
    : [];
  const open = sections.reduce((sum, one) => sum + one.group.tickets.length, 0);
  if (!open && !history.length && !at.q) return [nothingOpen(at)];
  if (!sections.some((one) => one.ids.length) && !history.length) return [noMatch(at, "ticket")];
  const chips = sections
    .filter((one) => one.group.tickets.length + one.out || one.name === "can_start")
    .map((one) => {
      const total = one.group.tickets.length + one.out;
      const count =
        one.ids.length === total ? figure(total) : `${figure(one.ids.length)} of ${figure(total)}`;
      return el(
        "li",
        { class: one.name },
        button(
          `${count} ${page.words.groups[one.name].toLowerCase()}`,
          () => document.getElementById(one.name)?.scrollIntoView(),
          { disabled: !one.ids.length && one.name !== "can_start" },
        ),
      );
    });
  const drawn = sections
    .filter((one) => one.ids.length || (one.name === "can_start" && !at.q))
    .map((one) =>
      el(
        "section",
        { class: `group ${one.name}`, id: one.name, "aria-labelledby": `${one.name}-title` },
        el(
          "h2",
          { id: `${one.name}-title` },
          page.words.groups[one.name],
          " ",
          el("span", { class: "count" }, figure(one.ids.length)),
        ),
        ...(one.ids.length
          ? groupBody(one.group, one.ids)
          : [el("p", { class: "none" }, "Nothing can start now.")]),
      ),
    );
  if (history.length) {
    drawn.push(
      el(
        "section",
        { class: "group history", "aria-label": "Done, closed or not here" },
        el(
          "h2",
          {},
          "Done, closed or not here",
          " ",
          el("span", { class: "count" }, figure(history.length)),
        ),
        ...capped(history, "history", (id) => row(ticketOf(id), "now"), el("ul", {})),
      ),
    );
  }
  const held = drawn.some((one) => one.id === "held");
  return [
    el("ul", { class: "chips", "aria-label": "Tickets by what can be done" }, ...chips),
    el("div", { class: held ? "groups" : "groups unheld" }, ...drawn),
  ];
}

/** @param {Group} group @param {string[]} ids @returns {Child[]} */
function groupBody(group, ids) {
  /** @param {string} id */
  const draw = (id) => row(ticketOf(id), "now");
  if (!group.by) return capped(ids, group.name, draw, el("ul", {}), GROUP_LIMIT);
  const wanted = new Set(ids);
  const by = group.by
    .map((one) => ({ by: one.waits_for, ids: one.tickets.filter((id) => wanted.has(id)) }))
    .filter((one) => one.ids.length);
  const single = by
    .filter((one) => one.by.length === 1)
    .sort((a, b) => b.ids.length - a.ids.length);
  /** @param {number} count */
  const others = (count) =>
    by.filter((one) => Math.min(one.by.length, 2) === count).flatMap((one) => one.ids);
  /** @type {{title: Child[], by: string[], ids: string[]}[]} */
  const parts = single.map((one) => ({ title: freed(one.by[0]), by: one.by, ids: one.ids }));
  parts.push({ title: ["When several are done"], by: [], ids: others(2) });
  parts.push({ title: ["When the files are corrected"], by: [], ids: others(0) });
  const rows = parts.flatMap((part) => part.ids.map((id) => ({ part, id })));
  const into = el("div", {});
  const count = listed.get("held") || GROUP_LIMIT;
  /** @type {typeof parts[0]|undefined} */
  let last;
  let list = el("ul", {});
  for (const { part, id } of rows.slice(0, count)) {
    if (part !== last) into.append(el("h3", {}, ...part.title), (list = el("ul", {})));
    last = part;
    list.append(row(ticketOf(id), "now", facts(ticketOf(id), part.by)));
  }
  return [into, more(rows.length, "held", GROUP_LIMIT)];
}

/** @param {string} id @returns {Child[]} */
function freed(id) {
  const ticket = ticketOf(id);
  const known = mention(ticket, "frees");
  return ticket.state ? ["When ", known, " is\u00a0done"] : ["When the state of ", known, " is\u00a0known"];
}

/** @param {Address} at */
function nothingOpen(at) {
  if (!page.workspace.tickets) return nothing("There are no tickets yet.");
  const rest = at.h
    ? []
    : [el("p", {}, el("a", { href: href({ h: true }) }, "Show what is done and closed"))];
  return nothing(
    page.unresolved
      ? "No open ticket is in this selection."
      : "Every ticket is done or closed, so nothing waits.",
    ...rest,
  );
}

/** @param {string} title @param {...Child} more */
function nothing(title, ...more) {
  return el("div", { class: "nothing" }, el("p", { class: "lead" }, title), ...more);
}

/** @param {Address} at @param {string} what */
function noMatch(at, what) {
  return nothing(
    `No ${what} matches “${visible(at.q)}”.`,
    el(
      "p",
      {},
      button("Show all again", () => go({ q: "" }), { "data-key": "drop" }),
    ),
  );
}
