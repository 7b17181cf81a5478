// Counting keys: one tap counts one; counts wait on this phone, are signed with its own key, and are handed in once.
"use strict";
(() => {
  const given = JSON.parse(document.getElementById("given").textContent);
  const page = document.querySelector(".v-page"), one = (name) => page.querySelector(`[data-${name}]`);
  const { said, kinds, addresses } = given;
  const PREFIX = "lianxin-uses-1\n", AUTO = 600, MILITARY = "military";
  let device = null, last = null;

  // -- what stands on the phone: the device with its key, what was counted, what waits to be handed in
  const opened = () => new Promise((done, failed) => {
    const asked = indexedDB.open("lianxin-count", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("phone");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  async function kept(value) {
    const base = await opened();
    return new Promise((done, failed) => {
      const work = base.transaction("phone", value === undefined ? "readonly" : "readwrite").objectStore("phone");
      const asked = value === undefined ? work.get("device") : work.put(value, "device");
      asked.onsuccess = () => { base.close(); done(asked.result); };
      asked.onerror = () => failed(asked.error);
    });
  }
  const read = (name, empty) => { try { return JSON.parse(localStorage.getItem(name)) || empty; } catch { return empty; } };
  const write = (name, value) => localStorage.setItem(name, JSON.stringify(value));
  const STATE = "count-state", NUMBER = "count-number", LINE = "count-line";
  const state = () => read(STATE, { counts: {}, out: [] }); // one value: what is counted and what is sent never part

  // -- the hour in Shanghai, whatever the phone's zone
  function hour() {
    const parts = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit" })
      .formatToParts(new Date());
    const part = (name) => parts.find((each) => each.type === name).value;
    return [`${part("year")}-${part("month")}-${part("day")}`, Number(part("hour"))];
  }
  const key = (kind) => { const [day, at] = hour(); return kind === MILITARY ? `${MILITARY}~${day.slice(0, 7)}` : [one("line").value, day, at, kind].join("~"); };
  function more(now, name, n) {
    now.counts[name] = (now.counts[name] || 0) + n;
    if (now.counts[name] <= 0) delete now.counts[name];
  }
  function add(name, n) { const now = state(); more(now, name, n); write(STATE, now); tell(); }
  const sum = () => { const now = state(); return Object.values(now.counts).reduce((all, n) => all + n, 0) + now.out.reduce((all, each) => all + each.uses, 0); };
  function tell(text) {
    const waits = sum();
    one("said").textContent = text || (waits ? said.waits.replace("{n}", waits) : said.none);
  }

  // -- handing in
  const hex = (data) => [...new Uint8Array(data)].map((each) => each.toString(16).padStart(2, "0")).join("");
  const base64 = (data) => btoa(String.fromCharCode(...new Uint8Array(data))).replace(/\+/g, "-").replace(/\//g, "_");
  const bytes = (text) => new TextEncoder().encode(text);
  async function batch(line, rows, military) {
    const number = Number(localStorage.getItem(NUMBER) || 0) + 1;
    localStorage.setItem(NUMBER, String(number));
    const rest = JSON.stringify({ salt: hex(crypto.getRandomValues(new Uint8Array(16))), cards: [], rates: [], military });
    const counts = JSON.stringify({ device: device.device, batch: number, line, counts: rows, rest: hex(await crypto.subtle.digest("SHA-256", bytes(rest))) });
    const signature = base64(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, device.pair.privateKey, bytes(PREFIX + counts)));
    const uses = rows.reduce((all, row) => all + row[3], 0) + Object.values(military).reduce((all, n) => all + n, 0);
    return { number, line, rows, military, uses, body: { counts, rest, signature } };
  }
  async function pack(all) {
    const [day, at] = hour(), lines = new Map(), military = {}, taken = [];
    for (const [name, n] of Object.entries(state().counts)) {
      const parts = name.split("~");
      if (parts[0] === MILITARY && parts.length === 2) { military[parts[1]] = n; continue; }
      if (!all && parts[1] === day && Number(parts[2]) === at) continue; // the hour that runs is handed in when it is over
      if (!lines.has(parts[0])) lines.set(parts[0], []);
      lines.get(parts[0]).push([parts[1], Number(parts[2]), parts[3], n]);
      taken.push([name, n]);
    }
    if (!lines.size && all && Object.keys(military).length) lines.set(one("line").value, []);
    const made = [];
    for (const [line, rows] of lines) {
      const forces = made.length ? {} : military;
      for (const month of Object.keys(forces)) taken.push([`${MILITARY}~${month}`, forces[month]]);
      made.push(await batch(line, rows, forces));
    }
    const now = state(); // what was tapped meanwhile stays
    for (const [name, n] of taken) more(now, name, -n);
    now.out.push(...made);
    write(STATE, now);
  }
  function settle(number, instead) { const now = state(); now.out = now.out.filter((each) => each.number !== number).concat(instead ? [instead] : []); write(STATE, now); }
  // One tab at a time takes numbers, packs and sends; the others find what it left. What the city refuses for good stays
  // on the phone as refused and holds up nothing that comes after it.
  const LATER = new Set(["too-many", "clock", "expired"]);
  const alone = (work) => navigator.locks ? navigator.locks.request("lianxin-count", work) : work();
  let sending = Promise.resolve();
  const send = (all) => (sending = sending.then(() => alone(() => handIn(all))).catch(() => {}));
  async function handIn(all) {
    if (!device) return;
    let refused = "";
    try {
      await pack(all);
      for (const each of state().out) {
        if (each.refused && !all) continue;
        const answer = await fetch(addresses.uses, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(each.body) });
        const told = await answer.json();
        if (!answer.ok && told.code === "other-batch") { settle(each.number, await batch(each.line, each.rows, each.military)); continue; }
        if (!answer.ok && (answer.status >= 500 || LATER.has(told.code))) { tell(told.detail); return; }
        if (!answer.ok) { settle(each.number, { ...each, refused: told.code }); refused = told.detail; continue; }
        settle(each.number);
      }
      tell(refused || (all && !sum() ? said.sent : ""));
    } catch { tell(all ? said.offline : ""); }
  }

  // -- screens
  function screen(name) {
    for (const each of page.querySelectorAll("[data-screen]")) each.hidden = each.dataset.screen !== name;
    one("foot").hidden = name !== "count";
  }
  const note = (text) => { one("note").textContent = text; one("note").hidden = !text; };
  function begin() {
    one("where").textContent = `${given.scenes[device.scene] || device.scene} · ${device.name}`;
    one("line").replaceChildren(...device.lines.map((line) => new Option(line, line)));
    const before = localStorage.getItem(LINE);
    if (device.lines.includes(before)) one("line").value = before;
    one("line").onchange = () => localStorage.setItem(LINE, one("line").value);
    one("line").parentElement.hidden = device.lines.length < 2;
    one("keys").replaceChildren(...kinds.map((kind) => {
      const made = document.createElement("button");
      made.type = "button"; made.className = "btn v-key"; made.dataset.kind = kind.code; made.textContent = kind.name;
      made.addEventListener("click", () => {
        last = key(kind.code); add(last, 1);
        if (navigator.vibrate) navigator.vibrate(40);
        made.dataset.hit = "1"; setTimeout(() => delete made.dataset.hit, 250);
      });
      return made;
    }));
    screen("count");
    tell();
    send(false);
    setInterval(() => send(false), AUTO * 1000);
  }
  page.querySelector("[data-form=enrol]").addEventListener("submit", async (event) => {
    event.preventDefault();
    note("");
    try {
      const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
      const raw = base64(await crypto.subtle.exportKey("raw", pair.publicKey));
      const answer = await fetch(addresses.enrol, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code: page.querySelector("#code").value, algorithm: "ES256", key: raw }) });
      const told = await answer.json();
      if (!answer.ok) { note(told.code === "code" ? said.wrong : told.detail); return; }
      device = { ...told, pair };
      await kept(device);
      begin();
    } catch { note(said.offline); }
  });
  one("undo").addEventListener("click", () => { if (last && state().counts[last]) { add(last, -1); tell(said.undone); } last = null; });
  one("send").addEventListener("click", () => send(true));
  addEventListener("online", () => send(false));

  (async () => {
    if (!window.isSecureContext) { note(said.insecure); screen("enrol"); return; }
    if (!globalThis.indexedDB || !crypto.subtle) { note(said.old_browser); screen("enrol"); return; }
    if ("serviceWorker" in navigator) navigator.serviceWorker.register(given.worker, { updateViaCache: "none" }).catch(() => {});
    device = await kept().catch(() => null);
    if (device) begin(); else screen("enrol");
    page.dataset.ready = "1";
  })();
})();
