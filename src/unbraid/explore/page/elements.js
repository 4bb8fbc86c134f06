// Parts of the page, and how numbers stand on it.

export const at = (id) => document.getElementById(id);

export const short = (value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace("-", "−");

export function element(tag, attributes = {}, ...children) {
  const made = tag === "svg" || tag === "path" || tag === "rect" ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Buttons of which one is chosen; arrow keys go from one to the next. */
export function tabs(names, chosen, choose) {
  const made = names.map(([name, title]) => {
    const tab = element("button", { role: "tab", "aria-selected": String(name === chosen), tabindex: name === chosen ? "0" : "-1" }, title);
    tab.addEventListener("click", () => choose(name));
    return tab;
  });
  made.forEach((tab, at) =>
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (at + step + made.length) % made.length;
      const { parentElement } = made[at];
      choose(names[next][0]);
      parentElement.children[next]?.focus();
    }),
  );
  return made;
}
