import { deflateSync, inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { smallPng } from './small-png.ts';

const part = (type: string, data: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
};

/** A picture of three rows of two pixels, each row written with another filter. */
function png(rows: readonly (readonly number[])[]): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(2, 0);
  head.writeUInt32BE(rows.length, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    ...[part('IHDR', head), part('IDAT', deflateSync(Buffer.from(rows.flat())))],
    part('IEND', Buffer.alloc(0)),
  ]);
}

/** The colours of an indexed picture, row by row. */
function coloursOf(small: Buffer): string[] {
  const at = (type: string) => small.indexOf(type, 0, 'latin1');
  const chunk = (type: string) =>
    small.subarray(at(type) + 4, at(type) + 4 + small.readUInt32BE(at(type) - 4));
  const table = chunk('PLTE');
  return [...inflateSync(chunk('IDAT'))]
    .filter((_index, place) => place % 3 !== 0)
    .map((index) => table.toString('hex', index * 3, index * 3 + 3));
}

it('keeps each colour, however its row was written', () => {
  const rows = [
    [0, 0x10, 0x20, 0x30, 0x10, 0x20, 0x30],
    // As the pixel on its left, as that above, as both, as the nearest of three.
    [1, 0xff, 0, 0, 0, 0, 0],
    [2, 0, 0, 0, 1, 0, 0],
    [3, 0x80, 0, 0, 0, 0, 0],
    [4, 0, 0, 0, 0, 0, 0],
  ];
  expect(coloursOf(smallPng(png(rows)))).toEqual([
    ...['102030', '102030', 'ff0000', 'ff0000', 'ff0000', '000000'],
    ...['ff0000', '7f0000', 'ff0000', '7f0000'],
  ]);
});

it('refuses what browsers do not make', () => {
  const sixteen = png([]);
  sixteen.writeUInt8(16, 24);
  expect(() => smallPng(sixteen)).toThrow('not read');
});
