// The map: own outlines and marks over Leaflet, tiles only where a service is configured. Without this script the drawing and
// the list stand. "Near me" is worked out here; no request of this script carries where the reader is.
(() => {
  "use strict";
  const told = document.getElementById("map-config");
  const frame = document.querySelector("[data-map]");
  if (!told || !frame || !window.L) return;
  const config = JSON.parse(told.textContent);
  const words = config.words;
  const said = frame.querySelector("[data-map-said]");
  const say = (text) => { said.textContent = text; };
  const fill = (text, n) => text.replace("%(n)s", n);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const element = (tag, kind, text) => {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const GRID = 58; // pixels: marks nearer to each other become one
  const DEEP = 18;

  // GCJ-02 as in engine/coordinates.py, one way: what the device says is WGS-84, the tiles may not be.
  const shifted = (lat, lon) => {
    if (config.datum !== "gcj02" || lat < 0.8293 || lat > 55.8271 || lon < 72.004 || lon > 137.8347) return [lat, lon];
    const { PI, sin, cos, sqrt, abs } = Math;
    const x = lon - 105, y = lat - 35;
    const waves = (slow, first, second) => (20 * sin(6 * x * PI) + 20 * sin(2 * x * PI) + 20 * sin(slow * PI) + 40 * sin(slow * PI / 3)
      + first * sin(slow * PI / 12) + second * sin(slow * PI / 30)) * 2 / 3;
    const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves(y, 160, 320);
    const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves(x, 150, 300);
    const axis = 6378245, ecc = 0.00669342162296594323, flat = 1 - ecc * sin(lat * PI / 180) ** 2;
    return [lat + north * 180 / (axis * (1 - ecc) / (flat * sqrt(flat)) * PI), lon + east * 180 / (axis / sqrt(flat) * cos(lat * PI / 180) * PI)];
  };
  const far = (metres) => metres < 1000 ? fill(words.m, Math.max(Math.round(metres / 10) * 10, 10)) : fill(words.km, (metres / 1000).toFixed(1));

  const box = element("div", "map-live waiting"); // the drawing stands until everything has arrived
  const kept = frame.querySelector(".map-here");
  kept.append(box);
  const map = L.map(box, { zoomControl: false, attributionControl: false, preferCanvas: true, maxZoom: DEEP, minZoom: 5, zoomSnap: 0.5 });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", words.label);
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (config.tiles) {
    L.control.attribution({ prefix: false }).addTo(map);
    const safe = element("span", "", config.said).innerHTML;
    L.tileLayer(config.tiles, { maxZoom: DEEP, attribution: safe, referrerPolicy: "no-referrer" }).addTo(map);
  }

  const places = []; // {id, kind, at, name, address, phone, hours, says, course}
  const marks = L.layerGroup().addTo(map);
  const names = L.layerGroup().addTo(map);
  const areas = [];

  const link = (pattern, id) => pattern.replace(/0(?=\/?$|&|\/$)/, String(id));
  const card = (one, metres) => {
    const made = element("div", "map-card");
    made.append(element("b", "", one.name), element("span", "small muted", config.kinds[one.kind][1]));
    if (metres !== undefined) made.append(element("span", "num", fill(words.away, far(metres))));
    for (const text of [one.address, one.hours, one.says]) if (text) made.append(element("span", "small", text));
    if (one.phone) { const call = element("a", "num", one.phone); call.href = "tel:" + one.phone.replace(/[^0-9+]/g, ""); made.append(call); }
    const ends = element("span", "row");
    if (config.one) { const open = element("a", "", words.open); open.href = link(config.one, one.id); ends.append(open); }
    if (config.near) { const near = element("a", "", words.from); near.href = config.near.replace(/near=0/, "near=" + one.id); ends.append(near); }
    made.append(ends);
    return made;
  };
  const mark = (one) => L.marker(one.at, {
    icon: L.divIcon({ className: `map-mark k-${one.kind}`, html: element("span", "", config.kinds[one.kind][0]), iconSize: [28, 28] }),
    title: one.name, alt: `${one.name}, ${config.kinds[one.kind][1]}`, keyboard: true,
  }).bindPopup(() => card(one), { maxWidth: 280 });
  const gathered = (held, at) => {
    const size = Math.min(34 + 4 * String(held.length).length + held.length / 40, 58);
    const text = fill(words.places, held.length);
    const made = L.marker(at, {
      icon: L.divIcon({ className: "map-many", html: element("span", "", String(held.length)), iconSize: [size, size] }),
      title: text, alt: text, keyboard: true, zIndexOffset: -200,
    });
    const bounds = L.latLngBounds(held.map((one) => one.at));
    const tight = map.getZoom() >= DEEP || map.distance(bounds.getSouthWest(), bounds.getNorthEast()) < 15;
    if (!tight) return made.on("click", () => map.fitBounds(bounds.pad(0.2), { maxZoom: DEEP }));
    return made.bindPopup(() => { const all = element("div", "map-all"); held.slice(0, 30).forEach((one) => all.append(card(one))); return all; }, { maxWidth: 280, maxHeight: 260 });
  };
  const draw = () => {
    const focus = document.activeElement?.closest?.(".leaflet-marker-icon")?.title;
    marks.clearLayers();
    const seen = map.getBounds().pad(0.1), zoom = map.getZoom(), squares = new Map();
    for (const one of places) {
      if (!seen.contains(one.at)) continue;
      const at = map.project(one.at, zoom);
      const key = Math.floor(at.x / GRID) + ":" + Math.floor(at.y / GRID);
      if (squares.has(key)) squares.get(key).push(one); else squares.set(key, [one]);
    }
    for (const held of squares.values()) {
      if (held.length === 1) { marks.addLayer(mark(held[0])); continue; }
      const lat = held.reduce((sum, one) => sum + one.at[0], 0) / held.length, lon = held.reduce((sum, one) => sum + one.at[1], 0) / held.length;
      marks.addLayer(gathered(held, [lat, lon]));
    }
    names.clearLayers();
    for (const one of areas) {
      const size = map.latLngToLayerPoint(one.bounds.getNorthEast()).subtract(map.latLngToLayerPoint(one.bounds.getSouthWest()));
      if (Math.abs(size.x) < 60 || (one.inner && Math.abs(size.x) < 90) || (!one.inner && one.split)) continue;
      names.addLayer(L.marker(one.bounds.getCenter(), { interactive: false, keyboard: false, zIndexOffset: -900, icon: L.divIcon({ className: "map-name", html: element("span", "", one.name), iconSize: [0, 0] }) }));
    }
    if (focus) box.querySelector(`.leaflet-marker-icon[title="${CSS.escape(focus)}"]`)?.focus();
  };

  const get = (address) => fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  });
  const shaped = (found) => {
    const split = new Set(found.filter((one) => one.code.length > 6).map((one) => one.code.slice(0, 6)));
    for (const one of found) {
      const inner = one.code.length > 6;
      const shape = L.polygon(one.rings, { color: colour(inner ? "--line" : "--ink-3"), weight: inner ? 1 : 1.4, fillColor: colour("--card"), fillOpacity: config.tiles ? 0 : inner ? 0 : 1, interactive: false }).addTo(map);
      areas.push({ name: one.name, code: one.code, bounds: shape.getBounds(), inner, split: split.has(one.code) });
    }
  };
  const begin = () => {
    const own = areas.filter((one) => config.area && one.code === config.area.slice(0, 6));
    const shown = own.length ? own : areas;
    const bounds = shown.length ? shown.map((one) => one.bounds) : places.map((one) => L.latLngBounds([one.at]));
    if (config.start) map.setView(config.start, 14);
    else if (bounds.length) map.fitBounds(bounds.reduce((sum, one) => sum.extend(one), L.latLngBounds(bounds[0].getSouthWest(), bounds[0].getNorthEast())), { padding: [8, 8] });
    else map.setView(shifted(35, 105), 5);
  };
  Promise.all([config.shapes ? get(config.shapes) : { shapes: [] }, config.points ? get(config.points) : { places: [] }]).then(([outline, found]) => {
    kept.replaceChildren(box);
    box.classList.remove("waiting");
    shaped(outline.shapes);
    for (const [id, kind, lat, lon, name, address, phone, hours, says, course] of found.places) {
      places.push({ id, kind, at: [lat, lon], name, address, phone, hours, says, course });
      if (course.length > 1) L.polyline(course, { color: colour("--sky"), weight: 3, interactive: false }).addTo(map);
    }
    begin();
    if (config.start) L.circleMarker(config.start, { radius: 20, color: colour("--amber-dot"), weight: 3, fill: false, interactive: false }).addTo(map);
    map.on("moveend", draw);
    draw();
    frame.classList.add("live");
  }).catch(() => { if (!frame.classList.contains("live")) say(words.failed); });

  // A form chooses its point by a click.
  if (config.picks) {
    const [lat, lon, datum] = ["latitude", "longitude", "datum"].map((name) => document.querySelector(`[name=${name}]`));
    let chosen = null;
    const show = (at) => {
      if (chosen) chosen.setLatLng(at);
      else chosen = L.circleMarker(at, { radius: 9, color: colour("--amber-dot"), weight: 3, fillOpacity: 0.4 }).addTo(map);
    };
    map.on("click", (event) => {
      show(event.latlng);
      lat.value = event.latlng.lat.toFixed(6);
      lon.value = event.latlng.lng.toFixed(6);
      datum.value = config.datum;
      say(`${words.chosen}: ${lon.value}, ${lat.value}`);
    });
  }

  // Near me: asked of this device only, measured here; with tiles the map does not move, so that their server learns nothing.
  const near = document.querySelector("[data-map-near]");
  const button = document.querySelector("[data-map-here]");
  if (!button || !near || !navigator.geolocation) return;
  document.querySelectorAll("[data-map-here],[data-map-here-words]").forEach((one) => { one.hidden = false; });
  let here = null;
  button.addEventListener("click", () => {
    say(words.asking);
    navigator.geolocation.getCurrentPosition((place) => {
      const at = shifted(place.coords.latitude, place.coords.longitude);
      if (here) here.setLatLng(at);
      else here = L.circleMarker(at, { radius: 8, color: "#fff", weight: 3, fillColor: colour("--sky"), fillOpacity: 1 }).bindTooltip(words.here).addTo(map);
      const sorted = places.map((one) => [map.distance(at, one.at), one]).sort((one, other) => one[0] - other[0]).slice(0, 20);
      const head = element("li", "map-near-head");
      head.append(element("b", "", words.near), element("span", "small muted", words.stays));
      near.replaceChildren(head, ...sorted.map(([metres, one]) => { const line = element("li"); line.append(card(one, metres)); return line; }));
      near.hidden = false;
      say(words.stays);
      if (!config.tiles) map.setView(at, Math.max(map.getZoom(), 13));
      head.tabIndex = -1;
      head.focus();
    }, () => say(words.denied), { maximumAge: 60000, timeout: 15000 });
  });
})();
