// What makes 连心 kinder on a bad line and an old phone. Every page works without it.
(() => {
  "use strict";
  const who = document.getElementById("top").dataset.who || "";
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
  if (!who && window.caches) caches.delete("pages");
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", () => { forget(true); if (store) store.removeItem("who"); });
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

  // Moving to what the server had to say, so that a screen reader starts there.
  const said = document.querySelector("[data-say]");
  if (said) said.focus({ preventScroll: false });

  if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register("/worker.js").catch(() => {});
})();
