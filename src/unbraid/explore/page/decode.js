// Images of codes.

import { askBytes } from "./ask.js";
import { layerOf, view } from "./view.js";

/** Frames of rows of codes of a run, by the head of the layer that is shown. */
export async function decoded(run, z) {
  const [channels, height, width] = view.facts.runs[run].shape;
  const bytes = new Uint8Array(await askBytes("/decode", { run, layer: layerOf(run), z }));
  return { count: z.length, shape: [height, width, channels === 3 ? 3 : 1], bytes };
}
