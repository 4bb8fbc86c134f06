// Latents against factors: how much of each factor's entropy a latent tells, above chance.

import { element, short } from "./elements.js";
import { latentsOf, view } from "./view.js";

const share = (value) => (value === null ? "—" : short(value));

export function buildMatrices(place, on) {
  const tables = view.facts.runs.map((facts, run) => {
    const latents = latentsOf(run).filter((latent) => latent.active);
    if (!facts.factors.length) return element("p", { class: "quiet" }, "No factors are known of these images.");
    if (!latents.length) return element("p", { class: "quiet" }, `No latent of ${facts.name} here says more than 0.1 nat.`);
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Matrix of ${facts.name}` }, table(facts, run, latents, on));
  });
  place.replaceChildren(...tables);
}

function table(facts, run, latents, on) {
  const head = element("tr", {}, element("td"), ...facts.factors.map((name) => element("th", { scope: "col" }, factorButton(name, on))));
  const body = latents.map((latent) => {
    const chosen = run === view.run && latent.number === view.latent;
    const button = element("button", { class: "name", "aria-pressed": String(chosen) }, `z${latent.number}`);
    button.addEventListener("click", () => on.select(run, latent.number));
    const cells = facts.factors.map((name, k) => {
      const value = facts.above[latent.number][k];
      const cell = element("td", { class: "cell", title: `z${latent.number} and ${name}` }, share(value));
      const filled = Math.round(100 * Math.min(Math.max(value ?? 0, 0), 1));
      cell.style.setProperty("--filled", `${filled}%`);
      if (filled > 55) cell.classList.add("full");
      cell.addEventListener("click", () => on.select(run, latent.number));
      return cell;
    });
    return element("tr", chosen ? { class: "chosen" } : {}, element("th", { scope: "row" }, button), ...cells);
  });
  const caption = view.facts.runs.length > 1 ? [element("caption", {}, facts.name)] : [];
  return element("table", {}, ...caption, element("thead", {}, head), element("tbody", {}, ...body));
}

function factorButton(name, on) {
  const k = view.facts.factors.findIndex((factor) => factor.name === name);
  if (k < 0) return element("span", {}, name);
  const button = element("button", { class: "factor", title: `Walk along ${name}` }, name);
  button.addEventListener("click", () => on.walk(k));
  return button;
}
