/** Files and places that 32 bits cannot count, read by another program. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { zipPieces } from './zip-stream.ts';

const PIECE = Buffer.alloc(8 * 1024 * 1024);
const PIECES = 520;

it('is read by another program with a file of more than 4 GiB in it', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-zip-'));
  try {
    const path = join(folder, 'large.zip');
    const entries = [PIECES, 1].map((count) => ({
      ...{ name: `${count}.bin`, modifiedAt: 0, deflate: true, sizeBytes: count * PIECE.length },
      *pieces() {
        for (let n = 0; n < count; n += 1) yield PIECE;
      },
      open() {
        return Readable.from(this.pieces());
      },
    }));
    await pipeline(Readable.from(zipPieces(entries)), createWriteStream(path));
    const code =
      'import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n' +
      'print(*[i.file_size for i in z.infolist()])';
    const said = await promisify(execFile)('python3', ['-c', code, path]).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return context.skip();
        throw error;
      },
    );
    expect(said.stdout.trim()).toBe(`${PIECES * PIECE.length} ${PIECE.length}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
