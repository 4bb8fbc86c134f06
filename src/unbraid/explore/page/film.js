// Films: along a latent, along a factor, from one image to another, from the prior. What is shown can be saved.

import { ask, attempt, randomImage } from "./ask.js";
import { chart } from "./chart.js";
import { decoded } from "./decode.js";
import { at, element, short, tabs } from "./elements.js";
import { strip, unpacked } from "./frames.js";
import { latentFacts, remember, view } from "./view.js";

const STEPS = 11;
const SAMPLES = 12;
export const film = { name: "", z: [], frames: [] }; // of each run: codes [steps][D], and frames; null where it has none
const ends = [null, null]; // of a morph: the codes of each run at both ends
let place = null;
let on = null;
let latest = 0; // of what was asked for; an answer to anything older is not shown

const NAMES = [
  ["latent", "Along a latent"],
  ["factor", "Along a factor"],
  ["morph", "From one image to another"],
  ["prior", "From the prior"],
];

export function buildFilms(panel, actions) {
  place = panel;
  on = actions;
  showTabs();
}

function showTabs() {
  const names = NAMES.filter(([name]) => name !== "factor" || view.facts.factors.length);
  at("films").replaceChildren(...tabs(names, view.film, (name) => {
    view.film = name;
    remember();
    showTabs();
    refresh();
  }));
}

export function showFilm(name) {
  view.film = name;
  remember();
  showTabs();
  return refresh();
}

let waiting = 0;

/** Makes the film again once the sliders have come to rest. */
export function refreshSoon() {
  if (view.film === "prior" || view.film === "factor") return;
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 250);
}

export async function refresh() {
  clearTimeout(waiting); // what is asked for now is of the latest codes
  const turn = ++latest;
  const parts = await attempt({ latent: alongLatent, factor: alongFactor, morph: between, prior: fromPrior }[view.film]);
  if (parts && turn === latest) place.replaceChildren(...parts);
}

const named = (run, text) => (view.facts.runs.length > 1 ? `${view.facts.runs[run].name}: ${text}` : text);

function keep(name, z, frames) {
  film.name = name;
  film.z = view.runs.map((_, run) => z[run] ?? null);
  film.frames = view.runs.map((_, run) => frames[run] ?? null);
}

async function alongLatent() {
  const { run, latent } = view;
  const facts = latentFacts(run, latent);
  const values = Array.from({ length: STEPS }, (_, step) => facts.low + (step / (STEPS - 1)) * (facts.high - facts.low));
  const z = values.map((value) => view.runs[run].z.map((old, d) => (d === latent ? value : old)));
  const frames = await decoded(run, z);
  keep(`z${latent}`, { [run]: z }, { [run]: frames });
  const title = named(run, `z${latent}${facts.label ? ` (${facts.label})` : ""} through its range, all others as the sliders have them`);
  const parts = [strip(title, frames, values.map(short), (step) => on.take(run, z[step]), `z${latent} at`)];
  if (!view.facts.runs[run].encoded || !view.facts.data) return parts;
  const real = await ask("/extremes", { run, latent });
  const taken = (end) => (place) => on.row(real.rows[end][place]);
  parts.push(
    strip(`real images lowest on z${latent}`, unpacked(real.low), real.values[0].map(short), taken(0), "the real image at"),
    strip(`real images highest on z${latent}`, unpacked(real.high), real.values[1].map(short), taken(1), "the real image at"),
  );
  return parts;
}

async function alongFactor() {
  const factor = view.facts.factors[view.factor];
  const choice = element("div", { class: "buttons", role: "group", "aria-label": "Factor to walk along" });
  view.facts.factors.forEach(({ name }, k) => {
    const button = element("button", { "aria-pressed": String(k === view.factor) }, name);
    button.addEventListener("click", () => on.walk(k));
    choice.append(button);
  });
  const row = Number.isInteger(view.row) ? view.row : null;
  let walk;
  try {
    walk = await ask("/walk", { factor: view.factor, row });
  } catch (error) {
    return [choice, element("p", { class: "quiet" }, error.message)];
  }
  const parts = [choice, strip(`real images as ${factor.name} alone changes`, unpacked(walk.original), walk.texts)];
  const frames = walk.runs.map((part) => unpacked(part.reconstructions));
  keep(factor.name, walk.runs.map((part) => part.codes), frames);
  walk.runs.forEach((part, run) => {
    parts.push(strip(named(run, "what the model makes of them"), frames[run], walk.texts, (step) => on.take(run, part.codes[step]), factor.name));
    parts.push(chart(run, part.codes, walk.texts, factor.name, on));
  });
  return parts;
}

async function between() {
  const controls = element("div", { class: "buttons" });
  const button = (text, action) => {
    const made = element("button", {}, text);
    made.addEventListener("click", () => attempt(action));
    controls.append(made);
  };
  const now = () => view.runs.map((run) => [...run.z]);
  ends[0] ??= now();
  button("Begin here", async () => {
    ends[0] = now();
    await refresh();
  });
  button("End here", async () => {
    ends[1] = now();
    await refresh();
  });
  if (view.facts.data) button("End at a random image", () => randomEnd());
  if (!ends[1]) {
    if (!view.facts.data) return [controls, element("p", { class: "quiet" }, "Move the sliders, then choose End here.")];
    ends[1] = await randomCodes();
  }
  const [from, to] = ends;
  const mixed = (run, share) => from[run].map((value, d) => value + share * (to[run][d] - value));
  const z = view.runs.map((_, run) => Array.from({ length: STEPS }, (_, step) => mixed(run, step / (STEPS - 1))));
  const frames = await Promise.all(z.map((codes, run) => decoded(run, codes)));
  keep("morph", z, frames);
  const slider = element("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0, "aria-label": "From the first image to the second" });
  slider.addEventListener("input", () => view.runs.forEach((_, run) => on.take(run, mixed(run, Number(slider.value)), false)));
  const percents = Array.from({ length: STEPS }, (_, step) => `${step * 10} %`);
  const strips = frames.map((shown, run) => strip(named(run, "codes on the straight line between both"), shown, percents, (step) => on.take(run, z[run][step], false), "the image at"));
  return [controls, element("div", { class: "morph" }, slider), ...strips];
}

async function randomCodes() {
  const other = await randomImage();
  return other.runs.map((run) => run.mean);
}

async function randomEnd() {
  ends[1] = await randomCodes();
  await refresh();
}

async function fromPrior() {
  const again = element("button", {}, "Draw again");
  again.addEventListener("click", () => {
    view.seed += 1;
    remember();
    refresh();
  });
  const drawn = await Promise.all(view.runs.map((_, run) => ask("/sample", { run, count: SAMPLES, seed: view.seed })));
  const frames = drawn.map((part) => unpacked(part.images));
  keep("prior", drawn.map((part) => part.z), frames);
  const strips = frames.map((shown, run) => strip(named(run, `codes drawn from N(0, I), seed ${view.seed}`), shown, null, (place) => on.take(run, drawn[run].z[place]), "the sample"));
  return [element("div", { class: "buttons" }, again), ...strips];
}

/** Where a morph begins and ends is of other images once the runs are encoded anew. */
export function forgetEnds() {
  ends[0] = null;
}
