// The worker's own list of visits, with or without a line. Nothing readable lies on the device; nothing is lost or sent twice.
(() => {
  "use strict";
  const BASE = "/console/visits/device/";
  const IDLE = 5 * 60 * 1000; // sealed again after so long without a touch
  const BATCH = 5;
  const words = JSON.parse(document.getElementById("words").textContent);
  const $ = (id) => document.getElementById(id);
  const fresh = () => crypto.randomUUID();
  const el = (tag, text, cls) => { const made = document.createElement(tag); if (text) made.textContent = text; if (cls) made.className = cls; return made; };
  let hello = null; // what the server last said: who asks, which lists, which copies hold
  let packs = [];
  let stop = null; // the one that is open, with its pack and its draft
  let sending = false;
  let touched = Date.now();

  // ---- views
  function show(name) {
    for (const view of document.querySelectorAll("[id^=view-]")) view.hidden = view.id !== `view-${name}`;
    wrong("");
    $("main").focus({ preventScroll: false });
    scrollTo(0, 0);
  }
  function said(text) { $("said").textContent = ""; if (text) $("said").append(el("p", text, "note")); }
  function wrong(text) { $("wrong").textContent = ""; if (text) $("wrong").append(el("p", text, "note bad")); }
  const day = (iso) => new Date(iso).toLocaleDateString(document.documentElement.lang, { month: "long", day: "numeric" });

  // ---- the line
  async function ask(path, body) {
    const answer = await fetch(BASE + path, body === undefined ? { headers: { Accept: "application/json" } } : {
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": hello.csrf }, body: JSON.stringify(body),
    });
    const json = (answer.headers.get("Content-Type") || "").includes("json");
    if (answer.redirected || !json) { const error = new Error("sign in"); error.signIn = !answer.ok || answer.redirected; throw error; }
    const told = await answer.json();
    if (!answer.ok) { const error = new Error(told.words || ""); error.words = told.words; throw error; }
    return told;
  }
  async function greet() {
    try {
      hello = await ask("hello/");
      $("line").textContent = words.online;
      return true;
    } catch (error) {
      if (error.signIn) { $("line").textContent = ""; $("line").append(Object.assign(el("a", words.sign_in), { href: `${document.body.dataset.login}?next=${BASE}` })); }
      else $("line").textContent = words.offline;
      return false;
    }
  }

  // ---- beginning
  async function start() {
    if (!window.crypto?.subtle || !window.indexedDB) { wrong(words.storage); return; }
    await serve();
    const online = await greet();
    const held = await Sealed.meta();
    if (held && Sealed.over(held)) { await gone(held, online); said(words.expired); }
    const now = await Sealed.meta();
    if (!now) { if (online) await choose(); return; }
    if (online && hello.who !== now.who) { wrong(words.other); }
    locked(now);
  }
  async function serve() {
    if (!("serviceWorker" in navigator)) return;
    try {
      await navigator.serviceWorker.register(`${BASE}worker.js`, { scope: BASE });
      const cache = await caches.open("visits-1");
      const files = [...document.querySelectorAll("link[rel=stylesheet],link[rel=icon],script[src]")].map((one) => one.href || one.src);
      if (navigator.onLine) await Promise.all([BASE, ...files].map((file) => cache.add(file).catch(() => {})));
    } catch { /* without it the page opens with a line only */ }
  }
  // A device that forgot says so as soon as it can; only keys of copies are kept for that, nothing of a person.
  async function gone(held, online) {
    const keys = held.keys || [];
    await Sealed.wipe();
    if (online) for (const key of keys) await ask("back/", { key, wiped: true }).catch(() => {});
  }
  function locked(held) {
    Sealed.lock();
    packs = [];
    stop = null;
    $("until").textContent = `${words.open_until} ${day(held.until)}`;
    for (const id of ["house", "route", "decide"]) $(id).textContent = "";
    $("report").reset();
    show("locked");
    $("words-in").value = "";
    $("words-in").focus();
  }

  // ---- taking along
  async function choose() {
    show("choose");
    const box = $("lists");
    box.textContent = "";
    const held = new Set(packs.map((one) => one.list));
    const free = hello.lists.filter((one) => !held.has(one.id));
    if (!free.length) { box.append(el("p", words.none)); return; }
    for (const one of free) {
      const label = el("label");
      const radio = Object.assign(el("input"), { type: "radio", name: "list", value: one.id, required: true });
      label.append(radio, el("span", `${one.name} · ${day(one.on)} · ${one.n}`));
      box.append(label);
    }
    box.querySelector("input").checked = true;
    for (const field of document.querySelectorAll("[data-first]")) field.hidden = Sealed.unlocked;
  }
  const weak = (text) => text.length < 6 || /^(.)\1*$/.test(text) || "01234567890 09876543210 abcdefghijklmnop qwertyuiop".includes(text.toLowerCase());
  $("choose").addEventListener("submit", async (event) => {
    event.preventDefault();
    const list = event.target.elements.list?.value || document.querySelector("#lists input:checked")?.value;
    if (!list) return;
    const pin = $("pin").value;
    if (!Sealed.unlocked && weak(pin)) { wrong(words.short); $("pin").focus(); return; }
    if (!Sealed.unlocked && pin !== $("pin2").value) { wrong(words.differ); $("pin2").focus(); return; }
    try {
      if (!(await greet())) { wrong(words.offline); return; }
      const pack = await ask(`take/${list}/`, { key: fresh() });
      if (!Sealed.unlocked) await Sealed.begin(pin, hello.who, pack.until);
      const held = await Sealed.meta();
      await Sealed.note({ until: held.until < pack.until ? held.until : pack.until, keys: [...held.keys, pack.key] });
      await Sealed.put(`pack:${pack.key}`, pack);
      $("pin").value = $("pin2").value = "";
      await route();
    } catch (error) { wrong(error.words || words.broke); }
  });

  // ---- opening
  $("open").addEventListener("submit", async (event) => {
    event.preventDefault();
    const held = await Sealed.meta();
    if (await Sealed.open($("words-in").value)) { touched = Date.now(); await route(); sync(); return; }
    const left = await Sealed.meta();
    if (!left) { await gone(held, await greet()); said(words.wiped); if (hello) await choose(); else show("choose"); return; }
    wrong(`${words.wrong} ${Sealed.TRIES - left.tries}`);
    $("words-in").select();
  });
  setInterval(async () => { if (Sealed.unlocked && Date.now() - touched > IDLE) { await keep(); locked(await Sealed.meta()); } }, 5000);
  for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  addEventListener("pagehide", () => { keep(); });
  addEventListener("online", async () => { if (await greet()) sync(); });
  addEventListener("offline", () => { $("line").textContent = words.offline; });

  // ---- the route
  async function route() { if (await draw()) { stop = null; show("route"); } }
  async function draw() {
    packs = (await Sealed.all("pack:")).map((one) => one.thing).sort((a, b) => a.on.localeCompare(b.on));
    if (!packs.length) { await Sealed.wipe(); if (await greet()) await choose(); return false; }
    const drafts = new Set((await Sealed.all("draft:")).map((one) => one.thing.stop));
    const out = await Sealed.all("out:");
    const waits = new Set(out.map((one) => one.thing.stop));
    $("route-head").textContent = packs.map((one) => `${one.name} · ${words.open_until} ${day(one.until)}`).join(" / ");
    const list = $("route");
    list.textContent = "";
    for (const pack of packs) for (const one of [...pack.stops].sort((a, b) => a.place - b.place)) {
      const state = waits.has(one.id) ? words.to_send : drafts.has(one.id) ? words.draft : words[one.state] || "";
      const line = el("li", "", `card ${one.state}`);
      const button = Object.assign(el("button", "", "stop"), { type: "button" });
      button.dataset.stop = one.id;
      button.append(el("b", one.address || one.code), el("span", one.members.map((m) => (m.age === null ? m.name : `${m.name} ${m.age}`)).join("、")), el("span", one.why, "small muted"), el("span", state, `tag ${one.state === "visited" ? "pine" : waits.has(one.id) ? "amber" : ""}`));
      button.addEventListener("click", () => visit(pack, one));
      line.append(button);
      list.append(line);
    }
    const count = out.length;
    $("unsent").hidden = !count;
    $("unsent").textContent = `${count} ${words.to_send}`;
    await decisions();
    return true;
  }

  // ---- one visit
  async function visit(pack, one) {
    stop = { pack, one, draft: (await Sealed.get(`draft:${one.id}`)) || { stop: one.id, key: fresh(), visit: fresh(), parts: [] } };
    const house = $("house");
    house.textContent = "";
    house.append(el("h2", one.address || one.code), el("p", `${one.area} · ${one.code}`, "small muted"));
    const who = el("ul", "", "lines");
    for (const m of one.members) who.append(el("li", [m.name, m.age === null ? "" : `${m.age} ${words.years}`, m.phone, ...m.marks].filter(Boolean).join(" · ")));
    house.append(who, el("p", [one.why, ...one.needs, one.words].filter(Boolean).join(" · ")), el("p", one.last ? `${words.last}: ${day(one.last)}` : words.never, "small muted"));
    for (const run of one.running) house.append(el("p", `${run.name} · ${run.where} · ${run.number}`, "small"));
    fill();
    show("stop");
  }
  function fill() {
    const { draft } = stop;
    const form = $("report");
    form.reset();
    $("needs").textContent = $("fixes").textContent = $("kept").textContent = "";
    for (const radio of form.querySelectorAll("[name=outcome]")) radio.checked = radio.value === draft.outcome;
    for (const name of ["words", "minutes", "signer"]) form.elements[name].value = draft[name] || "";
    for (const part of draft.parts) add(part);
    pad.load(draft.signature || "");
  }
  function add(part) {
    const need = part.what === "need";
    const box = $(need ? "t-need" : "t-fix").content.cloneNode(true).firstElementChild;
    box.dataset.key = part.key;
    const choice = box.querySelector(need ? "[data-f=code]" : "[data-f=person]");
    const options = need ? stop.pack.kinds.map((k) => [k.code, k.name]) : stop.one.members.map((m) => [m.id, m.name]);
    for (const [value, text] of options) choice.append(Object.assign(el("option", text), { value }));
    for (const field of box.querySelectorAll("[data-f]")) if (part[field.dataset.f] !== undefined && part[field.dataset.f] !== null) field.value = part[field.dataset.f];
    $(need ? "needs" : "fixes").append(box);
    return box;
  }
  function collect() {
    const form = $("report");
    const parts = [...form.querySelectorAll(".need,.fix")].map((box) => {
      const part = { key: box.dataset.key, what: box.classList.contains("need") ? "need" : "correction" };
      for (const field of box.querySelectorAll("[data-f]")) part[field.dataset.f] = field.dataset.f === "person" ? Number(field.value) : field.value;
      return part;
    });
    const outcome = form.querySelector("[name=outcome]:checked")?.value || "";
    return { ...stop.draft, outcome, words: form.elements.words.value, minutes: form.elements.minutes.value, signer: form.elements.signer.value, parts, signature: pad.drawn() };
  }
  let waiting = null;
  let busy = Promise.resolve();
  function keep() {
    clearTimeout(waiting);
    if (!stop || !Sealed.unlocked || $("view-stop").hidden) return busy;
    const draft = collect();
    stop.draft = draft;
    const empty = !draft.outcome && !draft.words && !draft.parts.length && !draft.signature && !draft.signer;
    busy = busy.then(() => (empty ? Sealed.drop(`draft:${draft.stop}`) : Sealed.put(`draft:${draft.stop}`, draft))).then(() => {
      $("kept").textContent = empty ? "" : `${words.draft} ✓`;
    });
    return busy;
  }
  $("report").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(keep, 300); });
  $("report").addEventListener("change", keep);
  $("report").addEventListener("submit", async (event) => {
    event.preventDefault();
    const draft = collect();
    const bad = draft.parts.some((part) => !(part.what === "need" ? part.words : part.value).trim());
    if (!draft.outcome || bad || (draft.outcome === "met" && !draft.words.trim())) { wrong(words.found_met); $("found").focus(); return; }
    const { one, pack } = stop;
    const out = { ...draft, at: new Date().toISOString(), known: pack.at, lock: one.lock, minutes: Number(draft.minutes) || null };
    one.state = draft.outcome === "met" ? "visited" : "away";
    clearTimeout(waiting);
    await busy;
    stop = null;
    await Sealed.swap([[`out:${draft.key}`, out], [`pack:${pack.key}`, pack]], [`draft:${one.id}`]);
    await route();
    sync();
  });

  // ---- drawing a signature
  const pad = (() => {
    const canvas = $("pad");
    const pen = canvas.getContext("2d");
    let inked = false;
    let last = null;
    const clear = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height); inked = false; };
    const at = (event) => { const box = canvas.getBoundingClientRect(); return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height]; };
    canvas.addEventListener("pointerdown", (event) => { last = at(event); canvas.setPointerCapture(event.pointerId); event.preventDefault(); });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const next = at(event);
      pen.strokeStyle = "#111"; pen.lineWidth = 3; pen.lineCap = "round";
      pen.beginPath(); pen.moveTo(...last); pen.lineTo(...next); pen.stroke();
      last = next; inked = true;
    });
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => { if (last) { last = null; keep(); } });
    clear();
    return {
      clear,
      drawn: () => (inked ? canvas.toDataURL("image/png").split(",")[1] : ""),
      load: (data) => { clear(); if (!data) return; const image = new Image(); image.onload = () => { pen.drawImage(image, 0, 0); inked = true; }; image.src = `data:image/png;base64,${data}`; inked = true; },
    };
  })();

  // ---- sending: what was answered is gone from here, what was not is sent again under the same key
  async function sync(loud = false) {
    if (sending || !Sealed.unlocked) return;
    sending = true;
    try {
      if (!(await greet())) return;
      const held = await Sealed.meta();
      if (!held || hello.who !== held.who) { wrong(words.other); return; }
      let refused = [];
      for (;;) {
        const out = (await Sealed.all("out:")).map((one) => one.thing).filter((one) => !refused.some((r) => r.key === one.key)).slice(0, BATCH);
        const decided = (await Sealed.all("dec:")).map((one) => one.thing).slice(0, BATCH);
        if (!out.length && !decided.length) break;
        said(words.sending);
        const told = await ask("sync/", { who: held.who, reports: out, decisions: decided });
        refused = refused.concat(await settle(told.answers, out, decided));
      }
      await recalled();
      said(refused.length ? "" : loud ? words.all_sent : "");
      if (refused.length) wrong(`${words.refused} ${refused.map((one) => one.words).join(" ")}`);
    } catch (error) {
      said("");
      wrong(error.signIn ? words.sign_in : error.words || words.broke);
    } finally {
      sending = false;
      if (Sealed.unlocked && !$("view-route").hidden) await draw(); // whoever opened a household meanwhile stays there
    }
  }
  async function settle(answers, out, decided) {
    const refused = [];
    for (const answer of answers) {
      const report = out.find((one) => one.key === answer.key);
      const decision = decided.find((one) => one.report === answer.key);
      const conflicts = answer.parts.filter((part) => part.state === "conflict");
      if (answer.state === "refused") {
        refused.push(answer);
        if (report) await Sealed.swap([[`draft:${report.stop}`, report]], [`out:${report.key}`]);
        if (decision) await Sealed.drop(`dec:${decision.part.key}`);
      } else if (decision) {
        await Sealed.swap([], [`dec:${decision.part.key}`, `conf:${decision.part.key}`]);
      } else if (report) {
        const puts = conflicts.map((part) => {
          const mine = report.parts.find((one) => one.key === part.key) || { key: part.key, what: "visit", code: "", words: report.words };
          return [`conf:${part.key}`, { report: report.key, stop: report.stop, part: mine, theirs: part.theirs }];
        });
        await Sealed.swap(puts, [`out:${report.key}`]);
      }
    }
    return refused;
  }
  // What the desk gave to somebody else is wiped here, after what was done with it was sent.
  async function recalled() {
    for (const pack of (await Sealed.all("pack:")).map((one) => one.thing)) if (!hello.held.includes(pack.key)) {
      const stops = new Set(pack.stops.map((one) => one.id));
      const drafts = (await Sealed.all("draft:")).filter((one) => stops.has(one.thing.stop)).map((one) => one.id);
      await ask("back/", { key: pack.key, wiped: true }).catch(() => {});
      await Sealed.drop(`pack:${pack.key}`, ...drafts);
      said(words.gone);
    }
  }

  // ---- what changed meanwhile
  async function decisions() {
    const box = $("decide");
    box.textContent = "";
    const made = new Set((await Sealed.all("dec:")).map((one) => one.thing.part.key));
    for (const { thing } of await Sealed.all("conf:")) {
      if (made.has(thing.part.key)) continue;
      const card = $("t-decide").content.cloneNode(true).firstElementChild;
      const at = (name) => card.querySelector(`[data-f=${name}]`);
      const home = packs.flatMap((pack) => pack.stops).find((one) => one.id === thing.stop);
      at("what").textContent = `${home ? home.address : ""} · ${words[thing.part.what === "correction" ? thing.part.code : thing.part.what]}`;
      at("whose").textContent = home?.members.find((m) => m.id === thing.part.person)?.name || "";
      at("mine-label").textContent = words.mine;
      at("theirs-label").textContent = words.theirs;
      at("mine").textContent = thing.part.value || thing.part.words || "";
      at("theirs").textContent = thing.theirs;
      for (const [name, mine] of [["keep-mine", true], ["keep-theirs", false]]) at(name).addEventListener("click", async () => {
        await Sealed.put(`dec:${thing.part.key}`, { report: thing.report, part: thing.part, mine });
        card.remove();
        sync();
      });
      box.append(card);
    }
  }

  // ---- buttons
  const deeds = {
    lock: async () => { await keep(); locked(await Sealed.meta()); },
    route: async () => { await keep(); stop = null; await route(); },
    sync: () => sync(true),
    clear: () => { pad.clear(); keep(); },
    need: () => { add({ key: fresh(), what: "need" }).querySelector("select").focus(); keep(); },
    fix: () => { add({ key: fresh(), what: "correction" }).querySelector("select").focus(); keep(); },
    wipe: async () => { const held = await Sealed.meta(); const online = await greet(); await gone(held, online); said(words.wiped); if (online) await choose(); else show("choose"); },
    more: async () => { if (await greet()) await choose(); else wrong(words.offline); },
    back: async () => {
      await sync();
      const open = (await Sealed.all("out:")).length + (await Sealed.all("conf:")).length + (await Sealed.all("draft:")).length;
      if (open) { wrong(words.unsent); return; }
      if (!(await greet())) { wrong(words.offline); return; }
      for (const { thing } of await Sealed.all("pack:")) await ask("back/", { key: thing.key });
      await Sealed.wipe();
      packs = [];
      await greet();
      await choose();
      said(words.back);
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    if (button.dataset.do === "unpart") { button.closest("fieldset").remove(); keep(); return; }
    Promise.resolve(deeds[button.dataset.do]()).catch((error) => wrong(error.words || words.broke));
  });
  start().catch(() => wrong(words.broke));
})();
