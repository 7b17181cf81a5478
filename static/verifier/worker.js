// Keeps the verifying page, its files and the signed lists, so that it works for days without a line.
// FILES, SHELL, PAGES and DATA are written above by the server. What stands behind # never leaves the phone: no request has it.
"use strict";
const KEPT = "verifier-data";
const PATIENCE = 2500;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll([...FILES, ...PAGES]);
    await (await caches.open(KEPT)).addAll(DATA).catch(() => {});
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("verifier-") && name !== SHELL && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  })());
});

async function fresh(address, where, kept) {
  const cache = await caches.open(where);
  const held = await cache.match(address);
  const asked = fetch(address, { cache: "no-cache", credentials: "same-origin" }).then(async (answer) => {
    if (answer.ok && answer.type === "basic") await cache.put(address, answer.clone());
    return answer;
  });
  if (!held) return asked;
  const late = new Promise((done) => setTimeout(done, PATIENCE, null));
  try {
    const answer = await Promise.race([asked, late]);
    if (answer && answer.ok) return answer;
  } catch { /* no line */ }
  asked.catch(() => {});
  return kept ? kept(held) : held;
}
// As it was kept, and marked so: its Date says nothing about the time now.
async function marked(held) {
  const headers = new Headers(held.headers);
  headers.set("X-Kept", "1");
  return new Response(await held.arrayBuffer(), { headers });
}
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && PAGES.includes(address.pathname)) { event.respondWith(fresh(address.pathname, SHELL)); return; }
  if (DATA.includes(address.pathname)) {
    event.respondWith(fresh(address.pathname, KEPT, marked));
    return;
  }
  if (address.pathname.startsWith("/static/")) event.respondWith(caches.match(request).then((held) => held || fetch(request)));
});
