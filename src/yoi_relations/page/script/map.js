// The view Map: linked tickets, and the lists that stand in for it.

const PHONE = matchMedia("screen and (max-width: 719px)");
let zoom = 1;
let mapOnPhone = false;

/** @param {Address} at @returns {Child[]} */
function mapView(at) {
  const map = at.h ? page.map.all : page.map.active;
  if (map.missing === "nothing_linked") return [nothingLinked(at)];
  const linked = map.steps.reduce((sum, step) => sum + step.length, 0);
  const open = page.groups.flatMap((group) => group.tickets);
  const inMap = new Set(map.steps.flat());
  const apart = open.filter((id) => !inMap.has(id)).length;
  const about = el(
    "p",
    { class: "about" },
    `${counted(linked, "ticket")} linked. `,
    apart
      ? `${counted(apart, "open ticket")} without a link ${apart === 1 ? "is" : "are"} not drawn: `
      : "",
    apart > 0 && el("a", { href: href({ v: "now" }) }, "see Now"),
    apart > 0 && ".",
  );
  if (map.missing) {
    const why =
      map.missing === "no_library"
        ? "The map needs the Python package fast-sugiyama, which was not installed where this page was made."
        : `${counted(linked, "ticket")} are too many for a map. Narrow the selection, or read the lists.`;
    return [el("p", { class: "notice" }, why), about, ...ladder(map, at)];
  }
  if (PHONE.matches && !mapOnPhone) {
    return [
      el(
        "div",
        { class: "bar" },
        about,
        button(
          "Show the map",
          () => {
            mapOnPhone = true;
            render();
          },
          { "data-key": "map" },
        ),
      ),
      ...ladder(map, at),
    ];
  }
  return [el("div", { class: "bar" }, about, legend(map), zoomButtons(map)), drawing(map, at)];
}

/** @param {Address} at */
function nothingLinked(at) {
  const past = page.map.all.missing !== "nothing_linked";
  return nothing(
    past ? "Nothing is linked now." : "Nothing here is linked yet.",
    past
      ? el("p", {}, el("a", { href: href({ h: true }) }, "Show the map of the history"))
      : el(
          "p",
          {},
          "Record what a ticket waits for: ",
          el("code", { class: "line" }, "relations add TICKET blocked-by OTHER"),
        ),
    !at.h &&
      el("p", {}, el("a", { href: href({ v: "now" }) }, "See Now"), ", which needs no links."),
  );
}

/** @param {PlanMap} map @param {Address} at @returns {Child[]} */
function ladder(map, at) {
  const steps = map.steps
    .map((ids, number) => ({ ids: matching(ids, at.q), number }))
    .filter((step) => step.ids.length);
  if (!steps.length) return [noMatch(at, "linked ticket")];
  /** @param {typeof steps[0]} step */
  const draw = ({ ids, number }) =>
    el(
      "section",
      { class: "group step" },
      el(
        "h2",
        {},
        number ? `Step ${number + 1}, after step ${number}` : "Step 1, waits for nothing here",
        " ",
        el("span", { class: "count" }, figure(ids.length)),
      ),
      ...capped(
        ids,
        `step ${number}`,
        (id) => row(ticketOf(id), "step", before(id, at)),
        el("ul", {}),
      ),
    );
  return capped(steps, "steps", draw, el("div", { class: "ladder" }));
}

/** @param {string} id @param {Address} at @returns {Child[]} */
function before(id, at) {
  const found = (touching.get(id) || []).filter(
    (relation) => isRanked(relation) && (relation.active || at.h) && relation.ticket === id,
  );
  const ids = [...new Set(found.flatMap((relation) => relation.target ?? []))];
  return [
    ids.length > 0 &&
      el(
        "span",
        {},
        "waits for ",
        ...joined(
          ids.slice(0, 5).map((other) => mention(ticketOf(other), "before")),
          ", ",
        ),
        ids.length > 5 && ` and ${ids.length - 5} more`,
      ),
  ];
}

/** @param {PlanMap} map */
function legend(map) {
  const used = new Set(
    map.lines.map((line) => (line.circular ? "circular" : page.edges[line.edge].class)),
  );
  /** @type {[string, string][]} */
  const all = [
    ["dependency", "must be done first"],
    ["ordering", "should be done first"],
    ["conflict", "not together"],
    ["circular", "cycle"],
  ];
  return el(
    "ul",
    { class: "legend", "aria-label": "Lines" },
    ...all
      .filter(([name]) => used.has(name))
      .map(([name, word]) =>
        el(
          "li",
          {},
          svg(
            "svg",
            { viewBox: "0 0 34 10", "aria-hidden": "true" },
            svg("path", { class: `link ${name}`, d: "M1 5H27" }),
            ...(name === "conflict"
              ? []
              : [svg("path", { class: `tip ${name}`, d: "M26 1L33 5L26 9Z" })]),
          ),
          word,
        ),
      ),
  );
}

