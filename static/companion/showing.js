// The code that changes: the city's credential, shown by this phone's own key, signed anew every few seconds.
// The private key is made here, cannot be taken out, and never leaves the phone.
"use strict";
(() => {
  const box = document.querySelector("[data-showing]");
  if (!box) return;
  const { showing: card, who, renew, verify } = box.dataset;
  const every = Number(box.dataset.every);
  const name = `${who}:${card}`;
  const say = (which, text) => { for (const one of box.querySelectorAll("[data-said]")) { one.hidden = one.dataset.said !== which; if (text && !one.hidden) one.textContent = text; } };

  // -- what stands on the phone: the key pair, the credential, how far the city's clock is ahead
  const opened = () => new Promise((done, failed) => {
    const asked = indexedDB.open("lianxin-card", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("phone");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  async function kept(value) {
    const base = await opened();
    const work = base.transaction("phone", value === undefined ? "readonly" : "readwrite").objectStore("phone");
    return new Promise((done, failed) => {
      const asked = value === undefined ? work.get(name) : work.put(value, name);
      asked.onsuccess = () => { base.close(); done(asked.result); };
      asked.onerror = () => failed(asked.error);
    });
  }
  const hex = (data) => [...data].map((one) => one.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (one) => parseInt(one, 16));

  // -- the little CBOR and COSE that a showing needs
  const joined = (...pieces) => Uint8Array.from(pieces.flatMap((one) => [...one]));
  const head = (major, n) => n < 24 ? [major << 5 | n] : n < 256 ? [major << 5 | 24, n] : n < 65536 ? [major << 5 | 25, n >> 8, n & 255]
    : [major << 5 | 26, n >>> 24, n >> 16 & 255, n >> 8 & 255, n & 255];
  const bytes = (data) => joined(head(2, data.length), data);
  const RAW = Uint8Array.of(0xa1, 1, 0x26); // signed with ES256
  const NAME = joined(head(3, 10), new TextEncoder().encode("Signature1"));
  async function shown(mine, at) {
    const payload = joined([0x82], head(0, at), bytes(mine.signed));
    const toSign = joined([0x84], NAME, bytes(RAW), bytes([]), bytes(payload));
    const signature = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, mine.pair.privateKey, toSign));
    return joined([0xd2, 0x84], bytes(RAW), [0xa0], bytes(payload), bytes(signature));
  }
  async function phone(pair) {
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return joined([2 + (raw[64] & 1)], raw.subarray(1, 33));
  }

  function draw(digits) {
    const code = qrcode(0, "L"); // a lit screen has no stains; paper takes level M
    code.addData(verify, "Alphanumeric"); code.addData("#", "Byte"); code.addData(digits, "Numeric");
    code.make();
    const canvas = box.querySelector("canvas"), paint = canvas.getContext("2d"), count = code.getModuleCount();
    const size = Math.floor(660 / (count + 8));
    canvas.width = canvas.height = size * (count + 8);
    paint.fillStyle = "#fff"; paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.fillStyle = "#000";
    for (let y = 0; y < count; y++) for (let x = 0; x < count; x++) if (code.isDark(y, x)) paint.fillRect((x + 4) * size, (y + 4) * size, size, size);
    box.dataset.version = String((count - 17) / 4);
  }

  async function renewed(mine) {
    const answer = await fetch(renew, {
      method: "POST", body: new URLSearchParams({ phone: hex(await phone(mine.pair)) }), signal: AbortSignal.timeout(10000),
      headers: { "X-CSRFToken": document.querySelector("meta[name=csrf]")?.content || "" },
    });
    if (answer.status === 409) { say("refused", (await answer.json()).said); return null; }
    if (!answer.ok) throw new Error("no answer");
    const said = await answer.json();
    return { ...mine, signed: unhex(said.signed), until: said.until, ahead: Math.round(said.now - Date.now() / 1000) };
  }
  async function begin() {
    if (!globalThis.crypto || !crypto.subtle || !globalThis.indexedDB || typeof BigInt === "undefined") { say("cannot"); return; }
    let mine;
    try {
      mine = await kept();
      if (!mine) {
        mine = { pair: await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]) };
        await kept(mine);
      }
    } catch { say("cannot"); return; }
    try {
      const fresh = await renewed(mine);
      if (fresh === null) return;
      mine = fresh;
      await kept(mine);
    } catch { // no line: what the phone holds counts as long as it does
      if (!mine.signed || mine.until < Date.now() / 1000 + mine.ahead) { say("line"); return; }
    }
    const now = () => Math.floor(Date.now() / 1000 + mine.ahead);
    let last = 0;
    say("runs");
    const clock = box.querySelector("[data-clock]"), line = box.querySelector(".showing-line span");
    const turn = async () => {
      if (document.hidden) return;
      if (now() - last >= every || now() < last) {
        last = now();
        const data = await shown(mine, last);
        box.dataset.text = BigInt("0x" + hex(data)).toString();
        draw(box.dataset.text);
      }
      line.style.inlineSize = `${100 - (now() - last) * 100 / every}%`;
      clock.textContent = new Date().toLocaleTimeString(document.documentElement.lang, { hour12: false });
    };
    await turn();
    setInterval(turn, 1000);
    document.addEventListener("visibilitychange", turn);
    box.dataset.ready = "1";
  }
  begin();
})();
