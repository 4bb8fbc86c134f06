// What is on the page: the image, the codes of each run, what is selected; kept in the address.

export const view = {
  facts: null,
  row: 0, // of the data; "prior", or "file"
  levels: null,
  runs: [], // of each run: mean, spread, z, input, heads (frames)
  layer: 0,
  run: 0, // whose latent is selected
  latent: 0,
  factor: 0,
  film: "latent",
  seed: 0, // of samples from the prior
};

export const layerOf = (run) => Math.min(view.layer, view.facts.runs[run].layers.length - 1);

/** Latents of the layer that is shown, in the order of their sliders. */
export function latentsOf(run) {
  return view.facts.runs[run].latents.filter((latent) => latent.layer === layerOf(run));
}

export const latentFacts = (run, number) => view.facts.runs[run].latents.find((latent) => latent.number === number);

function changes(run) {
  const { z, mean } = view.runs[run];
  const base = view.row === "file" ? z.map(() => 0) : mean;
  return z
    .map((value, d) => (Math.abs(value - base[d]) > 1e-6 ? `${d}:${+value.toFixed(4)}` : ""))
    .filter(Boolean)
    .join("~");
}

let waiting = 0;

/** Writes the state into the address, once things have come to rest; an own file is not in it, its codes are. */
export function remember() {
  clearTimeout(waiting);
  waiting = setTimeout(() => history.replaceState(null, "", `#${address()}`), 150);
}

export function address() {
  const fields = new URLSearchParams();
  fields.set("row", view.row === "file" ? "prior" : view.row);
  for (const name of ["layer", "run", "latent", "factor", "film", "seed"]) fields.set(name, view[name]);
  view.runs.forEach((_, run) => {
    const changed = changes(run);
    if (changed) fields.set(`z${run}`, changed);
  });
  return decodeURIComponent(fields.toString());
}

const count = (text, most, otherwise) => {
  const number = Number.parseInt(text ?? "", 10);
  return Number.isInteger(number) && number >= 0 && number < most ? number : otherwise;
};

/** Reads an address: what to start from, and the codes that were changed; anything else in it is left alone. */
export function recalled(text) {
  const fields = new URLSearchParams(text.replace(/^#/, ""));
  const { runs, factors, data } = view.facts;
  view.run = count(fields.get("run"), runs.length, 0);
  const latents = runs[view.run].latents;
  view.layer = count(fields.get("layer"), Math.max(...runs.map((run) => run.layers.length)), 0);
  const first = latentsOf(view.run)[0] ?? latents[0];
  const latent = count(fields.get("latent"), Infinity, first.number);
  view.latent = latents.some((known) => known.number === latent) ? latent : first.number;
  view.factor = count(fields.get("factor"), factors.length, 0);
  view.film = ["latent", "factor", "morph", "prior"].includes(fields.get("film")) ? fields.get("film") : "latent";
  view.seed = count(fields.get("seed"), 1e9, 0);
  const row = fields.get("row");
  const known = row !== null && row !== "prior" && data;
  const start = known ? count(row, data.rows, null) : null;
  const changed = runs.map((_, run) =>
    (fields.get(`z${run}`) ?? "")
      .split("~")
      .map((part) => part.split(":").map(Number))
      .filter(([d, value]) => Number.isInteger(d) && Number.isFinite(value)),
  );
  return { question: start !== null ? { row: start } : row === "prior" || !data ? { prior: true } : { random: 0 }, changed };
}
