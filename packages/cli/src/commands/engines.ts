import { ENGINE_STATES, type EngineView } from '@tenuto/contract';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { PAGE, readCount, showList } from './listing.ts';

export interface ListEnginesOptions {
  readonly state?: string;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto engines list`: the last one that started first. */
export const listEngines: Command<[options: ListEnginesOptions]> = async (session, options) => {
  const { state, limit: written } = options;
  const limit = readCount(written);
  const listing = session.client().engines.list({
    limit: Math.min(limit, PAGE),
    ...(state !== undefined && { state: readState(state) }),
  });
  return showList(session, { listing, limit }, (engines) =>
    tableLines(
      ['ENGINE', 'NAME', 'STATE', 'EPOCH', 'RUNS', 'NODES', 'LAST HEARTBEAT', 'VERSION'],
      engines.map((engine) => [
        engine.engine_id,
        truncate(printable(engine.name), 30) + (engine.pid === null ? '' : ` (${engine.pid})`),
        stateOf(engine),
        String(engine.epoch),
        ofMost(engine.owned_runs, engine.capacity),
        ofMost(engine.running_nodes, engine.slots),
        engine.last_heartbeat_at,
        printable(engine.version ?? ''),
      ]),
    ),
  );
};

function readState(text: string): EngineView['state'] {
  const state = ENGINE_STATES.find((one) => one === text);
  if (state !== undefined) return state;
  throw new UsageError(`An engine is ${ENGINE_STATES.join(', ')}; not "${printable(text)}".`);
}

function stateOf({ state, released_runs: released }: EngineView): string {
  return released === null ? state : `${state}, ${released} runs released`;
}

function ofMost(used: number, most: number | null): string {
  return most === null ? String(used) : `${used} of ${most}`;
}
