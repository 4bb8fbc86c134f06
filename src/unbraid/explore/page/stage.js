// The pictures: what the sliders make of the codes, beside the original, its reconstruction, and the error.

import { say } from "./ask.js";
import { decoded } from "./decode.js";
import { element } from "./elements.js";
import { difference, draw, frameOf } from "./frames.js";
import { layerOf, view } from "./view.js";

const stages = []; // of each run: its canvases, and the frame that is being asked for

function picture(name, kind) {
  const canvas = element("canvas", { role: "img", "aria-label": name });
  const text = element("span", {}, name);
  return { cell: element("div", { class: `picture ${kind}` }, canvas, text), canvas, text };
}

export function buildStage(place) {
  view.facts.runs.forEach((run, number) => {
    const figure = element("figure", { class: "run" });
    if (view.facts.runs.length > 1) figure.append(element("figcaption", {}, run.name));
    const parts = { now: picture("by the sliders", "big") };
    const small = element("div", { class: "minis" });
    for (const [name, title] of [["original", "original"], ["mean", "recon\u00ADstruction"], ["error", "error"]]) {
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
      draw(stage.now.canvas, frameOf(await decoded(number, [view.runs[number].z]), 0));
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
