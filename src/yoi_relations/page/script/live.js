// With a server: ask it for the value again when its digest changes.

/** @type {EventSource|null} */
let stream = null;
let asking = false;
let wanted = ""; // the digest of the last event
let cut = ""; // since when there is no connection
let refused = false; // whether a server answers, but not this page

async function refresh() {
  if (asking) return;
  asking = true;
  let asked = "";
  try {
    while (asked !== wanted) {
      asked = wanted;
      const answer = await fetch("data");
      if (!answer.ok) throw new Error();
      load(await answer.json());
    }
  } catch {
    cut ||= clock(new Date());
  }
  asking = false;
  render();
  tell();
}

/** @param {Scan} state */
function heard(state) {
  cut = "";
  refused = false;
  wanted = state.digest;
  page.error = state.error;
  if (wanted !== page.freshness.digest) refresh();
  else page.answered_at = state.answered_at;
  tell();
}

/** @param {Date} time */
function clock(time) {
  return time.toTimeString().slice(0, 8);
}

function tell() {
  const at = new Date(page.answered_at || "");
  const age = Math.max(0, Math.round((Date.now() - at.getTime()) / 1000));
  let text = `as of ${clock(at)}, ${age} s ago`;
  let wrong = "";
  if (refused) wrong = "The server was started again: open the address that it printed.";
  else if (cut) wrong = `No connection since ${cut}.`;
  else if (page.error) wrong = `The files cannot be read: ${visible(page.error)}.`;
  if (wrong) text = `${wrong} This is of ${clock(at)}; it may be out of date.`;
  if (live.textContent !== text) live.textContent = text;
  live.classList.toggle("cut", wrong !== "");
  live.setAttribute("aria-live", wrong ? "polite" : "off");
}

function connect() {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else if (!stream) {
    const made = new EventSource("events");
    stream = made;
    made.addEventListener("message", (event) => heard(JSON.parse(event.data)));
    made.addEventListener("error", () => {
      cut ||= clock(new Date());
      if (made.readyState === EventSource.CLOSED) {
        // The browser tries again by itself unless there was an answer of another kind.
        refused = true;
        stream = null;
        setTimeout(connect, 5000);
      }
      tell();
    });
  }
}
