import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly exitCode: number;
  /** What it wrote to both streams, in order of arrival; empty when it wrote to ours. */
  readonly output: string;
}

/**
 * Runs one of Node's programs with the Node that runs this script and waits for its end.
 *
 * @param args the program's file and its arguments
 * @param options.folder where it runs
 * @param options.show write to our own streams as it goes, instead of keeping the output
 */
export function runNode(
  args: readonly string[],
  { show = false, folder = '.' }: { readonly show?: boolean; readonly folder?: string } = {},
): Promise<CommandResult> {
  const target = show ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', target, target] });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const release = passSignalsTo((signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      release();
      resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** We outlive the child, so that it can stop what it started. */
function passSignalsTo(kill: (signal: NodeJS.Signals) => void): () => void {
  // A terminal sends SIGINT to the child as well; a second one would cut its clean-up short.
  const wait = () => {};
  const pass = () => kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', pass);
  return () => {
    process.off('SIGINT', wait);
    process.off('SIGTERM', pass);
  };
}
