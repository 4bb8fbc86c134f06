// What is on the page as files: a picture of it, the film as GIF or MP4, the codes as npz.

import { askBytes, attempt, say } from "./ask.js";
import { at, element } from "./elements.js";
import { film } from "./film.js";
import { canvasOf } from "./frames.js";
import { pictureOf } from "./stage.js";
import { layerOf, view } from "./view.js";

const CELL = 160; // pixels of an image in a saved picture or film, at least
const FRAME = 110; // milliseconds
const MP4 = ["video/mp4;codecs=avc1.42E01E", "video/mp4"];

function handOver(content, name, type) {
  const href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = element("a", { href, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const fileName = (run, ending, what = "") => {
  const name = view.facts.runs[run].name.replace(/[^\w.-]+/g, "-");
  return `${name}${what ? `-${what}` : ""}.${ending}`;
};

function sheet(columns, rows) {
  const canvas = element("canvas", { width: columns * CELL, height: rows * CELL });
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  return { canvas, context };
}

function place(context, source, column, row) {
  const scale = Math.min((CELL - 6) / source.width, (CELL - 6) / source.height);
  const [width, height] = [source.width * scale, source.height * scale];
  context.drawImage(source, column * CELL + (CELL - width) / 2, row * CELL + (CELL - height) / 2, width, height);
}

/** A row of each run: original, reconstruction, error, by the sliders; and below the film of each. */
async function png() {
  const shown = view.runs.map((run, number) => {
    const { original, mean, error, now } = pictureOf(number);
    return run.input ? [original, mean, error, now] : [mean, now];
  });
  const films = film.frames.filter(Boolean);
  const columns = Math.max(...shown.map((row) => row.length), ...films.map((frames) => frames.count));
  const { canvas, context } = sheet(columns, shown.length + films.length);
  shown.forEach((row, line) => row.forEach((part, column) => place(context, part.canvas, column, line)));
  films.forEach((frames, below) => {
    for (let number = 0; number < frames.count; number++) {
      place(context, canvasOf(frames, number), number, shown.length + below);
    }
  });
  const content = await new Promise((done) => canvas.toBlob(done, "image/png"));
  handOver(content, fileName(0, "png"));
}

function required() {
  if (!film.z.some(Boolean)) throw new Error("There is no film on the page yet: choose one below.");
}

async function gif() {
  required();
  for (const [run, z] of film.z.entries()) {
    if (z) handOver(await askBytes("/save", { kind: "gif", run, layer: layerOf(run), z }), fileName(run, "gif", film.name), "image/gif");
  }
}

/** Plays the film there and back twice into a recorder of the browser; the runs stand side by side. */
async function mp4() {
  required();
  const type = MP4.find((name) => globalThis.MediaRecorder?.isTypeSupported(name));
  if (!type) throw new Error("This browser records no MP4; save a GIF, or use Chromium or Safari.");
  const films = film.frames.filter(Boolean);
  const { canvas, context } = sheet(films.length * 2, 2);
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: type, videoBitsPerSecond: 4_000_000 });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((done) => (recorder.onstop = done));
  recorder.start();
  const forth = Array.from({ length: films[0].count }, (_, number) => number);
  say("Recording …");
  for (const number of [...forth, ...forth.slice(1, -1).reverse(), ...forth]) {
    films.forEach((frames, column) => {
      context.drawImage(canvasOf(frames, number), column * 2 * CELL, 0, 2 * CELL, 2 * CELL);
    });
    await new Promise((done) => setTimeout(done, FRAME));
  }
  recorder.stop();
  await ended;
  handOver(new Blob(parts, { type: "video/mp4" }), fileName(0, "mp4", film.name));
}

async function npz() {
  const arrays = {};
  view.runs.forEach((run, number) => {
    const which = view.runs.length > 1 ? `_${number}` : "";
    arrays[`z${which}`] = run.z;
    arrays[`mean${which}`] = run.mean;
    if (run.spread.every((value) => value !== null)) arrays[`deviation${which}`] = run.spread;
    if (film.z[number]) arrays[`film${which}`] = film.z[number];
  });
  handOver(await askBytes("/save", { kind: "npz", arrays }), fileName(0, "npz"), "application/zip");
}

export function buildSave() {
  for (const [name, action] of Object.entries({ png, gif, mp4, npz })) {
    at(`save-${name}`).addEventListener("click", () => attempt(action));
  }
}
