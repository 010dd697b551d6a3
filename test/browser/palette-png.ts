import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Colours of a picture of a screen: text in a few shades, and the edges between them. */
const coloursMax = 64;

/**
 * A screenshot with a palette: a fifth of its size. Reads what Chromium writes: eight bits a channel, with or without
 * alpha, not interlaced. Keeps the most frequent colours, and takes the nearest of them for every other one.
 */
export function palettePng(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, coloursMax)
    .map(([colour]) => colour);
  const nearest = new Map(palette.map((colour, at) => [colour, at]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const pixel = pixels[at] ?? 0;
    const found = nearest.get(pixel) ?? nearestOf(palette, pixel);
    nearest.set(pixel, found);
    // One byte before each row says that it is not filtered.
    rows[at + Math.floor(at / width) + 1] = found;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
  return Buffer.concat([
    png.subarray(0, 8),
    chunk('IHDR', head),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nearestOf(palette: readonly number[], pixel: number): number {
  const apart = (a: number, b: number, shift: number) => ((a >> shift) & 255) - ((b >> shift) & 255);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [at, colour] of palette.entries()) {
    const distance = [0, 8, 16].reduce((sum, shift) => sum + apart(colour, pixel, shift) ** 2, 0);
    if (distance < least) [best, least] = [at, distance];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

function decode(png: Buffer) {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height, bits, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  if (bits !== 8 || (kind !== 2 && kind !== 6)) throw new Error('the picture is of another kind');
  const step = kind === 6 ? 4 : 3;
  const stride = width * step;
  const raw = inflateSync(Buffer.concat(data));
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let row = 0; row < height; row += 1) {
    const start = row * (stride + 1);
    const line = unfiltered(raw.subarray(start + 1, start + 1 + stride), raw[start] ?? 0, above, step);
    for (let column = 0; column < width; column += 1) {
      const [red = 0, green = 0, blue = 0] = line.subarray(column * step, column * step + 3);
      pixels[row * width + column] = (red << 16) | (green << 8) | blue;
    }
    above = line;
  }
  return { width, height, pixels };
}

/** PNG (third edition), section 9.2. */
function unfiltered(
  line: Uint8Array,
  filter: number,
  above: Uint8Array,
  step: number,
): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(line.length);
  for (let at = 0; at < line.length; at += 1) {
    const left = at < step ? 0 : (made[at - step] ?? 0);
    const up = above[at] ?? 0;
    const corner = at < step ? 0 : (above[at - step] ?? 0);
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
    made[at] = (line[at] ?? 0) + guess;
  }
  return made;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
