import type { RunFeedEntry, RunProgressView } from '@tenuto/contract';
import type { Io } from '../io.ts';
import type { Output } from '../output.ts';
import { statusIcon } from '../terminal/status.ts';
import { printable, truncate } from '../terminal/text.ts';
import { createScreen, type Screen } from '../watch/screen.ts';
import { entryLines } from './entry-line.ts';

/** How a run that is followed is shown. */
export interface FollowView {
  entry(entry: RunFeedEntry): void;
  progress(progress: RunProgressView): void;
  /** The server cannot be reached at the moment. */
  away(error: Error): void;
  close(): void;
}

/** Lines for people, with a bar below them on a terminal; documents with --json. */
export function createFollowView({
  io,
  output,
}: {
  readonly io: Io;
  readonly output: Output;
}): FollowView {
  if (output.isJson) {
    return {
      entry: (entry) => output.event({ ...entry }),
      progress: (progress) => output.event({ ...progress }),
      away: (error) => output.note(awayText(error)),
      close: () => undefined,
    };
  }
  const isLive = io.isTerminal && !io.env.CI && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  return lineView({ io, output, screen: isLive ? createScreen(io.stdout) : undefined });
}

interface LineView {
  readonly io: Io;
  readonly output: Output;
  readonly screen: Screen | undefined;
}

function lineView({ io, output, screen }: LineView): FollowView {
  const { palette } = output;
  let present: RunProgressView | undefined;
  let cost = 0;
  let isAway = false;

  function draw(notice?: string): void {
    const { width } = io.size();
    const bar = present === undefined ? [] : [barLine(present, { palette, width, cost })];
    screen?.draw([
      ...bar,
      ...(notice === undefined ? [] : [palette.yellow(truncate(notice, width))]),
    ]);
  }

  return {
    entry(entry) {
      isAway = false;
      if (entry.type === 'cost') cost += entry.cost_usd ?? 0;
      screen?.clear();
      output.say(...entryLines(entry, palette));
      draw();
    },
    progress(progress) {
      isAway = false;
      present = progress;
      draw();
    },
    away(error) {
      if (screen !== undefined) draw(awayText(error));
      else if (!isAway) output.note(awayText(error));
      isAway = true;
    },
    close: () => screen?.clear(),
  };
}

function awayText(error: Error): string {
  return `${printable(error.message)}; trying again`;
}

const BAR_CELLS = 24;
/** On fewer columns than this there is no room for a bar. */
const NARROWEST = 60;

function barLine(
  { status, progress_percentage: percent, counts, current_node_ids: current }: RunProgressView,
  {
    palette,
    width,
    cost,
  }: {
    readonly palette: Output['palette'];
    readonly width: number;
    readonly cost: number;
  },
): string {
  const full = Math.round((percent / 100) * BAR_CELLS);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} `;
  const done = `${Math.floor(percent)}%  ${counts.completed} completed, ${counts.failed} failed`;
  const paid = cost > 0 ? `  $${cost.toFixed(4)}` : '';
  const now = current.length === 0 ? '' : `  ${current.map(printable).join(', ')}`;
  const text = `${width < NARROWEST ? '' : bar}${done}${paid}${now}`;
  return `${statusIcon(status, palette)} ${truncate(text, Math.max(1, width - 2))}`;
}
