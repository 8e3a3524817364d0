// The review desk by keyboard: the next post is painted at once, saving goes on behind it.
// Without this script everything works too, one page at a time.
"use strict";
(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const form = desk.querySelector("#judge"), items = desk.querySelector("#items"), status = desk.querySelector("#status");
  const codes = form.querySelector("#codes"), note = form.querySelector("[name=note]"), words = desk.dataset;
  const field = (name) => form.querySelector(`input[name=${name}]`);
  const waiting = []; // what is not saved yet, in order
  let sending = false, judged = false, shownAt = performance.now(), drafting = 0, drafted = "";

  // --- one post after the other
  const current = () => items.querySelector("article:not([hidden])");
  function show(article) {
    const before = current();
    if (before && before !== article) before.dataset.note = note.value;
    for (const other of items.querySelectorAll("article")) other.hidden = other !== article;
    const saving = waiting.length > 0 || sending;
    form.hidden = !article && !saving;
    form.classList.toggle("between", !article); // its place is kept while the next post is on its way, so nothing jumps
    desk.querySelector(".nothing").hidden = Boolean(article) || saving;
    form.reset();
    codes.open = false;
    if (!article) return;
    field("item").value = article.dataset.item;
    field("key").value = article.dataset.key;
    note.value = drafted = article.dataset.note || "";
    shownAt = performance.now();
    article.classList.add("arriving");
    article.querySelector("h1").focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }
  const pieces = (html) => new DOMParser().parseFromString(html, "text/html").body;
  function receive(html) {
    const came = pieces(html);
    for (const article of came.querySelectorAll("article[data-item]")) {
      const id = article.dataset.item; // what waits to be saved is judged already, though the desk does not know it yet
      if ([...items.children].some((one) => one.dataset.item === id) || waiting.some((one) => one.body.get("item") === id)) continue;
      article.hidden = true;
      article.dataset.again === "yes" ? items.prepend(document.adoptNode(article)) : items.append(document.adoptNode(article));
      if (article.dataset.again === "yes") show(article);
    }
    for (const id of ["decided", "progress"]) {
      const fresh = came.querySelector("#" + id), old = document.getElementById(id);
      if (fresh && old) old.replaceWith(document.adoptNode(fresh));
    }
    const more = items.querySelector("article");
    if (!current()) show(more);
    const progress = desk.querySelector("#progress");
    tell(progress ? progress.textContent.trim() : "");
  }
  function tell(text, bad = false) {
    status.textContent = text;
    status.classList.toggle("bad", bad);
  }

  const used = () => document.dispatchEvent(new Event("desk:used")); // the session goes on (session.js)

  // --- saving: in order, the same key again until it is certain, nothing thrown away
  function send(url, body) {
    waiting.push({ url, body, tries: 0 });
    next();
  }
  async function next() {
    if (sending || !waiting.length) return;
    sending = true;
    const one = waiting[0];
    let answer = null, text = "";
    try {
      answer = await fetch(one.url, { method: "POST", body: one.body, headers: { "X-Desk": "fragment" }, redirect: "error" });
      text = await answer.text();
    } catch { answer = null; /* offline, or cut off in the middle: tried again below */ }
    sending = false;
    if (answer && answer.ok) {
      waiting.shift();
      judged = true;
      used();
      receive(text);
      next();
    } else if (answer && answer.status < 500 && answer.status !== 401 && answer.status !== 408) {
      waiting.shift();
      tell(pieces(text).textContent.trim().replace(/\s+/g, " "), true);
      if (!current()) setTimeout(() => location.reload(), 4000);
      next();
    } else {
      tell(answer && answer.status === 401 ? words.signedOut : words.notSaved, true);
      setTimeout(next, Math.min(1000 * 2 ** one.tries++, 10000));
    }
  }
  function decide(verdict) {
    const article = current();
    if (!article) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("verdict", verdict);
    body.set("seconds", ((performance.now() - shownAt) / 1000).toFixed(1));
    clearTimeout(drafting);
    article.remove();
    for (const other of items.querySelectorAll("article")) body.append("painted", other.dataset.item); // need not come again
    send(form.action, body);
    show(items.querySelector("article"));
    tell(words.saving);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const verdict = event.submitter && event.submitter.value;
    if (verdict === "suspected" && !form.querySelector("[name=codes]:checked")) return tell(words.noCode, true);
    if (verdict) decide(verdict);
  });
  desk.addEventListener("submit", (event) => {
    const other = event.target;
    if (other === form || !other.matches("[data-behind]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(other));
    body.set("key", crypto.randomUUID()); // each press is an act of its own; a retry is not
    send(other.action, body);
  });
  addEventListener("online", () => next());
  addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });

  // --- a note that was begun is kept on the server: while it is written, and when the page goes away
  async function keep() {
    clearTimeout(drafting);
    const article = current(), text = note.value;
    if (!article || text === drafted) return;
    drafted = article.dataset.note = text;
    const body = new URLSearchParams({ item: article.dataset.item, note: text });
    const ask = { method: "POST", body, headers: { "X-Desk": "fragment" }, keepalive: true };
    const answer = await fetch("/review/draft", ask).catch(() => null);
    if (answer && answer.ok) {
      used();
      if (!waiting.length && status.classList.contains("bad")) tell("");
    } else if (current() === article) {
      drafted = null;
      tell(answer && answer.status === 401 ? words.signedOut : words.notSaved, true);
      drafting = setTimeout(keep, 3000);
    }
  }
  note.addEventListener("input", () => {
    clearTimeout(drafting);
    drafting = setTimeout(keep, 800);
  });
  addEventListener("pagehide", keep);

  // --- whether it is time for a break: the desk reckons that, asked every few minutes while somebody judges
  const rest = desk.querySelector("#rest");
  setInterval(async () => {
    if (!judged) return;
    judged = false;
    const answer = await fetch("/review/rest", { headers: { "X-Desk": "fragment" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const line = pieces(await answer.text()).firstElementChild, shown = rest.firstElementChild;
    if (Boolean(line) !== Boolean(shown)) rest.replaceChildren(...(line ? [line] : [])); // said once, not anew each time
  }, 5 * 60 * 1000);

  // --- keys: one for each act; never while somebody types, holds a key down or uses the browser's own shortcuts
  const typing = (where) => where.closest("textarea, select, input:not([type=checkbox])");
  const pressing = (where, key) => (key === " " || key === "Enter") && where.closest("button, a, summary, input");
  function act(name) {
    const button = desk.querySelector(`[data-do="${name}"]`);
    if (!button) return;
    if (name === "note") note.focus();
    else if (name === "guideline" || name === "help") button.closest("details").open = !button.closest("details").open;
    else if (name === "context") current()?.querySelectorAll("details").forEach((one) => { one.open = !one.open; });
    else if (name === "suspected") {
      codes.open = true;
      codes.querySelector("input").focus({ preventScroll: true });
      form.scrollIntoView({ block: "nearest" });
    }
    else button.click();
  }
  document.addEventListener("keydown", (event) => {
    const where = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
    if (event.key === "Escape") {
      codes.open = false;
      document.querySelector("#help[open]")?.close();
      current()?.querySelector("h1").focus();
      return;
    }
    if (typing(where) || words.keysOff === "yes") return;
    if (codes.open && !form.hidden) {
      const box = codes.querySelector(`[data-code-key="${CSS.escape(event.key.toLowerCase())}"]`);
      if (box) { event.preventDefault(); box.checked = !box.checked; box.focus(); return; }
      if (event.key === "Enter" && !where.closest("button, summary")) { event.preventDefault(); codes.querySelector("button").click(); }
      return;
    }
    if (pressing(where, event.key)) return;
    const name = Object.entries(JSON.parse(words.keys)).find(([, key]) => key === event.key.toLowerCase())?.[0];
    if (name) { event.preventDefault(); act(name); }
  });

  // --- the guideline beside the post, fetched when it is first asked for
  const guideline = desk.querySelector("#guideline");
  guideline?.addEventListener("toggle", async () => {
    const body = guideline.querySelector("div");
    if (!guideline.open || body.childElementCount) return;
    const answer = await fetch("/guideline", { headers: { "X-Desk": "fragment" } }).catch(() => null);
    if (answer && answer.ok) body.append(...pieces(await answer.text()).childNodes);
  });
  const suspect = form.querySelector("[data-do=suspected]");
  suspect.hidden = false;
  suspect.addEventListener("click", () => act("suspected"));
  if (current()) show(current());
})();
