import { StringDecoder } from 'node:string_decoder';

/** Takes a stream apart into lines, of which none may be longer than a limit. */
export interface MessageLines {
  /** @throws RangeError once a line is too long */
  write(chunk: Buffer): void;
}

/** Pieces are joined once a line has ended: a long one must not be copied again for each piece. */
export function messageLines(mostBytes: number, take: (line: string) => void): MessageLines {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  let bytes = 0;
  return {
    write(chunk) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        pieces.push(decoder.write(chunk.subarray(from, end)));
        const line = pieces.join('');
        pieces = [];
        bytes = 0;
        from = end + 1;
        if (line.trim() !== '') take(line);
      }
      bytes += chunk.length - from;
      if (bytes > mostBytes) throw new RangeError(`A message is longer than ${mostBytes} bytes.`);
      if (from < chunk.length) pieces.push(decoder.write(chunk.subarray(from)));
    },
  };
}
