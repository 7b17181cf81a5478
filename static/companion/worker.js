// Pages already seen stay readable without a line, for a week at most; what is asked without one waits in the outbox.
// Sign-out and an ended session empty it. FILES, SHELL and OUTBOX are written above by the server.
"use strict";
importScripts(OUTBOX);
const PAGES = "pages";
const KEEP = 40;
const WEEK = 7 * 24 * 3600 * 1000; // as long as a household's idle session lasts
const PATIENCE = 8000; // a line that says nothing for so long: the page as it was last seen
const POSTING = 45000;
const OFFLINE = "/offline/";
const WAITING = "/waiting/";
const OTHERS = ["/console/", "/sign-in/", "/ops/", "/demo/", "/worker.js", "/papers/", "/V/"];
const LOOKS = ["/language/", "/size/"]; // after these every page looks another way

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll([...FILES, OFFLINE, WAITING]);
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("shell") && name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  })());
});

const html = (text, more) => new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8", ...more } });
const marked = (text, seen) => text.replace("<body ", `<body data-offline="${seen}" `);

async function keep(request, answer) {
  if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("text/html")) return;
  const text = await answer.text();
  if (text.includes(" data-stranger")) { await caches.delete(PAGES); return; }
  if (!text.includes('data-keep="1"')) return;
  const cache = await caches.open(PAGES);
  await cache.put(request, html(text, { "X-Seen": String(Date.now()) }));
  const held = await cache.keys();
  for (const old of held.slice(0, Math.max(0, held.length - KEEP))) await cache.delete(old);
}
async function seen(request) {
  const cache = await caches.open(PAGES);
  const held = await cache.match(request);
  if (!held) return null;
  const at = Number(held.headers.get("X-Seen")) || 0;
  if (Date.now() - at > WEEK) { await cache.delete(request); return null; }
  return html(marked(await held.text(), at));
}
async function shell(address) {
  const held = await (await caches.open(SHELL)).match(address);
  return held ? html(marked(await held.text(), 0)) : Response.error();
}

async function page(event) {
  const { request } = event;
  const asked = fetch(request);
  event.waitUntil(asked.then((answer) => keep(request, answer.clone())).catch(() => {}));
  const late = new Promise((done) => setTimeout(done, PATIENCE, null));
  try {
    const answer = await Promise.race([asked, late]);
    return answer || (await seen(request)) || (await asked);
  } catch {
    return (await seen(request)) || shell(OFFLINE);
  }
}

// A form that cannot go out: where it carries a key it waits; where it does not, nothing is promised.
async function sent(event) {
  const { request } = event;
  const copy = request.clone();
  try {
    return await fetch(request, { signal: AbortSignal.timeout(POSTING) });
  } catch {
    try {
      const item = outbox.item(request.url, await copy.formData(), Date.now());
      if (!item) return shell(OFFLINE);
      await outbox.put(item);
      if (self.registration.sync) await self.registration.sync.register("outbox").catch(() => {});
      return Response.redirect(WAITING, 303);
    } catch { return shell(OFFLINE); }
  }
}

async function still(request) {
  const cache = await caches.open(SHELL);
  const held = await cache.match(request);
  return held || fetch(request);
}

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(outbox.drain(undefined, "").then(tell));
});
async function tell(done) {
  if (!done.length) return;
  for (const client of await self.clients.matchAll()) client.postMessage("outbox");
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/") && request.method === "GET") { event.respondWith(still(request)); return; }
  if (request.mode !== "navigate") return;
  if (address.pathname.startsWith("/sign-in/login") || LOOKS.includes(address.pathname)) event.waitUntil(caches.delete(PAGES));
  if (OTHERS.some((start) => address.pathname.startsWith(start))) return;
  if (request.method !== "GET") { event.respondWith(sent(event)); return; }
  if (address.pathname === WAITING) { event.respondWith(fetch(request).catch(() => shell(WAITING))); return; }
  event.respondWith(page(event));
});
