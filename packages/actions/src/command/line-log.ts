import { StringDecoder } from 'node:string_decoder';
import { COMMAND_LIMITS } from './options.ts';

/** Passes a stream on in whole lines. */
export interface LineLog {
  write(chunk: Buffer): void;
  /** Passes on a last line that did not end. */
  end(): void;
}

/**
 * @param log - gets one or more whole lines at a time, without the last line's end
 */
export function lineLog(log: (text: string) => void): LineLog {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const pass = (text: string) => log(text.replaceAll('\0', '\uFFFD'));
  const add = (text: string) => {
    const end = text.lastIndexOf('\n');
    if (end !== -1) {
      pass(rest + text.slice(0, end));
      rest = '';
    }
    rest += text.slice(end + 1);
    if (rest.length > COMMAND_LIMITS.logLineChars) {
      pass(rest);
      rest = '';
    }
  };
  return {
    write: (chunk) => add(decoder.write(chunk)),
    end() {
      add(decoder.end());
      if (rest !== '') pass(rest);
      rest = '';
    },
  };
}
