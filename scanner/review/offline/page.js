// Offline review by keyboard. Nothing is fetched and nothing is stored: decisions stay on this page until downloaded.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const file = JSON.parse($("content").textContent);
  const items = file.items, note = $("note"), codes = $("codes");
  const said = new Map(), notes = new Map(); // by place of the item
  const order = []; // places in the order of deciding, for undoing
  let language = file.language, at = 0, changed = false, shownAt = performance.now();

  // --- words and small pieces; text is only ever set as text
  const t = (key, values = {}) => file.texts[key][language].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const keyName = (key) => (key === " " ? t("space") : key.toUpperCase());
  function make(name, text = "", cls = "", children = []) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (cls) made.className = cls;
    made.append(...children);
    return made;
  }
  function when(iso) {
    const shape = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
    return new Intl.DateTimeFormat(language === "id" ? "id-ID" : "en-GB", { ...shape, timeZone: file.zone }).format(new Date(iso));
  }
  function tell(text, bad = false) {
    $("status").textContent = text;
    $("status").classList.toggle("bad", bad);
  }

  // --- what does not change from post to post
  function dress() {
    document.documentElement.lang = language;
    document.title = t("title");
    for (const one of document.querySelectorAll("[data-t]")) one.textContent = t(one.dataset.t);
    for (const one of document.querySelectorAll("[data-do] kbd")) one.textContent = keyName(file.keys[one.closest("[data-do]").dataset.do]);
    $("language").lang = language === "id" ? "en" : "id";
    $("warning").textContent = t("warning", { reviewer: file.reviewer, until: when(file.valid_until) });
    $("held").textContent = t("held", { count: items.length });
    $("expired").hidden = new Date() < new Date(file.valid_until);
    note.placeholder = `${t("note")} (${keyName(file.keys.note)})`;
    $("guideline").querySelector("kbd").textContent = keyName(file.keys.guideline);
    $("guideline").querySelector("div").textContent = file.guideline[language];
    const acts = ["reject", "unsure", "suspected", "undo", "note", "context", "guideline", "help"].map((act) => [keyName(file.keys[act]), act]);
    const rows = [...acts, ["← →", "move"], ["Ctrl S", "save"]].flatMap(([key, act]) => [make("dt", "", "", [make("kbd", key)]), make("dd", t(`key_${act}`))]);
    $("help").querySelector("dl").replaceChildren(...rows);
    codes.querySelector("ul").replaceChildren(...file.codes.map(codeBox));
    paint();
  }
  function codeBox(one) {
    const box = make("input");
    box.type = "checkbox";
    box.value = one.code;
    box.dataset.key = one.key;
    const label = make("label", "", "", [box, make("kbd", one.key), make("span", one[language])]);
    label.title = one.meaning;
    return make("li", "", "", [label]);
  }

  // --- one post
  function paint() {
    const done = said.size === items.length, item = items[at];
    $("progress").textContent = t("progress", { done: said.size, all: items.length }) + (changed ? ` · ${t("unsaved", { count: said.size })}` : "");
    $("done").hidden = !done;
    $("judge").hidden = done;
    $("item").replaceChildren(...(done ? [] : [article(item)]));
    choose(false);
    note.value = done ? "" : notes.get(at) || "";
    shownAt = performance.now();
    (done ? $("done") : $("item")).querySelector("h1").focus({ preventScroll: true });
    if (order.length) $("item").scrollIntoView(); // what the file is was read with the first post
    else scrollTo({ top: 0 });
  }
  function article(item) {
    const title = make("h1", `${t("post_of", { handle: item.handle })} · ${t("place", { number: at + 1, all: items.length })}`, "out");
    title.tabIndex = -1;
    const late = new Date(item.due) <= new Date();
    const head = [title, make("span", "", "", [make("strong", item.handle), ` · ${item.platform}`])];
    if (item.posted_at) head.push(make("span", when(item.posted_at)));
    head.push(make("span", late ? t("overdue") : t("due", { when: when(item.due) }), late ? "tag bad" : "tag"), make("span", t(`why_${item.why}`), "tag"));
    const words = make("div", item.text || t("no_words"), "words");
    words.lang = item.language;
    const parts = [make("header", "", "", head)];
    if (item.exculpatory.length) parts.push(make("p", `${t("exculpatory")}: ${item.exculpatory.map((one) => one[language]).join("; ")}`, "notice good"));
    parts.push(words);
    if (item.context) parts.push(make("aside", "", "around", [make("h2", t("context")), item.context]));
    if (item.media.length) parts.push(make("ul", "", "pictures", item.media.map(picture)));
    if (item.missing_at) parts.push(make("p", t("missing", { when: when(item.missing_at) }), "notice warn"));
    if (item.versions.length > 1) parts.push(versions(item));
    parts.push(facts(item));
    return make("article", "", "post card", parts);
  }
  function picture(one) {
    const kind = file.texts[`media_${one.kind}`] ? t(`media_${one.kind}`) : one.kind;
    if (!one.src) return make("li", "", "", [make("span", `${kind}: ${one.text || ""} (${t(one.left_out ? "too_many" : "not_observed")})`, "tag")]);
    const image = make("img"), button = make("button", t("show_picture")), figure = make("figure", "", "veiled", [image]);
    image.alt = one.text || t("no_description");
    image.src = one.src;
    button.type = "button";
    button.dataset.unveil = "";
    button.addEventListener("click", () => { figure.classList.remove("veiled"); button.remove(); });
    return make("li", "", "", [figure, button]);
  }
  function versions(item) {
    const told = item.versions.map((one) => make("div", "", "around", [make("h2", when(one.at)), one.text]));
    return make("details", "", "", [make("summary", t("versions", { count: told.length })), ...told]);
  }
  function facts(item) {
    const captured = when(item.captured_at) + (item.truncated ? ` · ${t("truncated")}` : "");
    const rows = [["account", item.holder.join(" · ")], ["confidence", t(`confidence_${item.confidence}`)], ["phase", t(`phase_${item.phase}`)],
      ["role", t(`role_${item.role}`)], ["captured", captured], ...(item.url ? [["source", item.url]] : [])];
    return make("dl", "", "facts", rows.flatMap(([key, value]) => [make("dt", t(key)), make("dd", value)]));
  }

  // --- deciding
  function choose(open) {
    codes.hidden = !open;
    document.querySelector('[data-do="suspected"]').setAttribute("aria-expanded", String(open));
    if (open) {
      codes.querySelector("input").focus();
      $("item").scrollIntoView(); // the words stay in sight above the codes
    }
    else for (const box of codes.querySelectorAll("input")) box.checked = false;
  }
  function decide(verdict, named = []) {
    if (said.has(at) || $("judge").hidden) return;
    const { item, seal } = items[at], seconds = Math.round((performance.now() - shownAt) / 100) / 10;
    said.set(at, { item, seal, verdict, codes: named, note: note.value, seconds });
    order.push(at);
    changed = true;
    move(1);
    tell(t("decided", { verdict: t(verdict === "not_violation" ? "reject" : verdict) }));
  }
  function confirm() {
    const named = [...codes.querySelectorAll("input:checked")].map((box) => box.value);
    if (named.length) decide("suspected", named);
    else tell(t("no_code"), true);
  }
  function move(step) { // to the nearest post that is not decided, round and round
    for (let tried = 0; tried < items.length; tried += 1) {
      at = (at + step + items.length) % items.length;
      if (!said.has(at)) break;
    }
    tell("");
    paint();
  }
  function undo() {
    const last = order.pop();
    if (last === undefined) return tell(t("nothing_to_undo"), true);
    said.delete(last);
    changed = true;
    at = last;
    paint();
    tell(t("undone"));
  }
  function save() {
    const judgements = [...said.entries()].sort(([one], [other]) => one - other).map(([, one]) => one);
    const told = { format: file.format, export: file.export, reviewer: file.reviewer, valid_until: file.valid_until, judgements };
    const link = make("a"), address = URL.createObjectURL(new Blob([JSON.stringify(told, null, 1)], { type: "application/json" }));
    link.href = address;
    link.download = `putusan-${file.reviewer}-${file.export.slice(0, 8)}.json`;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    changed = false;
    paint();
    tell(t("saved", { name: link.download }));
  }

  // --- keys: never while somebody types, holds a key down or uses the browser's own shortcuts
  const acts = {
    reject: () => decide("not_violation"),
    unsure: () => decide("unsure"),
    suspected: () => { if (!$("judge").hidden) choose(true); },
    undo,
    note: () => note.focus(),
    context: () => {
      for (const one of $("item").querySelectorAll("[data-unveil]")) one.click();
      for (const one of $("item").querySelectorAll("details")) one.open = !one.open;
    },
    guideline: () => { $("guideline").open = !$("guideline").open; if ($("guideline").open) $("guideline").scrollIntoView(); },
    help: () => $("help").showModal(),
  };
  const typing = (where) => where.closest("textarea");
  const pressing = (where, key) => (key === " " || key === "Enter") && where.closest("button, summary, input");
  function choosing(event) {
    const key = event.key.toLowerCase(), box = [...codes.querySelectorAll("input")].find((one) => one.dataset.key === key);
    if (box) { event.preventDefault(); box.checked = !box.checked; box.focus(); }
    else if (key === "enter" && !event.target.closest("button")) { event.preventDefault(); confirm(); }
  }
  document.addEventListener("keydown", (event) => {
    const where = event.target;
    // The browser would save the page without the decisions, and look as if they were safe.
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); return save(); }
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing || $("help").open) return;
    if (event.key === "Escape") { choose(false); ($("item").querySelector("h1") || $("main")).focus(); return; }
    if (typing(where)) return;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") { move(event.key === "ArrowLeft" ? -1 : 1); return; }
    if (file.keys.off === "yes") return;
    if (!codes.hidden) return choosing(event);
    if (pressing(where, event.key)) return;
    const act = Object.keys(acts).find((one) => file.keys[one] === event.key.toLowerCase());
    if (act) { event.preventDefault(); acts[act](); }
  });

  // --- buttons
  for (const one of document.querySelectorAll("[data-do]")) one.addEventListener("click", () => acts[one.dataset.do]());
  $("confirm").addEventListener("click", confirm);
  $("previous").addEventListener("click", () => move(-1));
  $("next").addEventListener("click", () => move(1));
  $("save").addEventListener("click", save);
  $("language").addEventListener("click", () => { language = language === "id" ? "en" : "id"; dress(); });
  $("judge").addEventListener("submit", (event) => event.preventDefault());
  note.addEventListener("input", () => notes.set(at, note.value));
  addEventListener("beforeunload", (event) => {
    const written = [...notes].some(([place, text]) => text && !said.has(place));
    if (changed || written) event.preventDefault();
  });
  dress();
})();
