// What makes 连心 kinder on a bad line and an old phone. Every page works without it.
(() => {
  "use strict";
  const frame = document.getElementById("top");
  const who = frame.dataset.who || "";
  const offline = document.body.dataset.offline !== undefined;
  const BARE = ["/waiting/", "/offline/"]; // the phone's own pages, kept without an owner
  const zh = document.documentElement.lang.startsWith("zh");
  document.documentElement.classList.add("js");
  const store = (() => { try { const s = window.localStorage; s.setItem("lx", "1"); return s; } catch { return null; } })();
  const WEEK = 7 * 24 * 3600 * 1000;

  function forget(everything) {
    if (store) for (const key of Object.keys(store)) {
      if (key.startsWith("draft:") && (everything || !key.startsWith(`draft:${who}:`))) store.removeItem(key);
    }
    if (window.caches) caches.delete("pages");
  }

  // Another person at the same phone never meets the last one's drafts; an expired session keeps one's own.
  if (store && who && store.getItem("who") !== who) { forget(false); store.setItem("who", who); }
  if (frame.dataset.stranger !== undefined && !offline && window.caches) caches.delete("pages");

  // The page as it was seen: when that was, as people say it.
  const at = Number(document.body.dataset.offline);
  const when = document.querySelector("[data-seen-at]");
  if (at && when) when.textContent =
    `${document.querySelector("[data-seen]").dataset.seen} ${new Date(at).toLocaleString(zh ? "zh-CN" : "en-GB", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" })}${zh ? "。" : "."}`;

  // The phone's own pages have no owner: the number on them is the desk of whoever was here last.
  const tel = document.querySelector(".co-foot a[href^='tel:']");
  if (store && who && tel) store.setItem("desk", JSON.stringify([tel.getAttribute("href"), tel.innerText.trim()]));
  if (store && !who && BARE.includes(location.pathname)) {
    let desk = null;
    try { desk = JSON.parse(store.getItem("desk") || "null"); } catch { /* not ours */ }
    if (desk) for (const link of document.querySelectorAll("a[href^='tel:']")) {
      link.setAttribute("href", desk[0]);
      link.lastChild.textContent = ` ${desk[1]}`;
    }
  }

  // What waits on this phone: shown on every page, sent as soon as there is a line, once.
  const box = document.querySelector(".outbox");
  const token = document.querySelector("meta[name=csrf]")?.content || "";
  let waiting = 0;
  function line(one) {
    const row = document.createElement("p");
    const said = { sent: box.dataset.sent, look: box.dataset.look, sign: box.dataset.sign }[one.state] || box.dataset.waiting;
    row.append(`${one.title} ${said} `);
    const where = one.state === "sent" ? one.found : one.state === "look" ? new URL(one.url).pathname : "/waiting/";
    if (location.pathname !== where) {
      const link = document.createElement("a");
      link.href = where;
      link.textContent = box.dataset.open;
      row.append(link);
    }
    return row;
  }
  async function show() {
    if (!box || !window.outbox) return;
    const rows = (await outbox.all()).filter((one) => (who ? one.who === who : BARE.includes(location.pathname)));
    waiting = rows.filter((one) => one.state !== "sent").length;
    if (location.pathname !== "/waiting/") for (const one of rows) {
      if (one.state === "look" && new URL(one.url).pathname === location.pathname) await outbox.remove(one.key);
    }
    box.replaceChildren(...rows.map(line));
    box.classList.toggle("good", rows.length > 0 && rows.every((one) => one.state === "sent"));
    box.hidden = rows.length === 0;
    for (const one of rows) if (one.state === "sent" && store && document.visibilityState === "visible") {
      if (one.draft) store.removeItem(`draft:${one.who}:${one.draft}`);
      await outbox.remove(one.key); // told once
    }
  }
  async function drain() {
    if (!window.outbox || !who) return;
    try { await outbox.drain(who, offline ? "" : token); } catch { /* no line yet */ }
    await show().catch(() => {});
  }
  if (window.indexedDB && window.outbox) {
    if (who && !offline) drain(); else show().catch(() => {});
    window.addEventListener("online", drain);
    navigator.serviceWorker?.addEventListener("message", (event) => { if (event.data === "outbox") show(); });
    document.querySelector("[data-send-now]")?.addEventListener("click", drain);
  }

  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", (event) => {
      const loss = form.querySelector("[data-loss]");
      if (waiting && loss && loss.hidden) {
        event.preventDefault(); event.stopImmediatePropagation();
        loss.hidden = false; loss.focus();
        return;
      }
      forget(true);
      if (window.outbox) outbox.empty().catch(() => {});
      if (store) { store.removeItem("who"); store.removeItem("desk"); }
    }, true);
  }

  // Drafts: what was typed and not sent survives a dead battery. Cleared when the server says that it arrived.
  const named = (form) => `draft:${who}:${form.dataset.draft}`;
  for (const sent of document.querySelectorAll("[data-sent]")) if (store) store.removeItem(`draft:${who}:${sent.dataset.sent}`);
  function fieldsOf(form) {
    return [...form.elements].filter((f) => f.name && !["hidden", "file", "submit", "password"].includes(f.type) && f.name !== "csrfmiddlewaretoken");
  }
  function keep(form) {
    const words = {};
    for (const f of fieldsOf(form)) {
      if (f.type === "radio" || f.type === "checkbox") { if (f.checked) (words[f.name] ||= []).push(f.value); }
      else if (f.value !== f.defaultValue) words[f.name] = f.value;
    }
    store.setItem(named(form), JSON.stringify({ at: Date.now(), words }));
  }
  function restore(form) {
    let draft = null;
    try { draft = JSON.parse(store.getItem(named(form)) || "null"); } catch { /* not ours */ }
    if (!draft || Date.now() - draft.at > WEEK) return;
    let found = false;
    for (const f of fieldsOf(form)) {
      const said = draft.words[f.name];
      if (said === undefined) continue;
      if (Array.isArray(said)) { if (f.checked !== said.includes(f.value)) { f.checked = said.includes(f.value); found = true; } }
      else if (f.value !== said && !f.getAttribute("aria-invalid")) { f.value = said; found = true; }
    }
    const note = form.querySelector("[data-restored]");
    if (found && note) note.hidden = false;
  }
  if (store && who) for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    let wait;
    form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => keep(form), 300); });
    form.addEventListener("change", () => keep(form));
  }

  // Each drawn form gets a key of its own, so that what is sent twice arrives once.
  for (const field of document.querySelectorAll("input[name=sent_key]")) if (!field.value) field.value = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;

  // Read aloud, part by part, where the browser can speak; the part that is read is marked.
  const aloud = document.querySelector("[data-aloud]");
  if (aloud && window.speechSynthesis) {
    aloud.hidden = false;
    let parts = [];
    const hush = () => { parts = []; speechSynthesis.cancel(); document.querySelector(".spoken")?.classList.remove("spoken"); aloud.textContent = aloud.dataset.aloud; aloud.setAttribute("aria-pressed", "false"); };
    const speak = () => {
      document.querySelector(".spoken")?.classList.remove("spoken");
      const part = parts.shift();
      if (!part) { hush(); return; }
      const said = new SpeechSynthesisUtterance(part.innerText);
      said.lang = document.documentElement.lang;
      said.rate = 0.85;
      said.onend = () => { if (aloud.getAttribute("aria-pressed") === "true") speak(); };
      part.classList.add("spoken");
      part.scrollIntoView({ block: "center" });
      speechSynthesis.speak(said);
    };
    aloud.addEventListener("click", () => {
      if (aloud.getAttribute("aria-pressed") === "true") { hush(); return; }
      const shown = [...document.querySelectorAll("main h1, main h2, main h3, main p, main li, main dt, main dd, main label, main legend, main a, main button, main b")]
        .filter((part) => part.offsetParent !== null && part.innerText.trim());
      parts = shown.filter((part) => !shown.some((other) => other !== part && other.contains(part)));
      aloud.textContent = aloud.dataset.hush;
      aloud.setAttribute("aria-pressed", "true");
      speechSynthesis.cancel();
      speak();
    });
    window.addEventListener("pagehide", hush);
  }

  // A photo is made small before it goes out over a slow line.
  const LONG_SIDE = 1600;
  async function shrink(input) {
    const file = input.files[0];
    if (!file || !/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 300000 || !window.createImageBitmap) return;
    const picture = await createImageBitmap(file);
    const part = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * part);
    canvas.height = Math.round(picture.height * part);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    if (!blob || blob.size >= file.size) return;
    const carrier = new DataTransfer();
    carrier.items.add(new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }));
    input.files = carrier.files;
  }
  for (const input of document.querySelectorAll("input[type=file][data-photo]")) {
    input.addEventListener("change", () => {
      const name = input.parentElement.querySelector("[data-file-name]");
      if (name) name.textContent = input.files.length ? input.files[0].name : "";
    });
    input.addEventListener("change", () => shrink(input).catch(() => { /* the photo goes as it is */ }));
  }

  // What takes long to work out comes after the page; without it the link leads there.
  for (const box of document.querySelectorAll("[data-later]")) {
    fetch(box.dataset.later, { credentials: "same-origin" }).then(async (answer) => {
      if (!answer.ok || answer.redirected) return;
      box.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    }).catch(() => { /* the link stays */ });
  }

  // Moving to what the server had to say, so that a screen reader starts there.
  const said = document.querySelector("[data-say]");
  if (said) said.focus({ preventScroll: false });

  // The worker keeps the files of this face; once it does, pages only name them.
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register("/worker.js").catch(() => {});
    navigator.serviceWorker.ready.then(() => {
      if (!offline) document.cookie = `shell=${frame.dataset.shell};path=/;max-age=31536000;samesite=lax`;
    });
  }
})();
