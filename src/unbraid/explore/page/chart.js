// How codes move along a factor: a line a latent, the selected one in colour.

import { element, short } from "./elements.js";
import { latentsOf, view } from "./view.js";

const MOST = 8; // lines, those that move furthest
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [520, 150, 34, 44, 8, 22];
const drawn = (tag, attributes, text = "") => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
};

export function chart(run, codes, texts, factor, on) {
  const range = (d) => Math.max(...codes.map((z) => z[d])) - Math.min(...codes.map((z) => z[d]));
  const latents = latentsOf(run)
    .filter((latent) => latent.active)
    .map((latent) => latent.number)
    .sort((a, b) => range(b) - range(a))
    .slice(0, MOST);
  if (!latents.length) return element("p", { class: "quiet" }, "No latent here says more than 0.1 nat.");
  const values = latents.flatMap((d) => codes.map((z) => z[d]));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (step) => LEFT + ((WIDTH - LEFT - RIGHT) * step) / Math.max(codes.length - 1, 1);
  const y = (value) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - value)) / Math.max(high - low, 1e-9);
  const said = latents.map((d) => `z${d} ${short(codes[0][d])} to ${short(codes.at(-1)[d])}`).join(", ");
  const picture = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `Posterior means along ${factor}: ${said}` });
  for (const value of [low, high]) picture.append(drawn("text", { x: LEFT - 5, y: y(value) + 4, class: "tick end" }, short(value)));
  texts.forEach((text, step) => {
    const every = Math.ceil((texts.length * Math.max(...texts.map((one) => one.length))) / 60);
    if (step % every === 0) picture.append(drawn("text", { x: x(step), y: HEIGHT - 5, class: "tick middle" }, text));
  });
  const taken = [];
  latents.forEach((d, rank) => {
    const chosen = run === view.run && d === view.latent;
    const points = codes.map((z, step) => `${x(step).toFixed(1)},${y(z[d]).toFixed(1)}`).join(" ");
    picture.append(drawn("polyline", { points, class: chosen ? "line chosen" : "line" }));
    let at = y(codes.at(-1)[d]) + 4;
    while (taken.some((other) => Math.abs(other - at) < 11)) at += 11;
    if (rank > 3 && !chosen) return;
    taken.push(at);
    picture.append(drawn("text", { x: WIDTH - RIGHT + 6, y: at, class: chosen ? "tick chosen" : "tick" }, `z${d}`));
  });
  const names = element("div", { class: "buttons" }, element("span", { class: "quiet" }, "how far each moves"));
  latents.slice(0, 5).forEach((d) => {
    const button = element("button", { "aria-pressed": String(run === view.run && d === view.latent) }, `z${d} ${range(d).toFixed(2)}`);
    button.addEventListener("click", () => on.select(run, d, "factor"));
    names.append(button);
  });
  return element("div", { class: "chart" }, picture, names);
}
