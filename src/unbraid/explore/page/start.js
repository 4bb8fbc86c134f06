// Where the image comes from: sliders of factors, chance, the prior, a file.

import { ask, attempt, randomImage, upload } from "./ask.js";
import { at, element } from "./elements.js";
import { view } from "./view.js";

const LARGEST = 20_000_000;
let sliders = [];

export function buildStart(take) {
  const random = at("random");
  random.disabled = !view.facts.data;
  random.addEventListener("click", () => attempt(async () => take(await randomImage())));
  at("prior").addEventListener("click", () => attempt(async () => take(await ask("/start", { prior: true }), "prior")));
  const file = at("file");
  file.addEventListener("change", () => {
    if (file.files.length) opened(file.files[0], take);
    file.value = "";
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) opened(event.dataTransfer.files[0], take);
  });
  buildFactors(take);
}

const opened = (file, take) =>
  attempt(async () => {
    if (file.size > LARGEST) throw new Error(`A picture has at most 20 MB; ${file.name} has ${Math.round(file.size / 1e6)} MB.`);
    take(await upload(file), "file");
  });

function buildFactors(take) {
  const place = at("factors");
  let busy = false;
  let again = null;
  const moved = async (k) => {
    again = k;
    if (busy) return;
    busy = true;
    while (again !== null) {
      const asked = { levels: sliders.map((slider) => slider.level()), moved: again };
      again = null;
      await attempt(async () => {
        const answer = await ask("/start", asked);
        if (again === null) take(answer); // else a slider has moved on meanwhile, and would be put back
      });
    }
    busy = false;
  };
  sliders = view.facts.factors.map((factor, k) => {
    const input = element("input", { type: "range", min: 0, max: Math.max(factor.values.length - 1, 0), step: 1, "aria-label": factor.name, id: `factor-${k}` });
    const text = element("output", { for: input.id });
    const slider = {
      known: false,
      level: () => (slider.known ? factor.values[Number(input.value)] : null),
      show: (level, said) => {
        slider.known = level !== null;
        if (slider.known) {
          const apart = factor.values.map((value) => Math.abs(value - level));
          input.value = apart.indexOf(Math.min(...apart));
        }
        text.textContent = said;
        input.setAttribute("aria-valuetext", said);
        input.classList.toggle("unknown", !slider.known);
      },
    };
    input.disabled = factor.values.length < 2;
    input.addEventListener("input", () => {
      slider.known = true;
      text.textContent = factor.texts[Number(input.value)];
      moved(k);
    });
    place.append(element("div", { class: "factor-line" }, element("label", { for: input.id }, factor.name), input, text));
    return slider;
  });
}

export function showLevels() {
  sliders.forEach((slider, k) => slider.show(view.levels ? view.levels[k] : null, view.levels ? view.texts[k] : "—"));
}
