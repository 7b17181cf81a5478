// What lies on the device: everything sealed under one key, the key under the worker's words, and both gone after the days.
// AES-GCM 256; the words go through PBKDF2 (600,000 × SHA-256), and once more under a key that this browser never gives out.
"use strict";
const Sealed = (() => {
  const ROUNDS = 600000;
  const TRIES = 10;
  const SKEW = 3600 * 1000; // a clock that was turned back further than this opens nothing
  const bytes = (text) => new TextEncoder().encode(text);
  const random = (n) => crypto.getRandomValues(new Uint8Array(n));
  let db = null;
  let key = null;

  const done = (request) => new Promise((yes, no) => { request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); });
  async function store(mode) {
    if (!db) {
      const opening = indexedDB.open("visits", 1);
      opening.onupgradeneeded = () => { opening.result.createObjectStore("meta", { keyPath: "id" }); opening.result.createObjectStore("sealed", { keyPath: "id" }); };
      db = await done(opening);
    }
    const names = ["meta", "sealed"];
    const held = db.transaction(names, mode);
    return { meta: held.objectStore("meta"), sealed: held.objectStore("sealed"), ended: new Promise((yes, no) => { held.oncomplete = yes; held.onabort = held.onerror = () => no(held.error); }) };
  }

  async function meta() { return (await done((await store("readonly")).meta.get("key"))) || null; }
  async function note(changes) {
    const now = await meta();
    const { meta: rows, ended } = await store("readwrite");
    rows.put({ ...now, ...changes, id: "key" });
    await ended;
  }

  async function under(words, salt, rounds) {
    const raw = await crypto.subtle.importKey("raw", bytes(words.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
    return crypto.subtle.deriveKey({ name: "PBKDF2", salt, iterations: rounds, hash: "SHA-256" }, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }
  const shut = async (k, data, bound) => { const iv = random(12); return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(bound) }, k, data) }; };
  const unshut = (k, box, bound) => crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv, additionalData: bytes(bound) }, k, box.data);

  // A key of this device is begun: the words, whose it is, and until when anything may open.
  async function begin(words, who, until) {
    await wipe();
    const raw = random(32);
    const salt = random(16);
    const binder = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const inner = await shut(await under(words, salt, ROUNDS), raw, "words");
    const outer = await shut(binder, inner.data, "binder");
    key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    raw.fill(0);
    await note({ salt, rounds: ROUNDS, inner: inner.iv, outer, binder, who, until, since: Date.now(), tries: 0, keys: [] });
  }

  // With the right words: true. With wrong ones: false, and after ten nothing is left.
  async function open(words) {
    const held = await meta();
    if (!held) return false;
    await note({ tries: held.tries + 1 });
    try {
      const inner = await unshut(held.binder, held.outer, "binder");
      const raw = new Uint8Array(await unshut(await under(words, held.salt, held.rounds), { iv: held.inner, data: inner }, "words"));
      key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
      raw.fill(0);
      await note({ tries: 0 });
      return true;
    } catch {
      if (held.tries + 1 >= TRIES) await wipe();
      return false;
    }
  }

  function over(held, now = Date.now()) { return now > new Date(held.until).getTime() || now < held.since - SKEW; }
  function lock() { key = null; }
  async function wipe() {
    key = null;
    const { meta: m, sealed: s, ended } = await store("readwrite");
    m.clear();
    s.clear();
    await ended;
  }

  async function put(id, thing) {
    const box = await shut(key, bytes(JSON.stringify(thing)), id);
    const { sealed, ended } = await store("readwrite");
    sealed.put({ id, ...box });
    await ended;
  }
  async function get(id) {
    const box = await done((await store("readonly")).sealed.get(id));
    return box ? JSON.parse(new TextDecoder().decode(await unshut(key, box, id))) : null;
  }
  async function drop(...ids) {
    const { sealed, ended } = await store("readwrite");
    for (const id of ids) sealed.delete(id);
    await ended;
  }
  async function all(start) {
    const ids = (await done((await store("readonly")).sealed.getAllKeys())).filter((id) => id.startsWith(start));
    const found = [];
    for (const id of ids) found.push({ id, thing: await get(id) });
    return found;
  }
  // One step on the disk: these are written and those are gone, or neither.
  async function swap(puts, drops) {
    const boxes = [];
    for (const [id, thing] of puts) boxes.push({ id, ...(await shut(key, bytes(JSON.stringify(thing)), id)) });
    const { sealed, ended } = await store("readwrite");
    for (const box of boxes) sealed.put(box);
    for (const id of drops) sealed.delete(id);
    await ended;
  }
  return { meta, note, begin, open, over, lock, wipe, put, get, drop, all, swap, TRIES, get unlocked() { return key !== null; } };
})();
