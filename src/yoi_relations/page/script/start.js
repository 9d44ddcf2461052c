// Puts the page together, and listens.

load(page);
document.body.replaceChildren(header, main, side);
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--top", `${header.offsetHeight}px`);
}).observe(header);
search.addEventListener("input", () => go({ q: search.value }, true));
historySwitch.addEventListener("change", () => go({ h: historySwitch.checked }));
addEventListener("hashchange", render);
addEventListener("keydown", pressed);
addEventListener("beforeprint", printed);
addEventListener("afterprint", render);
PHONE.addEventListener("change", render);
render();
if ("live" in document.documentElement.dataset) {
  addEventListener("visibilitychange", connect);
  setInterval(tell, 1000);
  connect();
  tell();
}
