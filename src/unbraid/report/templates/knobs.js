// The knobs of a run's page. Where the page holds the weights of the decoder, codes are decoded here.
document.documentElement.classList.add("js");

// What a decoder is made of. An image is {data, height, width, channels}, its channels last; a code is one pixel.
// A function for each kind of layer takes the layer, with its weights as arrays, and gives the next image.
const kinds = {
  dense(layer, x) {
    return {data: products(x.data, layer.weight, layer.bias), height: 1, width: 1, channels: layer.bias.length};
  },

  convolution({kernel: [tall, broad], stride: [down, right], padding: [above, left], weight, bias}, x) {
    const height = Math.floor((x.height + 2 * above - tall) / down) + 1;
    const width = Math.floor((x.width + 2 * left - broad) / right) + 1;
    const data = new Float64Array(height * width * bias.length), size = tall * broad * x.channels;
    for (let row = 0; row < height; row++) {
      const seen = new Float64Array(width * size);  // what the kernel sees at each place of this row
      for (let column = 0; column < width; column++) {
        for (let i = 0; i < tall; i++) {
          const y = row * down + i - above, start = column * right - left;
          const first = Math.max(0, -start), end = Math.min(broad, x.width - start);
          if (y < 0 || y >= x.height || end <= first) continue;
          const from = (y * x.width + start) * x.channels;
          seen.set(x.data.subarray(from + first * x.channels, from + end * x.channels),
            column * size + (i * broad + first) * x.channels);
        }
      }
      data.set(products(seen, weight, bias), row * width * bias.length);
    }
    return {data, height, width, channels: bias.length};
  },

  transposed({kernel: [tall, broad], stride: [down, right], padding: [above, left], more, weight, bias}, x) {
    const height = (x.height - 1) * down - 2 * above + tall + more[0];
    const width = (x.width - 1) * right - 2 * left + broad + more[1];
    const channels = bias.length, data = new Float64Array(height * width * channels);
    for (let at = 0; at < data.length; at++) data[at] = bias[at % channels];
    const size = tall * broad * channels, laid = products(x.data, weight, new Float64Array(size));
    for (let row = 0; row < x.height; row++) for (let column = 0; column < x.width; column++) {
      for (let i = 0; i < tall; i++) for (let j = 0; j < broad; j++) {
        const to_y = row * down + i - above, to_x = column * right + j - left;
        if (to_y < 0 || to_y >= height || to_x < 0 || to_x >= width) continue;
        const to = (to_y * width + to_x) * channels;
        const from = (row * x.width + column) * size + (i * broad + j) * channels;
        for (let c = 0; c < channels; c++) data[to + c] += laid[from + c];
      }
    }
    return {data, height, width, channels};
  },

  scaled({scale, shift}, x) {  // batch norm in evaluation mode, and images put back into their own units
    return {...x, data: x.data.map((value, at) => value * scale[at % x.channels] + shift[at % x.channels])};
  },

  leaky({slope}, x) { return {...x, data: x.data.map(value => value < 0 ? slope * value : value)}; },
  sigmoid(_, x) { return {...x, data: x.data.map(value => 1 / (1 + Math.exp(-value)))}; },
  tanh(_, x) { return {...x, data: x.data.map(Math.tanh)}; },

  unflatten({shape: [channels, height, width]}, x) {
    const pixels = height * width;
    return {data: x.data.map((_, at) => x.data[(at % channels) * pixels + Math.floor(at / channels)]), height, width, channels};
  },

  flatten(_, x) {
    const pixels = x.height * x.width;
    const data = x.data.map((_, at) => x.data[(at % pixels) * x.channels + Math.floor(at / pixels)]);
    return {data, height: 1, width: 1, channels: data.length};
  },

  pad({sides: [left, right, above, below]}, x) {  // negative sides cut
    const height = x.height + above + below, width = x.width + left + right, channels = x.channels;
    return placed(height, width, channels, (row, column) => {
      const y = row - above, at = column - left;
      return y < 0 || y >= x.height || at < 0 || at >= x.width ? null : pixel(x, y, at);
    });
  },

  upsample({times}, x) {
    return placed(times * x.height, times * x.width, x.channels,
      (row, column) => pixel(x, Math.floor(row / times), Math.floor(column / times)));
  },

  broadcast({height, width}, z) {  // the code at every pixel, then x along the width and y along the height
    const place = (at, size) => size > 1 ? -1 + 2 * at / (size - 1) : -1;
    return placed(height, width, z.channels + 2, (row, column) => [...z.data, place(column, width), place(row, height)]);
  },
};

const pixel = (x, row, column) =>
  x.data.subarray((row * x.width + column) * x.channels, (row * x.width + column + 1) * x.channels);

/** An image from its pixels; null leaves zeros. */
function placed(height, width, channels, pixelAt) {
  const data = new Float64Array(height * width * channels);
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) {
    const values = pixelAt(row, column);
    if (values) data.set(values, (row * width + column) * channels);
  }
  return {data, height, width, channels};
}

