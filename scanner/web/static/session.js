// Says two minutes before a session ends, and offers to go on. Without this script nothing is lost: drafts are kept.
"use strict";
(() => {
  const box = document.querySelector("#session");
  if (!box) return;
  const WARN = 2 * 60 * 1000, idle = box.dataset.idle * 1000;
  let used = Date.now(), ends = used + box.dataset.left * 1000; // of the clock on the wall: a computer may sleep between
  const tabs = new BroadcastChannel("session"); // the other tabs of this person use the same session
  function use(at = Date.now()) {
    used = Math.max(used, at);
    tabs.postMessage({ used, ends });
    look();
  }
  tabs.addEventListener("message", ({ data }) => {
    used = Math.max(used, data.used);
    ends = Math.max(ends, data.ends);
    look();
  });
  function look() {
    const now = Date.now(), last = Math.min(used + idle, ends);
    const state = now >= last ? "over" : now < last - WARN ? "" : last === ends ? "ending" : "unused";
    for (const line of box.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== state;
    box.classList.toggle("shown", state !== "");
  }
  box.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch("/session", { method: "POST", headers: { "X-Desk": "fragment" } }).catch(() => null);
    if (answer && answer.ok) {
      document.querySelector("main").focus({ preventScroll: true }); // the button goes away under the finger
      use();
    } else if (answer && answer.status === 401) {
      used = Date.now() - idle;
      look();
    }
  });
  document.addEventListener("desk:used", () => use());
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  use();
})();
