// What was asked without a line waits here, on this phone only, and goes out once: the page and the worker both use it.
// Each carries a key made when its form was drawn; the desk takes a key once, however often it comes.
"use strict";
(() => {
  const TRY = 30000;
  const opened = () => new Promise((done, failed) => {
    const asked = indexedDB.open("lianxin", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  async function store(mode, act) {
    const base = await opened();
    try {
      return await new Promise((done, failed) => {
        const passage = base.transaction("outbox", mode);
        const asked = act(passage.objectStore("outbox"));
        passage.oncomplete = () => done(asked.result);
        passage.onerror = passage.onabort = () => failed(passage.error);
      });
    } finally { base.close(); }
  }
  const put = (item) => store("readwrite", (rows) => rows.put(item));
  const all = () => store("readonly", (rows) => rows.getAll());
  const remove = (key) => store("readwrite", (rows) => rows.delete(key));
  const empty = () => store("readwrite", (rows) => rows.clear());

  // A sent form as it is kept: words and photos as they are; blank when it has no key and so could come twice.
  function item(url, form, at) {
    const key = form.get("sent_key");
    if (!key) return null;
    const parts = [];
    for (const [name, value] of form.entries()) {
      if (typeof value === "string") parts.push([name, value]);
      else if (value.size) parts.push([name, value, value.name]);
    }
    return { key, who: form.get("sent_by") || "", title: form.get("sent_title") || "", draft: form.get("sent_draft") || "",
      url, parts, at, state: "waiting", found: "" };
  }

  async function send(one, token) {
    const form = new FormData();
    for (const [name, value, file] of one.parts) {
      if (name === "csrfmiddlewaretoken" && token) continue;
      if (file === undefined) form.append(name, value); else form.append(name, value, file);
    }
    if (token) form.append("csrfmiddlewaretoken", token);
    const answer = await fetch(one.url, { method: "POST", body: form, credentials: "same-origin", signal: AbortSignal.timeout(TRY) });
    const place = new URL(answer.url).pathname;
    if (place.startsWith("/sign-in/")) return { ...one, state: "sign" };
    if (answer.ok && answer.redirected) return { ...one, state: "sent", found: place, parts: [] };
    if (answer.status === 403 || answer.status === 409 || answer.status >= 500) return { ...one, state: "waiting" };
    return { ...one, state: "look" };
  }

  // Sends what waits for `who` (everybody's where undefined: the desk refuses what another account brings).
  async function drain(who, token) {
    const once = navigator.locks ? (act) => navigator.locks.request("outbox", act) : (act) => act();
    return once(async () => {
      const done = [];
      for (const one of (await all()).sort((a, b) => a.at - b.at)) {
        if ((who !== undefined && one.who !== who) || one.state === "sent" || one.state === "look") continue;
        const after = await send(one, token);
        await put(after);
        if (after.state !== one.state) done.push(after);
      }
      return done;
    });
  }

  self.outbox = { put, all, remove, empty, item, drain };
})();
