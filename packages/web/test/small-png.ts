/** Makes pictures of screens small: a palette of 256 colours is enough for text on flat areas. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;
const FREQUENT = 128;
const BYTES_OF_TYPE: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** One colour a pixel, as 0xrrggbb. */
  readonly colours: Uint32Array;
}

/**
 * The same picture with at most 256 colours; rare colours become the nearest of the frequent ones.
 * @param png of 8 bits a channel and not interlaced, as browsers make them
 */
export function smallPng(png: Buffer): Buffer {
  const { width, height, colours } = pixelsOf(png);
  const palette = paletteOf(colours);
  const indexOf = nearestIn(palette);
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      lines[y * (width + 1) + x + 1] = indexOf(colours[y * width + x] ?? 0);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // 8 bits, each an index into the palette.
  head.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((colour) => channels(colour)));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function pixelsOf(png: Buffer): Pixels {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const bytes = BYTES_OF_TYPE[png.readUInt8(25)];
  if (png.readUInt8(24) !== 8 || bytes === undefined || png.readUInt8(28) !== 0) {
    throw new Error('This kind of PNG is not read.');
  }
  const data = inflateSync(Buffer.concat([...dataChunks(png)]));
  const lines = unfiltered(data, { stride: width * bytes, height, bytes });
  const colours = new Uint32Array(width * height);
  for (let at = 0; at < colours.length; at += 1) colours[at] = lines.readUIntBE(at * bytes, 3);
  return { width, height, colours };
}

function* dataChunks(png: Buffer): Generator<Buffer> {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') {
      yield png.subarray(at + 8, at + 8 + length);
    }
    at += length + 12;
  }
}

interface Rows {
  readonly stride: number;
  readonly height: number;
  readonly bytes: number;
}

/** Undoes what each row says was done to it: see the PNG specification, 9.2. */
function unfiltered(data: Buffer, { stride, height, bytes }: Rows): Buffer {
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= bytes ? (out[at - bytes] ?? 0) : 0;
      const up = y > 0 ? (out[at - stride] ?? 0) : 0;
      const corner = x >= bytes && y > 0 ? (out[at - stride - bytes] ?? 0) : 0;
      const before = predicted(filter, { left, up, corner });
      out[at] = ((data[y * (stride + 1) + x + 1] ?? 0) + before) & 0xff;
    }
  }
  return out;
}

interface Around {
  readonly left: number;
  readonly up: number;
  readonly corner: number;
}

function predicted(filter: number, { left, up, corner }: Around): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4:
      return paeth(left, up, corner);
    default:
      return 0;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** Most of the palette goes to what there is most of, the rest to what is unlike all of that. */
function paletteOf(colours: Uint32Array): readonly number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const ranked = [...counts].toSorted(([, a], [, b]) => b - a);
  const palette = ranked.slice(0, FREQUENT).map(([colour]) => colour);
  const others = ranked.slice(FREQUENT).map(([colour]) => {
    const own = channels(colour);
    return { own, colour, far: Math.min(...palette.map((one) => distance(own, channels(one)))) };
  });
  while (palette.length < COLOURS && others.length > 0) {
    const next = others.reduce((a, b) => (b.far > a.far ? b : a));
    if (next.far === 0) break;
    palette.push(next.colour);
    for (const other of others) other.far = Math.min(other.far, distance(other.own, next.own));
  }
  return palette;
}

/** The place of the nearest colour in a palette; each colour is looked for once. */
function nearestIn(palette: readonly number[]): (colour: number) => number {
  const known = new Map(palette.map((colour, at) => [colour, at]));
  const table = palette.map(channels);
  return (colour) => {
    const found = known.get(colour);
    if (found !== undefined) return found;
    const own = channels(colour);
    const distances = table.map((one) => distance(own, one));
    const nearest = distances.indexOf(Math.min(...distances));
    known.set(colour, nearest);
    return nearest;
  };
}

type Channels = readonly [number, number, number];

function distance([r, g, b]: Channels, [r2, g2, b2]: Channels): number {
  return (r - r2) ** 2 + (g - g2) ** 2 + (b - b2) ** 2;
}

function channels(colour: number): Channels {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
