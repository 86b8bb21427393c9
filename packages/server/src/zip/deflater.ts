import { constants, createDeflateRaw } from 'node:zlib';

export interface Deflater {
  /** Compresses pieces to one stream of bytes; one at a time. */
  pack(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined>;
  close(): void;
}

/**
 * Compresses one thing after the other with the same state: one of its own for each of many small
 * files takes memory faster than it is given back.
 */
export function createDeflater(): Deflater {
  const stream = createDeflateRaw();
  let wake = () => {};
  let failed: Error | undefined;
  stream.on('readable', () => wake());
  stream.on('error', (error) => {
    failed = error;
    wake();
  });
  stream.on('close', () => wake());

  /** Gives what comes out of a step until it is over. */
  async function* step(begin: (over: () => void) => void) {
    let over = false;
    begin(() => {
      over = true;
      wake();
    });
    for (;;) {
      const piece: unknown = stream.read();
      if (piece instanceof Uint8Array) {
        yield piece;
        continue;
      }
      if (failed !== undefined) throw failed;
      if (over) return;
      if (stream.destroyed) throw new Error('it is closed');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    async *pack(pieces) {
      for await (const piece of pieces) {
        yield* step((over) => stream.write(piece, over));
      }
      yield* step((over) => stream.flush(constants.Z_FINISH, over));
      stream.reset();
    },
    close: () => stream.destroy(),
  };
}
