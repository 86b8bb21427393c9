import type { RunDetail } from '@tenuto/contract';
import type { Session } from '../commands/command.ts';
import { between } from '../terminal/duration.ts';
import type { Palette } from '../terminal/palette.ts';
import { statusText } from '../terminal/status.ts';
import { printable, truncate } from '../terminal/text.ts';
import { createScreen } from './screen.ts';

const LOOK_MS = 1_000;

/** Does some work, and shows meanwhile, on a terminal, what phases of a run are at. */
export async function showingPhases<T>(
  { io, output, client }: Session,
  runId: string,
  work: () => Promise<T>,
): Promise<T> {
  const isLive = io.isTerminal && !io.env.CI && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  if (output.isJson || !isLive) return work();
  const screen = createScreen(io.stdout);
  let state: 'idle' | 'asking' | 'over' = 'idle';
  const look = async () => {
    if (state !== 'idle') return;
    state = 'asking';
    // A server that cannot be reached is told of by the work itself.
    const run = await client()
      .runs.get(runId)
      .catch(() => undefined);
    if (isOver()) return;
    state = 'idle';
    if (run !== undefined) screen.draw(lines(run));
  };
  const isOver = () => state === 'over';
  const lines = (run: RunDetail) =>
    goingOn(run, { now: io.now(), palette: output.palette, width: io.size().width });
  const stop = io.every(LOOK_MS, () => void look());
  try {
    return await work();
  } finally {
    state = 'over';
    stop();
    screen.clear();
  }
}

/** A line for each phase that goes on or waits for something: since when, and who works in it. */
export function goingOn(
  { phases }: Pick<RunDetail, 'phases'>,
  look: { readonly now: number; readonly palette: Palette; readonly width: number },
): readonly string[] {
  const now = new Date(look.now).toISOString();
  return phases
    .filter(({ status }) => status === 'running' || status === 'waiting')
    .map(({ status, name, started_at: since, agent_ids: agents }) => {
      const more = [between(since, now), agents.join(', ')].filter((one) => one !== '').join(', ');
      const text = truncate(printable(`${name}  ${more}`), Math.max(10, look.width - 14));
      return `  ${statusText(status, look.palette)}  ${text}`;
    });
}
