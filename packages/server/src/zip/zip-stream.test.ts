import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readZip } from './zip-reader.fixture.ts';
import { type ZipEntry, zipPieces } from './zip-stream.ts';

const AT = Date.UTC(2026, 10, 30, 12, 34, 56);

function entry(name: string, bytes: Uint8Array, more: Partial<ZipEntry> = {}): ZipEntry {
  return {
    ...{ name, modifiedAt: AT, sizeBytes: bytes.length, deflate: true },
    async *open() {
      yield bytes;
    },
    ...more,
  };
}

async function zipped(entries: Parameters<typeof zipPieces>[0]): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(zipPieces(entries)));
}

describe('a zip', () => {
  const file = fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    pieces: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
    deflate: fc.boolean(),
    seconds: fc.integer({ min: 0, max: 0x7fff_ffff }),
  });

  it('holds what was put into it, in its order', async () => {
    const files = fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const zip = await zipped(
          given.map(({ name, pieces, deflate, seconds }) => ({
            ...{ name, deflate, modifiedAt: seconds * 1_000 + 7 },
            sizeBytes: pieces.reduce((sum, { length }) => sum + length, 0),
            open: () => Readable.from(pieces),
          })),
        );
        expect(readZip(zip)).toEqual(
          given.map(({ name, pieces, deflate, seconds }) => ({
            ...{ name, bytes: Buffer.concat(pieces), method: deflate ? 8 : 0, mode: 0o100644 },
            modifiedAt: seconds * 1_000,
          })),
        );
      }),
    );
  });

  it('of nothing is a zip, too', async () => {
    expect(readZip(await zipped([]))).toEqual([]);
  });

  it('opens a file when it is its turn, and goes on only as it is read', async () => {
    const opened: string[] = [];
    const watched = (name: string) =>
      entry(name, Buffer.alloc(0), {
        async *open() {
          opened.push(name);
          yield Buffer.alloc(0);
        },
      });
    const pieces = zipPieces(['a', 'b', 'c'].map(watched));
    await pieces.next();
    expect(opened).toEqual([]);
    await pieces.next();
    expect(opened).toEqual(['a']);
    await pieces.next();
    await pieces.next();
    expect(opened).toEqual(['a']);
  });

  it.each([
    true,
    false,
  ])('closes what it reads when nobody reads it any more (deflate: %s)', async (deflate) => {
    const closed: string[] = [];
    async function* entries() {
      try {
        yield entry('endless', Buffer.alloc(0), {
          deflate,
          async *open() {
            try {
              for (;;) yield Buffer.alloc(100_000, 1);
            } finally {
              closed.push('the file');
            }
          },
        });
      } finally {
        closed.push('the list');
      }
    }
    const body = Readable.from(zipPieces(entries()), { objectMode: false });
    for await (const piece of body) if (piece.length === 100_000 || deflate) break;
    await vi.waitFor(() => expect(closed).toEqual(['the file', 'the list']), { timeout: 60_000 });
  });

  it.each([true, false])('ends with what went wrong with a file (deflate: %s)', async (deflate) => {
    const broken = entry('a', Buffer.alloc(9), {
      deflate,
      async *open() {
        yield Buffer.alloc(4);
        throw new Error('the disk is gone');
      },
    });
    await expect(zipped([broken])).rejects.toThrow('the disk is gone');
  });

  it('keeps nothing of what it has sent but its directory', async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new Error('memory cannot be collected');
    const held = () => {
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const files = 1_500;
    const bytes = 10_000;
    function* entries() {
      for (let n = 0; n < files; n += 1) {
        yield entry(`file-${n}`, Buffer.alloc(0), {
          sizeBytes: bytes,
          async *open() {
            yield Buffer.from(randomBytes(bytes));
          },
        });
      }
    }
    const before = held();
    let sent = 0;
    for await (const piece of zipPieces(entries())) {
      sent += piece.length;
      if (sent > files * bytes) break;
    }
    // Buffers go a moment after the objects that held them.
    const most = (files * bytes) / 4;
    await vi.waitFor(() => expect(held() - before).toBeLessThan(most), { timeout: 30_000 });
  });

  it('is given up when a file is not as long as it should be', async () => {
    const torn = entry('a.txt', Buffer.alloc(4), { sizeBytes: 9 });
    await expect(zipped([torn])).rejects.toThrow('a.txt has 4 bytes, and not 9');
  });
});

describe('other programs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenuto-zip-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What Python says of it; undefined where there is none. */
  async function python(zip: Buffer, script: string): Promise<string | undefined> {
    const path = join(folder, 'some.zip');
    await writeFile(path, zip);
    const code = `import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n${script}`;
    return promisify(execFile)('python3', ['-c', code, path]).then(
      ({ stdout }) => stdout,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      },
    );
  }

  it('read it, with names in any script', async (context) => {
    const names = ['plain.txt', 'ordner/größe.md', '資料/報告.json', '📦.bin'];
    const zip = await zipped(
      names.map((name, n) => entry(name, Buffer.from(name), { deflate: n % 2 === 0 })),
    );
    const said = await python(
      zip,
      'import json\nprint(json.dumps([[i.filename, z.read(i).decode(), i.date_time] for i in z.infolist()]))',
    );
    if (said === undefined) return context.skip();
    const time = [2026, 11, 30, 12, 34, 56];
    expect(JSON.parse(said)).toEqual(names.map((name) => [name, name, time]));
  });

  it('read it with more files than 16 bits count', async (context) => {
    const count = 66_000;
    const zip = await zipped(
      Array.from({ length: count }, (_, n) =>
        entry(String(n), Buffer.alloc(0), { deflate: false }),
      ),
    );
    expect(readZip(zip)).toHaveLength(count);
    const said = await python(zip, 'print(len(z.namelist()))');
    if (said === undefined) return context.skip();
    expect(said.trim()).toBe(String(count));
  });
});