/** Each row of `a` times each row of `b`, plus `bias`; eight of them at once, which is three times as fast as one. */
function products(a, b, bias) {
  const columns = bias.length, size = b.length / columns, rows = a.length / size, c = new Float64Array(rows * columns);
  const one = (row, column) => {
    let sum = bias[column];
    for (let k = 0; k < size; k++) sum += a[row * size + k] * b[column * size + k];
    c[row * columns + column] = sum;
  };
  const paired = rows - rows % 2, grouped = columns - columns % 4;
  for (let row = 0; row < paired; row += 2) for (let column = 0; column < grouped; column += 4) {
    const a0 = row * size, a1 = a0 + size, b0 = column * size, b1 = b0 + size, b2 = b1 + size, b3 = b2 + size;
    let s0 = bias[column], s1 = bias[column + 1], s2 = bias[column + 2], s3 = bias[column + 3];
    let t0 = s0, t1 = s1, t2 = s2, t3 = s3;
    for (let k = 0; k < size; k++) {
      const s = a[a0 + k], t = a[a1 + k], u = b[b0 + k], v = b[b1 + k], w = b[b2 + k], x = b[b3 + k];
      s0 += s * u; s1 += s * v; s2 += s * w; s3 += s * x;
      t0 += t * u; t1 += t * v; t2 += t * w; t3 += t * x;
    }
    const at = row * columns + column, below = at + columns;
    c[at] = s0; c[at + 1] = s1; c[at + 2] = s2; c[at + 3] = s3;
    c[below] = t0; c[below + 1] = t1; c[below + 2] = t2; c[below + 3] = t3;
  }
  for (let row = 0; row < rows; row++) {
    for (let column = row < paired ? grouped : 0; column < columns; column++) one(row, column);
  }
  return c;
}

/** Numbers of a text in base64 that holds them as float16. */
function float16(text) {
  const bytes = atob(text), bits = new Uint32Array(bytes.length / 2), floats = new Float32Array(bits.buffer);
  for (let at = 0; at < bits.length; at++) {
    const half = bytes.charCodeAt(2 * at) + 256 * bytes.charCodeAt(2 * at + 1);
    bits[at] = (half & 0x8000) << 16 | (half & 0x7fff) << 13;  // sign, exponent and fraction where float32 has them
    floats[at] *= 2 ** 112;  // its exponent is counted from another zero
  }
  return Float64Array.from(floats);
}

/** A decoder as the page holds it: its layers with their weights. */
function decoderIn(element) {
  const decoder = JSON.parse(element.textContent), weights = float16(decoder.weights);
  for (const layer of decoder.layers) {
    for (const name of ["weight", "bias", "scale", "shift"]) {
      if (layer[name]) layer[name] = weights.subarray(layer[name][0], layer[name][0] + layer[name][1]);
    }
  }
  return decoder;
}

/** The image of a code. */
function decoded(layers, z) {
  let x = {data: Float64Array.from(z), height: 1, width: 1, channels: z.length};
  for (const layer of layers) x = kinds[layer.kind](layer, x);
  return x;
}

function draw(canvas, x) {
  const image = new ImageData(x.width, x.height);
  for (let at = 0; at < x.width * x.height; at++) {
    for (let c = 0; c < 3; c++) {  // one channel is grey, two are red and green
      const value = x.channels === 1 ? x.data[at] : c < x.channels ? x.data[at * x.channels + c] : 0;
      image.data[4 * at + c] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
    image.data[4 * at + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

const signed = value => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

/** Knobs that combine: all latents of one code, decoded at each change, at most once a frame. */
function combine(bench) {
  const {layers, z: codes} = decoderIn(document.getElementById(bench.dataset.decoder));
  const sliders = [...bench.querySelectorAll("input")], canvas = bench.querySelector("canvas");
  const original = bench.querySelector(".original"), where = bench.querySelector(".where");
  let row = 0, z = [...codes[0]], waiting = false;

  function show() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      const start = performance.now();
      draw(canvas, decoded(layers, z));
      bench.dataset.milliseconds = performance.now() - start;
      waiting = false;
    });
  }
  function turnTo(code) {
    z = [...code];
    for (const slider of sliders) tell(slider, z[slider.dataset.latent]);
    show();
  }
  function tell(slider, value) {
    slider.value = value;
    slider.closest("label").querySelector("output").textContent = signed(value);
  }
  function turn(slider, value) {
    z[slider.dataset.latent] = value;
    tell(slider, value);
    show();
  }
  for (const slider of sliders) {
    slider.addEventListener("input", () => turn(slider, Number(slider.value)));
    slider.addEventListener("dblclick", () => turn(slider, codes[row][slider.dataset.latent]));
  }
  bench.querySelector(".next").addEventListener("click", () => {
    row = (row + 1) % codes.length;
    original.style.setProperty("--at", row / Math.max(codes.length - 1, 1));
    where.textContent = `image ${row + 1} of ${codes.length}`;
    turnTo(codes[row]);
  });
  bench.querySelector(".back").addEventListener("click", () => turnTo(codes[row]));
  bench.querySelector(".mean").addEventListener("click", () => turnTo(codes[row].map(() => 0)));
  turnTo(codes[0]);
}
for (const bench of document.querySelectorAll(".bench")) combine(bench);

// Knobs that turn one latent each, through images that were decoded before.
for (const knob of document.querySelectorAll(".knob")) {
  const input = knob.querySelector("input"), film = knob.querySelector(".film"), output = knob.querySelector("output");
  const values = input.dataset.values.split(" ");
  input.addEventListener("input", () => {
    knob.classList.add("held");
    film.style.setProperty("--at", input.value / input.max);
    output.textContent = values[input.value];
  });
}
