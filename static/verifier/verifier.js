// The verifying page: where one stands, what the camera sees, and the answer. What is scanned goes nowhere.
"use strict";
(() => {
  const given = JSON.parse(document.getElementById("given").textContent);
  const { rest, verdicts } = given;
  const page = document.querySelector(".v-page");
  const one = (name) => page.querySelector(`[data-${name}]`);
  const PLACE = "verifier-place", DAY = 86400, LISTS_EVERY = 25, OTHERS_EVERY = 600;
  const LARGEST = 8 << 20;
  const english = document.documentElement.lang === "en";
  let keys = null, lists = null, table = null, stand = null, slow = 0;
  let ahead = Number(localStorage.getItem("verifier-ahead")) || 0; // seconds by which the city's clock is ahead of this phone's
  const now = () => Math.floor(Date.now() / 1000 + ahead);
  const filled = (text, n) => text.replace("{n}", n).replace("{place}", n);
  lxToken.libraries.ed25519 = given.libraries.ed25519;

  // -- what is kept on the phone
  async function fetched(name) {
    const answer = await fetch(given.addresses[name], { cache: "no-cache" });
    if (!answer.ok) throw new Error(name);
    const date = Date.parse(answer.headers.get("Date") || "");
    if (date && !answer.headers.get("X-Kept")) {
      ahead = Math.abs(date - Date.now()) < 5000 ? 0 : Math.round((date - Date.now()) / 1000);
      localStorage.setItem("verifier-ahead", String(ahead));
    }
    const data = new Uint8Array(await answer.arrayBuffer());
    if (data.length > LARGEST) throw new Error(name);
    return data;
  }
  async function script(address) {
    await new Promise((done, failed) => {
      const made = document.createElement("script");
      made.src = address; made.onload = done; made.onerror = failed;
      document.head.append(made);
    });
  }
  async function takeKeys() {
    const said = JSON.parse(new TextDecoder().decode(await fetched("keys")));
    if (said.issuer !== given.city) throw new Error("keys");
    const found = lxToken.ring(said);
    if ([...found.values()].some((key) => key.alg !== -8) && !globalThis.SmCryptoV2) await script(given.libraries.sm2);
    keys = found;
  }
  async function takeLists() {
    const said = await lxToken.list(await fetched("lists"), { issuer: given.city, keys });
    const found = { made: said.get(6), withdrawn: await lxToken.unzipped(said.get(lxToken.STATUS).get("lst")), lost: await lxToken.unzipped(said.get(lxToken.LOST)) };
    if (!lists || found.made >= lists.made) lists = found; // an older list never takes the place of a newer one
  }
  const plain = (said) => said instanceof Map ? Object.fromEntries([...said].map(([name, value]) => [name, plain(value)])) : Array.isArray(said) ? said.map(plain) : said;
  async function takeTable() {
    const said = await lxToken.list(await fetched("table"), { issuer: given.city, keys });
    table = { made: said.get(6), ...plain(said.get(lxToken.TABLE)) };
  }
  async function renew(all) {
    try {
      if (all || !keys) await takeKeys();
      await takeLists();
      if (all || !table) await takeTable();
    } catch (error) {
      if (error instanceof lxToken.Refused && error.code === "unknown-key" && !all) return renew(true);
      // no line: what is kept counts, and its age is shown
    }
    tellAge();
    return undefined;
  }
  function tellAge() {
    const old = lists ? Math.max(0, now() - lists.made) : null;
    const said = old === null ? rest.list_none : old < 120 ? rest.list_now : old < 3600 ? filled(rest.list_minutes, Math.floor(old / 60))
      : old < 2 * DAY ? filled(rest.list_hours, Math.floor(old / 3600)) : filled(rest.list_days, Math.floor(old / DAY));
    one("age").textContent = (navigator.onLine ? "" : rest.offline + " · ") + said;
  }

  // -- screens
  function screen(name) {
    for (const each of page.querySelectorAll("[data-screen]")) each.hidden = each.dataset.screen !== name;
    for (const each of page.querySelectorAll("[data-on]")) each.hidden = !each.dataset.on.split(" ").includes(name);
    if (name !== "verdict") page.dataset.tone = "none";
    if (name !== "scan") lxCamera.stop();
    one("where").parentElement.hidden = name === "place";
    page.dataset.at = name;
    if (name === "type") page.querySelector("#code").focus();
  }
  const note = (where, text) => { const found = page.querySelector(`[data-note=${where}]`); found.textContent = text; found.hidden = !text; };
  async function scan() {
    screen("scan");
    if (!window.isSecureContext || !navigator.mediaDevices) { note("scan", rest.insecure); return; }
    try { await lxCamera.start(page.querySelector("video"), given.libraries.reader, (text) => judge(text)); } catch { note("scan", rest.no_camera); }
  }
  function ask() {
    const scene = page.querySelector("#scene"), where = page.querySelector("#where");
    const rows = table ? table.rows : [];
    const known = [...new Set(rows.map((row) => row.scene))];
    scene.replaceChildren(...known.map((code) => new Option(given.scenes[code] || code, code)));
    const named = (code) => (table.areas[code] || [code, code])[english ? 1 : 0];
    const places = () => {
      const mine = rows.filter((row) => row.scene === scene.value);
      const wide = Object.keys(table ? table.areas : {}).filter((code) => code.length <= 6);
      const options = wide.map((code) => new Option(filled(rest.everywhere, named(code)), JSON.stringify({ area: code, place: "" })));
      const own = [...new Map(mine.filter((row) => row.place).map((row) => [row.area + row.place, row])).values()];
      where.replaceChildren(...own.map((row) => new Option(`${row.place} · ${named(row.area)}`, JSON.stringify({ area: row.area, place: row.place }))), ...options);
    };
    if (stand && known.includes(stand.scene)) scene.value = stand.scene;
    scene.onchange = places;
    places();
    if (stand) for (const option of where.options) if (option.value === JSON.stringify({ area: stand.area, place: stand.place })) option.selected = true;
    note("place", known.length ? "" : rest.no_table);
    screen("place");
  }
  function standsAt() {
    if (!stand) return;
    const area = table && table.areas[stand.area] ? table.areas[stand.area][english ? 1 : 0] : "";
    one("where").textContent = `${given.scenes[stand.scene] || stand.scene} · ${stand.place || area}`;
  }
  page.querySelector("[data-form=place]").addEventListener("submit", (event) => {
    event.preventDefault();
    const scene = page.querySelector("#scene").value, where = page.querySelector("#where").value;
    if (scene && where) {
      stand = { scene, ...JSON.parse(where) };
      localStorage.setItem(PLACE, JSON.stringify(stand));
      standsAt();
    }
    sound("none");
    if (held) { const again = held; held = null; judge(again); } else scan();
  });

  // -- the answer
  const TONES = { yes: [880, 1], look: [660, 2], usual: [440, 1], unsure: [520, 2], stop: [220, 3], none: [0, 0] };
  let player = null;
  function sound(tone) {
    try {
      player = player || new AudioContext();
      const [pitch, times] = TONES[tone];
      for (let n = 0; n < times; n++) {
        const made = player.createOscillator(), loud = player.createGain(), at = player.currentTime + n * 0.22;
        made.frequency.value = pitch; loud.gain.value = 0.25;
        made.connect(loud).connect(player.destination); made.start(at); made.stop(at + 0.15);
      }
    } catch { /* a phone without sound still shows */ }
  }
  function show(verdict) {
    const { row } = verdict;
    const said = verdicts[verdict.word === "discount" && row.percent === 50 ? "half" : verdict.word] || verdicts.garbage;
    one("word").textContent = row ? filled(said.word, row.percent) : said.word;
    one("right").textContent = row ? `${english ? row.en : row.name} · ${row.companions ? filled(rest.with, row.companions) : rest.alone}` : "";
    one("do").textContent = (row && (english ? row.words_en : row.words)) || said.do;
    one("why").textContent = verdict.why === "ageing" ? filled(rest.ageing, Math.floor(verdict.age / DAY)) : rest[verdict.why] || "";
    page.dataset.verdict = verdict.word;
    page.dataset.tone = verdict.tone;
    screen("verdict");
    page.dataset.took = String(Math.round(performance.now() - slow));
    sound(verdict.tone);
  }
  const seen = new Map(); // codes of phones read here within the minute, by what they said
  let held = null; // what was opened before one said where one stands
  async function judge(text) {
    slow = performance.now();
    let verdict;
    try {
      if (!keys || !keys.size) verdict = lxVerdict.refused("no-keys");
      else {
        const from = performance.now();
        const said = await lxToken.check(text, { issuer: given.city, keys, now: now() });
        page.dataset.verified = String(Math.round(performance.now() - from));
        for (const [code, at] of seen) if (now() - at > 120) seen.delete(code);
        if (said.shown !== null && seen.has(text) && held === null) verdict = lxVerdict.refused("again");
        else {
          if (said.shown !== null) seen.set(text, now());
          verdict = lxVerdict.of(said, { lists, table, stand, now: now(), rules: table || { fresh: 3, grace: 14 } });
        }
      }
    } catch (error) {
      verdict = lxVerdict.refused(error instanceof lxToken.Refused ? error.code : "garbage");
    }
    show(verdict);
  }
  page.querySelector("[data-form=type]").addEventListener("submit", async (event) => {
    event.preventDefault();
    slow = performance.now();
    const field = page.querySelector("#code");
    let said;
    try {
      const answer = await fetch(given.addresses.typed, { method: "POST", body: new URLSearchParams({ code: field.value }), signal: AbortSignal.timeout(8000) });
      said = await answer.json();
    } catch { show(lxVerdict.refused("no-line")); return; }
    field.value = "";
    if (said.state !== "counts") { show(["lost", "withdrawn"].includes(said.state) ? { tone: "stop", word: said.state, why: "", row: null } : lxVerdict.refused(said.state === "unknown" ? "no-code" : said.state)); return; }
    const rules = table || { fresh: 3, grace: 14 };
    show(lxVerdict.of({ number: -1, form: 0, classes: said.classes }, { lists: { made: now(), withdrawn: [], lost: [] }, table, stand, now: now(), rules, glance: true }));
  });
  page.querySelector("[data-photo]").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    let text = null;
    try { text = await lxCamera.photo(file, given.libraries.reader); } catch { /* said below */ }
    if (text === null) note("scan", rest.no_photo); else judge(text);
  });
  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-go]");
    if (!button) return;
    if (button.dataset.go === "place") ask(); else if (button.dataset.go === "scan") scan(); else screen(button.dataset.go);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { if (page.dataset.at === "scan") lxCamera.stop(); } else { renew(true); if (page.dataset.at === "scan") scan(); }
  });
  addEventListener("online", () => renew(true));
  addEventListener("offline", tellAge);
  // A code that any camera opened: it stands behind #, is taken out of the address, and is answered at once.
  function opened() {
    const text = location.hash;
    if (text.length < 2) return false;
    history.replaceState(null, "", location.pathname);
    if (!stand) held = text;
    judge(text);
    return true;
  }
  addEventListener("hashchange", opened);

  async function begin() {
    if (typeof DecompressionStream === "undefined" || !globalThis.crypto) { note("place", rest.old_browser); screen("place"); return; }
    if ("serviceWorker" in navigator) navigator.serviceWorker.register(given.worker, { updateViaCache: "none" }).catch(() => {});
    try { stand = JSON.parse(localStorage.getItem(PLACE)); } catch { stand = null; }
    await renew(true);
    standsAt();
    if (!opened()) { if (stand) scan(); else ask(); }
    page.dataset.ready = "1";
    let turns = 0;
    setInterval(() => { if (!document.hidden) renew(++turns % (OTHERS_EVERY / LISTS_EVERY) === 0); }, LISTS_EVERY * 1000);
  }
  begin();
})();
