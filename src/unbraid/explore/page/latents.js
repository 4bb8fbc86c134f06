// A slider for each latent: most nats first, those that say nothing folded away.

import { element, short, tabs } from "./elements.js";
import { latentsOf, remember, view } from "./view.js";

const OPEN = 12; // sliders of a layer that are not folded away
const rows = new Map(); // "run/latent" -> what its row shows
const key = (run, number) => `${run}/${number}`;

function hill(latent) {
  const most = Math.max(...latent.density, 1e-9);
  const wide = 100 / latent.density.length;
  const points = latent.density.map((share, bin) => `L${(bin * wide).toFixed(1)} ${(20 - (18 * share) / most).toFixed(1)} H${((bin + 1) * wide).toFixed(1)}`);
  return `M0 20 ${points.join(" ")} L100 20 Z`;
}

function slider(run, latent, on) {
  const name = element("button", { class: "name", "aria-pressed": "false" }, `z${latent.number}`);
  name.addEventListener("click", () => on.select(run, latent.number));
  const about = element("span", { class: "about" }, latent.label);
  const nats = element("span", { class: "nats" }, latent.kl === null ? "" : `${latent.kl.toFixed(2)} nats`);
  const bar = element("rect", { class: "bar", y: "0", height: "20", width: "0", x: "0" });
  const mark = element("rect", { class: "mark", y: "0", height: "20", width: "0.8", x: "0" });
  const drawing = element("svg", { viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" }, element("path", { class: "hill", d: hill(latent) }), bar, mark);
  const input = element("input", { type: "range", "aria-label": `z${latent.number}${latent.label ? `, ${latent.label}` : ""}`, id: `z-${run}-${latent.number}` });
  const value = element("output", { for: input.id });
  const was = element("span", { class: "was" });
  const put = (to) => {
    view.runs[run].z[latent.number] = to;
    shownAt(key(run, latent.number), to);
    on.move(run);
    remember();
  };
  const back = () => put(view.runs[run].mean[latent.number]);
  input.addEventListener("input", () => put(Number(input.value)));
  input.addEventListener("dblclick", back);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Backspace" && event.key !== "Delete") return;
    event.preventDefault();
    back();
  });
  rows.set(key(run, latent.number), { input, value, was, bar, mark, name, latent });
  return element("div", { class: "latent" }, element("div", { class: "line" }, name, about, nats), element("div", { class: "track" }, drawing, input), element("div", { class: "line" }, value, was));
}

function shownAt(name, value) {
  const row = rows.get(name);
  if (!row) return;
  row.input.value = value;
  row.value.textContent = short(value);
  row.input.setAttribute("aria-valuetext", short(value));
}

/** The sliders of the layer that is shown. */
export function buildSliders(place, on) {
  rows.clear();
  place.replaceChildren();
  view.facts.runs.forEach((facts, run) => {
    const column = element("div", { class: "column" });
    if (view.facts.runs.length > 1) column.append(element("h3", {}, facts.name));
    const sliders = (latents) => latents.map((latent) => slider(run, latent, on));
    const folded = (title, latents) => column.append(element("details", {}, element("summary", {}, title), ...sliders(latents)));
    const active = latentsOf(run).filter((latent) => latent.active);
    const dead = latentsOf(run).filter((latent) => !latent.active);
    column.append(...sliders(active.slice(0, OPEN)));
    if (active.length > OPEN) folded(`${active.length - OPEN} more, of fewer nats`, active.slice(OPEN));
    if (dead.length) folded(`${dead.length} ${dead.length > 1 ? "latents say" : "latent says"} less than 0.1 nat`, dead);
    place.append(column);
  });
  showCodes();
  showSelected();
}

/** Puts all sliders where the codes are, and the marks where the image's posterior lies. */
export function showCodes() {
  for (const [name, row] of rows) {
    const run = view.runs[Number(name.split("/")[0])];
    const { latent } = row;
    const mean = run.mean[latent.number];
    const low = Math.min(latent.low, mean);
    const high = Math.max(latent.high, mean);
    row.input.min = low;
    row.input.max = high;
    row.input.step = "any"; // arrow keys then take a hundredth of the range
    shownAt(name, run.z[latent.number]);
    const spread = run.spread[latent.number];
    const share = (value) => (100 * (Math.min(Math.max(value, low), high) - low)) / (high - low);
    row.mark.setAttribute("x", share(mean) - 0.4);
    row.bar.setAttribute("x", spread === null ? share(mean) : share(mean - spread));
    row.bar.setAttribute("width", spread === null ? 0 : share(mean + spread) - share(mean - spread));
    row.was.textContent = spread === null ? "" : `image ${short(mean)} ± ${spread.toFixed(2)}`;
  }
}

export function showSelected() {
  for (const [name, row] of rows) {
    row.name.setAttribute("aria-pressed", String(name === key(view.run, view.latent)));
  }
}

/** Tabs, one a layer, where a run has several. */
export function buildLayers(place, choose) {
  const layers = Math.max(...view.facts.runs.map((run) => run.layers.length));
  place.hidden = layers === 1;
  place.replaceChildren(...tabs(Array.from({ length: layers }, (_, layer) => [layer, `Layer ${layer}`]), view.layer, choose));
}
