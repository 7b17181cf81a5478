// Pages already seen stay readable without a line; nothing is sent from here, and sign-out empties it (companion.js).
"use strict";
const SHELL = "shell-1";
const PAGES = "pages";
const KEEP = 40;
const OFFLINE = "/offline/";
const OTHERS = ["/console/", "/sign-in/", "/ops/", "/demo/", "/language/", "/size/", "/worker.js", "/papers/"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.add(new Request(OFFLINE, { credentials: "omit" }))).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== SHELL && name !== PAGES) await caches.delete(name);
    await self.clients.claim();
  })());
});

async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected && (answer.headers.get("Content-Type") || "").startsWith("text/html")) {
      const seen = answer.clone();
      const text = await seen.text();
      if (text.includes('data-keep="1"')) {
        const cache = await caches.open(PAGES);
        await cache.put(request, new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } }));
        const held = await cache.keys();
        for (const old of held.slice(0, Math.max(0, held.length - KEEP))) await cache.delete(old);
      }
    }
    return answer;
  } catch {
    const held = await (await caches.open(PAGES)).match(request);
    if (!held) return caches.match(OFFLINE);
    const text = (await held.text()).replace("<body ", "<body data-offline ");
    return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
}
async function still(request) {
  const cache = await caches.open(SHELL);
  const held = await cache.match(request);
  const fresh = fetch(request).then((answer) => { if (answer.ok) cache.put(request, answer.clone()); return answer; });
  if (!held) return fresh;
  fresh.catch(() => {});
  return held;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/") && request.method === "GET") { event.respondWith(still(request)); return; }
  if (request.mode !== "navigate" || OTHERS.some((start) => address.pathname.startsWith(start))) return;
  event.respondWith(request.method === "GET" ? page(request) : fetch(request).catch(() => caches.match(OFFLINE)));
});
