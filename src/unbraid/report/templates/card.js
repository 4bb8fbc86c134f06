document.documentElement.classList.add("js");
const colourings = JSON.parse(document.getElementById("colourings").textContent);
const svg = document.querySelector(".map svg"), tip = document.querySelector(".tip");
const dots = [...svg.querySelectorAll("circle")];
const across = colourings.across, down = colourings.down;

document.getElementById("colouring")?.addEventListener("change", event => {
  const chosen = colourings.labels[event.target.value];
  dots.forEach((dot, i) => dot.setAttribute("fill", chosen.colours[chosen.numbers[i]]));
  for (const legend of document.querySelectorAll("[data-legend]")) legend.hidden = legend.dataset.legend !== event.target.value;
});

// the titles are for readers without JavaScript: with it a tip shows them at once, beside the image
for (const dot of dots) {
  dot.text = dot.querySelector("title").textContent;
  dot.querySelector("title").remove();
}

let held = null;
function show(dot) {
  held?.classList.remove("held");
  held = dot;
  tip.hidden = !dot;
  if (!dot) return;
  dot.classList.add("held");
  tip.replaceChildren();
  if (dot.dataset.at !== undefined) {
    const image = document.createElement("div"), at = Number(dot.dataset.at);
    image.className = "thumb seen";
    image.style.backgroundPosition =
      `${100 * (at % across) / Math.max(across - 1, 1)}% ${100 * Math.floor(at / across) / Math.max(down - 1, 1)}%`;
    tip.append(image);
  }
  tip.append(...dot.text.split(" · ").map(line => Object.assign(document.createElement("div"), {textContent: line})));
  const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
  const x = dot.cx.baseVal.value * scale, y = dot.cy.baseVal.value * scale;
  tip.style.left = `${x > box.width / 2 ? Math.max(0, x - tip.offsetWidth - 14) : x + 14}px`;
  tip.style.top = `${Math.max(0, Math.min(y + 14, box.height - tip.offsetHeight))}px`;
}

svg.addEventListener("pointermove", event => event.target.tagName === "circle" && event.target !== held && show(event.target));
svg.addEventListener("click", event => show(event.target.tagName === "circle" ? event.target : null));
svg.addEventListener("pointerleave", event => event.pointerType === "mouse" && show(null));
