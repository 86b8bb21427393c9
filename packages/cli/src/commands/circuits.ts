import { CIRCUIT_STATES, type CircuitView } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { readDuration } from '../terminal/duration-text.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

export interface ListCircuitsOptions {
  readonly state?: string;
  /** How the key begins. */
  readonly key?: string;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto circuits ls`: by key. */
export const listCircuits: Command<[options: ListCircuitsOptions]> = async (session, options) => {
  const { state, key, limit: written } = options;
  const limit = readCount(written);
  const listing = session.client().circuits.list({
    limit: Math.min(limit, PAGE),
    ...(state !== undefined && { state: readState(state) }),
    ...(key !== undefined && { key }),
  });
  return showList(session, { listing, limit }, (circuits) =>
    tableLines(
      ['KEY', 'STATE', 'FAILURES', 'OPEN UNTIL', 'REASON'],
      circuits.map((circuit) => [
        truncate(printable(circuit.key), 60),
        stateOf(circuit),
        failuresOf(circuit),
        circuit.open_until ?? '',
        truncate(printable(circuit.reason ?? ''), 40),
      ]),
    ),
  );
};

function readState(text: string): CircuitView['state'] {
  const state = CIRCUIT_STATES.find((one) => one === text);
  if (state !== undefined) return state;
  throw new UsageError(`A circuit is ${CIRCUIT_STATES.join(', ')}; not "${printable(text)}".`);
}

function stateOf({ state, probing }: CircuitView): string {
  const words = state.replace('_', ' ');
  return probing ? `${words}, probing` : words;
}

function failuresOf({ state, failures, settings }: CircuitView): string {
  return state === 'closed' ? `${failures} of ${settings.failure_threshold}` : '';
}

/** `tenuto circuits show KEY`. */
export const showCircuit: Command<[key: string]> = async ({ output, client }, key) => {
  const circuit = await client().circuits.get(key);
  output.result(circuit, () => circuitLines(circuit));
  return EXIT.ok;
};

export interface TripOptions {
  /** For how long, as it was written. */
  readonly for?: string;
  readonly reason?: string;
}

/** `tenuto circuits trip KEY`. */
export const tripCircuit: Command<[key: string, options: TripOptions]> = async (
  { output, client },
  key,
  { for: time, reason },
) => {
  const circuit = await client().circuits.trip(key, {
    ...(time !== undefined && { duration_ms: readDuration(time) }),
    ...(reason !== undefined && { reason }),
  });
  output.result(circuit, () => circuitLines(circuit));
  return EXIT.ok;
};

/** `tenuto circuits reset KEY`. */
export const resetCircuit: Command<[key: string, options: { readonly reason?: string }]> = async (
  { output, client },
  key,
  { reason },
) => {
  const circuit = await client().circuits.reset(key, reason === undefined ? {} : { reason });
  output.result(circuit, () => circuitLines(circuit));
  return EXIT.ok;
};

function circuitLines(circuit: CircuitView): readonly string[] {
  const { settings, state } = circuit;
  const rate = settings.failure_rate_threshold;
  const share =
    rate === null ? '' : `, or ${rate * 100}% of ${settings.minimum_calls} calls or more`;
  return [
    `${printable(circuit.key)} is ${stateOf(circuit)}`,
    ...facts([
      ['owner', circuit.owner],
      ['until', circuit.open_until ?? ''],
      ['failures', failuresOf(circuit)],
      [
        'successes',
        state === 'half_open' ? `${circuit.successes} of ${settings.success_threshold}` : '',
      ],
      ['opens', `after ${settings.failure_threshold} failures in a row${share}`],
      ['reason', circuit.reason ?? ''],
      ['by', circuit.changed_by ?? ''],
      ['changed', circuit.updated_at],
    ]),
  ];
}
