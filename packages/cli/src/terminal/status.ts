import type { NodeStatus, RunStatus } from '@tenuto/contract';
import type { Palette } from './palette.ts';

export type Status = NodeStatus | RunStatus;

interface Mark {
  readonly icon: string;
  readonly hue: keyof Palette;
}

/** Status is never colour alone: an icon, the word, and a colour, the same in all of Tenuto. */
const MARKS: Readonly<Record<Status, Mark>> = {
  pending: { icon: '○', hue: 'gray' },
  queued: { icon: '○', hue: 'gray' },
  ready: { icon: '○', hue: 'gray' },
  scheduled: { icon: '◷', hue: 'cyan' },
  waiting: { icon: '◷', hue: 'cyan' },
  running: { icon: '◐', hue: 'blue' },
  paused: { icon: '‖', hue: 'yellow' },
  retrying: { icon: '↻', hue: 'yellow' },
  recovering: { icon: '↻', hue: 'yellow' },
  completed: { icon: '✓', hue: 'green' },
  failed: { icon: '✗', hue: 'red' },
  timeout: { icon: '⧗', hue: 'red' },
  skipped: { icon: '–', hue: 'gray' },
  cancelled: { icon: '■', hue: 'dim' },
  aborted: { icon: '⬢', hue: 'dim' },
};

/** The ring of what runs, a quarter further each time. */
const RING = ['◐', '◓', '◑', '◒'];

/**
 * A status's icon in its colour.
 *
 * @param turn how far the ring of what runs has turned; 0 where nothing moves
 */
export function statusIcon(status: Status, palette: Palette, turn = 0): string {
  const { icon, hue } = MARKS[status];
  const shown = status === 'running' ? (RING[turn % RING.length] ?? icon) : icon;
  return palette[hue](shown);
}

/** Icon and word, in the status's colour. */
export function statusText(status: Status, palette: Palette): string {
  const { icon, hue } = MARKS[status];
  return palette[hue](`${icon} ${status}`);
}

export function statusWord(status: Status, palette: Palette): string {
  return palette[MARKS[status].hue](status);
}
