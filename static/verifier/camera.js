// Codes from the camera or a photo: what the browser reads by itself, else a small reader. Pictures stay on the phone.
"use strict";
const lxCamera = (() => {
  const SIDE = 640; // pixels of the square that is read: enough for the largest of our codes, quick on an old phone
  let detector, reader, stream = null, running = 0;

  function script(address) {
    return new Promise((done, failed) => {
      const made = document.createElement("script");
      made.src = address; made.onload = done; made.onerror = failed;
      document.head.append(made);
    });
  }
  async function ready(address) {
    if (detector === undefined) {
      detector = null;
      try {
        if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) detector = new BarcodeDetector({ formats: ["qr_code"] });
      } catch { detector = null; }
    }
    if (!detector && !window.jsQR) await (reader = reader || script(address));
  }
  const canvas = document.createElement("canvas");
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  // The text of a code in a picture (a video, a bitmap), or null. `whole` reads all of it and not its middle only.
  async function look(picture, width, height, whole) {
    if (detector) {
      try { const [found] = await detector.detect(picture); if (found) return found.rawValue; } catch { /* the other reader */ }
      if (!window.jsQR) return null;
    }
    const middle = whole ? Math.max(width, height) : Math.min(width, height);
    const scale = Math.min(1, (whole ? 1400 : SIDE) / middle);
    canvas.width = Math.round((whole ? width : middle) * scale); canvas.height = Math.round((whole ? height : middle) * scale);
    const left = whole ? 0 : (width - middle) / 2, top = whole ? 0 : (height - middle) / 2;
    paint.drawImage(picture, left, top, whole ? width : middle, whole ? height : middle, 0, 0, canvas.width, canvas.height);
    return read(paint.getImageData(0, 0, canvas.width, canvas.height), whole);
  }
  function read(pixels, both) {
    const found = jsQR(pixels.data, pixels.width, pixels.height, { inversionAttempts: both ? "attemptBoth" : "dontInvert" });
    return found ? found.data : null;
  }
  async function start(video, address, found) {
    stop();
    const mine = running;
    await ready(address);
    const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
    if (mine !== running) { for (const one of opened.getTracks()) one.stop(); return; }
    stream = opened;
    video.srcObject = stream;
    await video.play();
    (async () => {
      while (mine === running) {
        if (video.videoWidth) {
          const said = await look(video, video.videoWidth, video.videoHeight, false);
          if (said !== null && mine === running) { found(said); return; }
        }
        await new Promise((done) => setTimeout(done, 60));
      }
    })();
  }
  function stop() {
    running += 1;
    if (stream) for (const one of stream.getTracks()) one.stop();
    stream = null;
  }
  async function photo(file, address) {
    await ready(address);
    const picture = await createImageBitmap(file);
    return look(picture, picture.width, picture.height, true);
  }
  return { start, stop, photo, ready, read };
})();
globalThis.lxCamera = lxCamera;
