// The page: what was asked for in the address, and what follows when something moves.

import { ask, attempt } from "./ask.js";
import { at, element } from "./elements.js";
import { buildFilms, forgetEnds, refresh, refreshSoon, showFilm } from "./film.js";
import { unpacked } from "./frames.js";
import { buildLayers, buildSliders, showCodes, showSelected } from "./latents.js";
import { buildMatrices } from "./matrix.js";
import { buildSave } from "./save.js";
import { buildStage, drawStart, follow, followAll } from "./stage.js";
import { buildStart, showLevels } from "./start.js";
import { address, layerOf, recalled, remember, view } from "./view.js";

/** Takes what the server made of an image: codes, spread, reconstructions; the sliders go to the posterior means. */
function take(answer, row = answer.row ?? "prior") {
  view.row = row;
  view.levels = answer.levels;
  view.texts = answer.texts;
  view.runs = answer.runs.map((part) => ({
    mean: part.mean,
    spread: part.spread,
    z: [...part.mean],
    input: unpacked(part.input),
    heads: part.reconstructions.map(unpacked),
  }));
  forgetEnds();
  at("where").textContent = [where(answer), answer.note].filter(Boolean).join(" ");
  showLevels();
  drawStart();
  moved();
  refreshSoon();
  if (view.film === "factor") refresh();
}

function where() {
  if (view.row === "prior") return "From the mean of the prior, z = 0.";
  if (view.row === "file") return "From your own picture; the address keeps its codes, not the picture.";
  return `Row ${view.row.toLocaleString("en")} of ${view.facts.data.name}.`;
}

function moved() {
  showCodes();
  followAll();
  remember();
}

const on = {
  move(run) {
    follow(run);
    refreshSoon();
  },
  select(run, latent, name = "latent") {
    view.run = run;
    view.latent = latent;
    showSelected();
    buildMatrices(at("matrices"), on);
    return showFilm(name);
  },
  walk(factor) {
    view.factor = factor;
    return showFilm("factor");
  },
  take(run, z, again = true) {
    view.runs[run].z = [...z];
    showCodes();
    follow(run);
    remember();
    if (again) refreshSoon();
  },
  row: (row) => attempt(async () => take(await ask("/start", { row }))),
};

function chooseLayer(layer) {
  view.layer = layer;
  const facts = view.facts.runs[view.run];
  view.latent = facts.latents.find((latent) => latent.layer === layerOf(view.run)).number;
  buildLayers(at("layers"), chooseLayer);
  buildSliders(at("sliders"), on);
  buildMatrices(at("matrices"), on);
  drawStart();
  moved();
  refresh();
}

function heading() {
  view.facts.runs.forEach((run) => {
    at("titles").append(element("div", { class: "title" }, element("h1", {}, run.title), element("p", { class: "quiet" }, `${run.about} · ${run.name}`)));
    run.notices.forEach((notice) => at("notices").append(element("p", { class: "warning" }, notice)));
  });
  document.title = `${view.facts.runs.map((run) => run.name).join(" and ")} · unbraid explore`;
}

/** Shows the state that an address holds. */
async function reopen(text) {
  const { question, changed } = recalled(text);
  take(await ask("/start", question));
  changed.forEach((pairs, run) => pairs.forEach(([d, value]) => d in view.runs[run].z && (view.runs[run].z[d] = value)));
  buildLayers(at("layers"), chooseLayer);
  buildSliders(at("sliders"), on);
  buildMatrices(at("matrices"), on);
  drawStart();
  moved();
  await showFilm(view.film);
}

await attempt(async () => {
  view.facts = await ask("/facts");
  heading();
  document.body.classList.toggle("two", view.facts.runs.length > 1);
  at("matrix").hidden = !view.facts.runs.some((run) => run.factors.length);
  at("factors").hidden = !view.facts.factors.length;
  buildStage(at("pictures"));
  buildStart((...answer) => take(...answer));
  buildFilms(at("film"), on);
  buildSave();
  at("reset").addEventListener("click", () => {
    view.runs.forEach((run) => (run.z = [...run.mean]));
    moved();
    refreshSoon();
  });
  await reopen(location.hash);
  window.addEventListener("hashchange", () => location.hash.slice(1) !== address() && attempt(() => reopen(location.hash)));
  document.body.dataset.ready = "yes";
});