/** @param {PlanMap} map */
function zoomButtons(map) {
  /** @param {number} to */
  const set = (to) => {
    zoom = Math.min(2, Math.max(0.2, to));
    scaleMap(map, zoom);
  };
  return el(
    "div",
    { class: "zoom", role: "group", "aria-label": "Size of the map" },
    button("−", () => set(zoom / 1.25), { "aria-label": "Smaller" }),
    button("Fit", () =>
      set(Math.min(1, ((document.querySelector(".map")?.clientWidth || 1) - 2) / map.width)),
    ),
    button("+", () => set(zoom * 1.25), { "aria-label": "Larger" }),
  );
}

/** @param {PlanMap} map @param {number} by @param {HTMLElement|null} sheet @param {HTMLElement|null} around */
function scaleMap(
  map,
  by,
  sheet = document.querySelector(".sheet"),
  around = document.querySelector(".scaled"),
) {
  if (!sheet || !around) return;
  sheet.style.width = `${map.width}px`;
  sheet.style.height = `${map.height}px`;
  sheet.style.transform = `scale(${by})`;
  around.style.width = `${map.width * by}px`;
  around.style.height = `${map.height * by}px`;
}

/** @param {PlanMap} map @param {Address} at */
function drawing(map, at) {
  const near =
    at.t && map.cards.some((card) => card.ticket === at.t)
      ? new Set([
          at.t,
          ...reached(at.t, "ticket", at.h).keys(),
          ...reached(at.t, "target", at.h).keys(),
        ])
      : null;
  const found = at.q
    ? new Set(
        matching(
          map.cards.map((card) => card.ticket),
          at.q,
        ),
      )
    : null;
  /** @param {string|null} id */
  const dimmed = (id) =>
    id !== null && ((near !== null && !near.has(id)) || (found !== null && !found.has(id)));
  /** @type {Map<string, string[]>} */
  const apart = new Map(); // conflicts without a line
  const lines = map.lines.flatMap((line) => {
    const relation = page.edges[line.edge];
    if (!line.path && relation.target !== null) {
      for (const [one, other] of [
        [relation.ticket, relation.target],
        [relation.target, relation.ticket],
      ]) {
        apart.set(one, [...(apart.get(one) || []), other]);
      }
      return [];
    }
    const dim = dimmed(relation.ticket) || dimmed(relation.target);
    const style = `${relation.class}${line.circular ? " circular" : ""}${relation.active ? "" : " over"}${dim ? " dim" : ""}`;
    const drawn = svg("path", { class: `link ${style}`, d: line.path });
    return line.tip ? [drawn, svg("path", { class: `tip ${style}`, d: line.tip })] : [drawn];
  });
  const circular = new Set(page.cycles.flatMap((cycle) => cycle.component));
  const cards = map.cards
    .slice()
    .sort((a, b) => a.x - b.x || a.y - b.y)
    .map((card) => {
      const ticket = ticketOf(card.ticket);
      const without = (apart.get(card.ticket) || []).map((id) => ticketOf(id).short_id);
      const made = el(
        "a",
        {
          class: `card ${stateStyle(ticket)}${dimmed(card.ticket) ? " dim" : ""}`,
          href: href({ t: card.ticket }),
          "data-key": `map ${card.ticket}`,
          title: visible(
            (ticket.title || ticket.ticket) +
              (without.length ? ` (not with ${without.join(", ")})` : ""),
          ),
          "aria-current": card.ticket === at.t && "true",
        },
        stateGlyph(ticket),
        el("span", { class: "title" }, shown(ticket.title || ticket.ticket)),
        el(
          "span",
          { class: "meta" },
          stateMark(ticket),
          " ",
          el("code", {}, shown(ticket.short_id)),
          circular.has(card.ticket) && el("span", { class: "badge" }, glyph("cycle"), "cycle"),
          without.length > 0 &&
            el("span", { class: "badge" }, "not with ", shown(without.join(", "))),
        ),
      );
      made.style.left = `${card.x}px`;
      made.style.top = `${card.y}px`;
      return made;
    });
  const sheet = el(
    "div",
    { class: "sheet" },
    svg("svg", { width: map.width, height: map.height, "aria-hidden": "true" }, ...lines),
    ...cards,
  );
  const scaled = el("div", { class: "scaled" }, sheet);
  scaleMap(map, zoom, sheet, scaled);
  const status =
    found &&
    el(
      "p",
      { class: "found" },
      `${found.size} of ${counted(map.cards.length, "linked ticket")} match. `,
      found.size === 0 && button("Show all again", () => go({ q: "" }), { "data-key": "drop" }),
    );
  return el(
    "div",
    {},
    status,
    el(
      "div",
      { class: "map", role: "region", "aria-label": "Map of linked tickets", tabindex: 0 },
      scaled,
    ),
  );
}
