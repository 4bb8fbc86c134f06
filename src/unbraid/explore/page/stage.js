// The pictures: what the sliders make of the codes, beside the original, its reconstruction, and the error.

import { askBytes, say } from "./ask.js";
import { difference, draw, frameOf } from "./frames.js";
import { layerOf, view } from "./view.js";

const stages = []; // of each run: its canvases, and the frame that is being asked for

function picture(name, kind) {
  const cell = document.createElement("div");
  cell.className = `picture ${kind}`;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  const text = document.createElement("span");
  text.textContent = name;
  cell.append(canvas, text);
  return { cell, canvas, text };
}

export function buildStage(place) {
  view.facts.runs.forEach((run, number) => {
    const figure = document.createElement("figure");
    figure.className = "run";
    if (view.facts.runs.length > 1) {
      const caption = document.createElement("figcaption");
      caption.textContent = run.name;
      figure.append(caption);
    }
    const parts = { now: picture("by the sliders", "big") };
    const small = document.createElement("div");
    small.className = "minis";
    for (const [name, title] of [["original", "original"], ["mean", "reconstruction"], ["error", "error"]]) {
      parts[name] = picture(title, "mini");
      small.append(parts[name].cell);
    }
    parts.now.canvas.id = `picture-${number}`;
    figure.append(parts.now.cell, small);
    place.append(figure);
    stages.push({ ...parts, busy: false, since: null });
  });
}

/** Draws what does not follow the sliders. */
export function drawStart() {
  view.runs.forEach((run, number) => {
    const stage = stages[number];
    const head = Math.min(layerOf(number), run.heads.length - 1);
    const mean = frameOf(run.heads[head], 0);
    draw(stage.mean.canvas, mean);
    stage.original.cell.hidden = stage.error.cell.hidden = !run.input;
    if (!run.input) return;
    const input = frameOf(run.input, 0);
    draw(stage.original.canvas, input);
    const apart = difference(input, mean);
    draw(stage.error.canvas, apart);
    stage.error.text.textContent = `error ${apart.square.toPrecision(2)}`;
    stage.error.cell.title = "absolute difference; the number is the mean square, of images in [0, 1]";
  });
}

/** Draws the image of the codes; while one is on its way the latest is kept waiting, those between are left out. */
export async function follow(number, since = performance.now()) {
  const stage = stages[number];
  stage.since ??= since;
  if (stage.busy) return;
  stage.busy = true;
  while (stage.since !== null) {
    const begun = stage.since;
    stage.since = null;
    try {
      const [channels, height, width] = view.facts.runs[number].shape;
      const question = { run: number, layer: layerOf(number), z: [view.runs[number].z] };
      const bytes = new Uint8Array(await askBytes("/decode", question));
      draw(stage.now.canvas, { shape: [height, width, channels === 3 ? 3 : 1], bytes });
      await new Promise((shown) => requestAnimationFrame(shown));
      performance.measure("frame", { start: begun, end: performance.now() });
      if (performance.getEntriesByName("frame").length > 2000) performance.clearMeasures("frame");
    } catch (error) {
      say(error.message);
    }
  }
  stage.busy = false;
}

export const followAll = () => view.runs.forEach((_, number) => follow(number));

export const pictureOf = (number) => stages[number];
