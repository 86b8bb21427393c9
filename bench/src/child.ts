import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Runs a file in a Node of its own to its end; its complaints go where ours go.
 * @returns what it wrote to standard output
 * @throws when it ends in another way than with 0
 */
export async function runChild(
  file: URL,
  run: {
    readonly nodeOptions?: readonly string[];
    readonly arguments: readonly string[];
    /** Beside our own environment: what must not stand in a list of processes. */
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const child = spawn(
    process.execPath,
    [...(run.nodeOptions ?? []), fileURLToPath(file), ...run.arguments],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...run.environment },
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file.pathname} ended with ${code ?? signal}.`);
  return output;
}

/** What a child has written: one JSON object of numbers. */
export function readNumbers(text: string): Readonly<Record<string, number>> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`no numbers: ${text}`);
  return Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => {
      if (typeof value !== 'number') throw new Error(`no number: ${key}`);
      return [key, value];
    }),
  );
}
