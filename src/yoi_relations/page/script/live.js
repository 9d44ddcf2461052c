// With a server: ask it for the value again when its digest changes.

/** @type {EventSource|null} */
let stream = null;
let asking = false;
let wanted = ""; // the digest of the last event
let cut = "";

async function refresh() {
  if (asking) return;
  asking = true;
  let asked = "";
  try {
    while (asked !== wanted) {
      asked = wanted;
      const answer = await fetch("data");
      if (!answer.ok) throw new Error(String(answer.status));
      load(await answer.json());
    }
    cut = "";
  } catch {
    cut = cut || clock(new Date());
  }
  asking = false;
  render();
  tell();
}

/** @param {string} digest */
function heard(digest) {
  wanted = digest;
  if (digest !== page.freshness.digest) refresh();
  else page.answered_at = new Date().toISOString();
}

/** @param {Date} time */
function clock(time) {
  return time.toTimeString().slice(0, 8);
}

function tell() {
  const at = new Date(page.answered_at || "");
  const old = Math.max(0, Math.round((Date.now() - at.getTime()) / 1000));
  const age =
    old < 120
      ? `${old} s`
      : old < 7200
        ? `${Math.round(old / 60)} min`
        : `${Math.round(old / 3600)} h`;
  const text = cut
    ? `No connection since ${cut}. This is of ${clock(at)}; it may be out of date.`
    : `as of ${clock(at)}, ${age} ago`;
  if (live.textContent !== text) live.textContent = text;
  live.classList.toggle("cut", cut !== "");
  live.setAttribute("aria-live", cut ? "polite" : "off");
}

function connect() {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else if (!stream) {
    stream = new EventSource("events");
    stream.addEventListener("open", () => {
      cut = "";
      tell();
    });
    stream.addEventListener("message", (event) => heard(event.data));
    stream.addEventListener("error", () => {
      cut = cut || clock(new Date());
      tell();
    });
  }
}
