// The whole page: what is around the views, keys, focus.

let openedFrom = ""; // key of the link that opened the panel
const search = el("input", {
  type: "search",
  id: "search",
  placeholder: "Title or id",
  autocomplete: "off",
  "aria-label": "Search title or id",
  "aria-keyshortcuts": "/",
});
const historySwitch = el("input", { type: "checkbox", id: "history" });
const nav = el("nav", { "aria-label": "Views" });
const heading = el("h1", {});
const totals = el("p", { class: "facts" });
const live = el("p", { class: "live", role: "status" });
const header = el(
  "header",
  {},
  heading,
  nav,
  el("label", { class: "search" }, search),
  el("label", { class: "switch" }, historySwitch, "history"),
  totals,
  live,
);
const notices = el("div", { class: "notices" });
const view = el("div", { class: "view" });
const main = el("main", { tabindex: -1 }, notices, view);
const side = el("aside", { "aria-label": "Ticket", hidden: true });
/** @type {Address|null} */
let drawn = null;

/** @returns {Child[]} */
function noticeLines() {
  const { left_out: out, selection, cycles, problems } = page;
  const left = [
    out.tickets > 0 && counted(out.tickets, "ticket"),
    out.relations > 0 && counted(out.relations, "relation"),
    out.cycles > 0 && counted(out.cycles, "cycle"),
  ].filter(Boolean);
  const only = [
    selection.tickets.length > 0 &&
      `what ${selection.tickets.map((id) => ticketOf(id).short_id).join(", ")} reach${selection.tickets.length === 1 ? "es" : ""}` +
        (selection.depth === null ? "" : `, at most ${counted(selection.depth, "step")} away`),
    selection.states.length > 0 && `states: ${selection.states.join(", ")}`,
    selection.kinds.length < Object.keys(page.words.relations).length &&
      `kinds: ${selection.kinds.map((kind) => kind.replaceAll("_", "-")).join(", ")}`,
  ].filter(Boolean);
  return [
    ...cycles.slice(0, 20).map((cycle) =>
      el(
        "p",
        { class: "notice cycle" },
        glyph("cycle"),
        el(
          "span",
          {},
          "These wait for each other: ",
          ...joined(
            [...cycle.tickets.slice(0, 12), cycle.tickets.length > 12 ? "" : cycle.tickets[0]].map(
              (id) => (id ? mention(ticketOf(id), "cycle") : "…"),
            ),
            " → ",
          ),
        ),
      ),
    ),
    cycles.length > 20 && el("p", { class: "notice cycle" }, `${cycles.length - 20} more cycles.`),
    only.length > 0 && el("p", { class: "notice" }, visible(`Only ${only.join("; ")}.`)),
    left.length > 0 &&
      el(
        "p",
        { class: "notice" },
        `This page leaves out ${left.join(", ")}: what is open comes first.`,
      ),
    page.problems_total > 0 &&
      el(
        "details",
        { class: "notice" },
        el(
          "summary",
          {},
          `${counted(page.problems_total, "problem")} in the files: an answer may lack something`,
        ),
        el(
          "ul",
          {},
          ...problems
            .slice(0, LIMIT)
            .map((one) =>
              el("li", {}, shown(`${one.path}${one.line ? `:${one.line}` : ""}: ${one.message}`)),
            ),
        ),
        el("p", {}, "See ", el("code", {}, "relations doctor"), "."),
      ),
  ];
}

function render() {
  const at = address();
  const focused =
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
  const before = drawn;
  const sameView = before !== null && before.v === at.v && before.q === at.q && before.h === at.h;
  if (before && !sameView) listed.clear();
  drawn = at;
  const kept = sameView && (before.t && !at.t ? openedFrom : focused);
  const keptAt = kept && view.contains(keyed(kept)) && keyed(kept)?.getBoundingClientRect().top;
  const scrolled = document.querySelector(".map");
  const place = scrolled ? [scrolled.scrollLeft, scrolled.scrollTop] : null;
  const of = at.t ? `${ticketOf(at.t).title || at.t} · ` : "";
  document.title = visible(`${of}${page.workspace.root}: relations`);
  heading.replaceChildren(shown(page.workspace.root));
  nav.replaceChildren(
    ...Object.entries(VIEWS).map(([v, title]) =>
      el(
        "a",
        { href: href({ v }), "aria-current": v === at.v && "page", "data-key": `view ${v}` },
        title,
      ),
    ),
  );
  totals.replaceChildren(
    `${figure(page.unresolved)} open of ${figure(page.workspace.tickets)} · `,
    el("code", { title: "digest of the files" }, page.freshness.digest.slice(0, 8)),
  );
  if (search.value !== at.q) search.value = at.q;
  historySwitch.checked = at.h;
  notices.replaceChildren();
  put(notices, noticeLines());
  view.replaceChildren();
  put(view, at.v === "map" ? mapView(at) : at.v === "table" ? tableView(at) : nowView(at));
  side.hidden = !at.t;
  document.body.classList.toggle("with-panel", Boolean(at.t));
  const folds = [...side.querySelectorAll("details")].map((one) => one.open);
  const sideTop = side.scrollTop;
  side.replaceChildren();
  if (at.t) put(side, panel(at));
  const samePanel = before !== null && before.t === at.t;
  if (samePanel) {
    side.querySelectorAll("details").forEach((one, number) => {
      one.open = folds[number];
    });
    side.scrollTop = sideTop;
  }
  const covered = Boolean(at.t) && PHONE.matches;
  header.inert = main.inert = covered;
  const map = document.querySelector(".map");
  if (map && place) map.scrollTo(place[0], place[1]);
  if (at.v === "map" && at.t && !(samePanel && sameView)) {
    document
      .querySelector(".card[aria-current]")
      ?.scrollIntoView({ block: "nearest", inline: "center" });
  }
  moveFocus(before, at, focused);
  if (before && before.v !== at.v) scrollTo(0, 0);
  else if (kept && typeof keptAt === "number") {
    scrollBy(0, (keyed(kept)?.getBoundingClientRect().top ?? keptAt) - keptAt);
  }
}

/** @param {string} key @returns {HTMLElement|null} */ // found again after it was drawn again
function keyed(key) {
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

/** @param {Address|null} before @param {Address} at @param {string|undefined} key */
function moveFocus(before, at, key) {
  if (before && at.t && before.t !== at.t) {
    if (!before.t) openedFrom = key || "";
    side.querySelector("h2")?.focus({ preventScroll: true });
    side.scrollTop = 0;
    return;
  }
  const wanted = before && before.t && !at.t ? openedFrom : key;
  const target = wanted && keyed(wanted);
  if (target) target.focus({ preventScroll: true });
  else if (before && before.t && !at.t) main.focus({ preventScroll: true });
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const typing =
    event.target instanceof HTMLElement && event.target.matches("input[type=search], textarea");
  if (event.key === "Escape" && address().t && !typing) go({ t: "" });
  else if (event.key === "Escape" && typing) {
    go({ q: "" }, true);
    search.blur();
  } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  }
}

function printed() {
  const map = address().h ? page.map.all : page.map.active;
  if (address().v === "map" && !map.missing) scaleMap(map, Math.min(1, 680 / map.width));
}
