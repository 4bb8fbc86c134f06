// Images as they come from the server, bytes of [H, W, 1 or 3], and how they are drawn.

import { element } from "./elements.js";

export function unpacked(frames) {
  if (!frames) return null;
  const text = atob(frames.data);
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return { count: frames.count, shape: frames.shape, bytes };
}

export function frameOf(frames, number) {
  const size = frames.shape[0] * frames.shape[1] * frames.shape[2];
  return { shape: frames.shape, bytes: frames.bytes.subarray(number * size, (number + 1) * size) };
}

export function draw(canvas, frame) {
  const [height, width, channels] = frame.shape;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let from = 0, to = 0; to < image.data.length; from += channels, to += 4) {
    image.data[to] = frame.bytes[from];
    image.data[to + 1] = frame.bytes[from + (channels > 1 ? 1 : 0)];
    image.data[to + 2] = frame.bytes[from + (channels > 1 ? 2 : 0)];
    image.data[to + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** One of several frames on a canvas of its own. */
export function canvasOf(frames, number) {
  const canvas = element("canvas");
  draw(canvas, frameOf(frames, number));
  return canvas;
}

/** Absolute difference of two frames, the mean over channels, and the mean square of all. */
export function difference(first, second) {
  const [height, width, channels] = first.shape;
  const bytes = new Uint8Array(height * width);
  let square = 0;
  for (let pixel = 0; pixel < bytes.length; pixel++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const apart = first.bytes[pixel * channels + c] - second.bytes[pixel * channels + c];
      sum += Math.abs(apart);
      square += (apart / 255) ** 2;
    }
    bytes[pixel] = sum / channels;
  }
  return { shape: [height, width, 1], bytes, square: square / first.bytes.length };
}

/** A row of images below a title; each is a button where something happens when it is chosen. */
export function strip(title, frames, captions, choose, what = "image") {
  const cells = element("div", { class: "cells" });
  for (let number = 0; number < frames.count; number++) {
    const cell = element(choose ? "button" : "div", { class: "cell" }, canvasOf(frames, number));
    if (captions) cell.append(element("span", {}, captions[number]));
    if (choose) {
      cell.setAttribute("aria-label", `Take ${what} ${captions ? captions[number] : number + 1}`);
      cell.addEventListener("click", () => choose(number));
    }
    cells.append(cell);
  }
  return element("div", { class: "strip" }, element("p", { class: "strip-title" }, title), cells);
}
