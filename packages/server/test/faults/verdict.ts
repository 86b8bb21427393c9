import { readFile } from 'node:fs/promises';
import { createDoctor } from '@tenuto/engine';
import { openApiStore, type PostgresConnection } from '@tenuto/store';
import { Client } from 'pg';
import { COMMANDS, NODES } from './load.ts';

/** The end of an attempt as the journal has it. */
export interface AttemptFact {
  readonly run: string;
  /** Id of the node in an effect job. */
  readonly node: string;
  readonly attempt: number;
  readonly status: string;
  /** Type of the error, where there is one. */
  readonly error: string | null;
}

/** A line that a command left behind. */
export type EffectFact = Pick<AttemptFact, 'run' | 'node' | 'attempt'>;

export interface RunFact {
  readonly run: string;
  readonly name: string;
  readonly status: string;
  readonly over: boolean;
}

/** All that is known about effect jobs. */
export interface Facts {
  readonly runs: readonly RunFact[];
  /** Of each run in the order of the journal. */
  readonly attempts: readonly AttemptFact[];
  /** In the order in which they were written. */
  readonly effects: readonly EffectFact[];
  /** What the doctor finds in the database, where it was asked. */
  readonly findings?: readonly string[];
}

export interface Expected {
  /** Ids by name that were acknowledged. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Keys of attempts that were durably completed before the fault: their nodes never ran again. */
  readonly durable?: ReadonlySet<string>;
}

/** The errors of attempts that were cut off with their engine: only they may be made again. */
const CUT_OFF: readonly (string | null)[] = ['engine_lost', 'engine_stopped'];

export const keyOf = ({ run, node, attempt }: EffectFact) => `${run} ${node} ${attempt}`;

/** Reads what the database and the commands say. */
export async function readFacts(
  connection: PostgresConnection,
  effectsFile: string,
): Promise<Facts> {
  const client = new Client({ ...connection });
  await client.connect();
  try {
    const runs = await client.query<RunFact>(
      `select run_id::text as run, name, status::text as status, false as over from run_live
       union all select run_id::text, name, status::text, true from runs`,
    );
    const attempts = await client.query<AttemptFact & { readonly index: number }>(
      `select run_id::text as run, node as index, attempt, status::text as status,
         error::json->>'type' as error
       from attempts order by run_id, seq`,
    );
    return {
      runs: runs.rows,
      attempts: attempts.rows.map((row) => ({ ...row, node: NODES[row.index]?.id ?? '' })),
      effects: await readEffects(effectsFile),
    };
  } finally {
    await client.end();
  }
}

/** The same once all work is done, with what the doctor says. */
export async function readEnd(connection: PostgresConnection, effectsFile: string): Promise<Facts> {
  const facts = await readFacts(connection, effectsFile);
  return { ...facts, findings: await askDoctor(connection) };
}

/** Looks at every run that a test of faults makes. */
async function askDoctor(connection: PostgresConnection): Promise<string[]> {
  const store = openApiStore({ ...connection });
  try {
    const { checks } = await createDoctor(store.doctor).examine({ deep: true });
    return checks.flatMap(({ name, evidence }) =>
      evidence.map(({ subject, detail }) => `${name}: ${subject} ${detail}`),
    );
  } finally {
    await store.close();
  }
}

export async function readEffects(file: string): Promise<EffectFact[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [run = '', node = '', attempt] = line.split(' ');
    return attempt === undefined ? [] : [{ run, node, attempt: Number(attempt) }];
  });
}

/** What the attempts that are completed by now are called in {@link Expected.durable}. */
export function completedKeys({ attempts }: Facts): Set<string> {
  return new Set(attempts.filter(({ status }) => status === 'completed').map(keyOf));
}

/** Everything that is not as it must be once all work is done; empty when all is well. */
export function violationsOf(facts: Facts, expected: Expected): string[] {
  return [
    ...runViolations(facts, expected),
    ...[...nodesOf(facts.attempts).values()].flatMap((ends) => attemptViolations(ends, expected)),
    ...effectViolations(facts),
    ...orderViolations(facts),
    ...(facts.findings ?? []),
  ];
}

function runViolations({ runs }: Facts, { acknowledged }: Expected): string[] {
  const byId = new Map(runs.map((run) => [run.run, run]));
  const byName = Map.groupBy(runs, ({ name }) => name);
  const lost = [...acknowledged].flatMap(([name, id]) => {
    const run = byId.get(id);
    if (run === undefined) return [`${name} was acknowledged as ${id} and is lost`];
    return run.over && run.status === 'completed' ? [] : [`${name} (${id}) is ${run.status}`];
  });
  const twice = [...byName].flatMap(([name, found]) =>
    found.length === 1 ? [] : [`${name} was stored ${found.length} times`],
  );
  return [...lost, ...twice];
}

/** The ends of one node's attempts. */
function attemptViolations(ends: readonly AttemptFact[], { durable }: Expected): string[] {
  const last = ends.at(-1);
  if (last === undefined) return [];
  const said: string[] = [];
  const name = `${last.run} ${last.node}`;
  if (last.status !== 'completed') said.push(`${name} ended ${last.status} (${last.error})`);
  ends.forEach((end, i) => {
    if (end.attempt !== i + 1) said.push(`${name}: attempt ${end.attempt} is number ${i + 1}`);
    if (end === last) return;
    if (!CUT_OFF.includes(end.error)) {
      said.push(`${keyOf(end)} ended ${end.status} (${end.error}) and was made again`);
    }
    if (durable?.has(keyOf(end))) said.push(`${keyOf(end)} was durable and was made again`);
  });
  return said;
}

function effectViolations({ runs, attempts, effects }: Facts): string[] {
  const ended = new Map(attempts.map((end) => [keyOf(end), end]));
  const lines = Map.groupBy(effects, keyOf);
  const known = new Set(runs.map(({ run }) => run));
  const said: string[] = [];
  for (const [key, same] of lines) {
    if (same.length > 1) said.push(`${key} ran ${same.length} times under one number`);
    if (!known.has(same[0]?.run ?? '')) said.push(`${key} ran for a run that was never stored`);
    else if (!ended.has(key)) said.push(`${key} ran and the journal does not know it`);
  }
  const commands: readonly string[] = COMMANDS;
  for (const [key, end] of ended) {
    if (end.status !== 'completed' || !commands.includes(end.node) || lines.has(key)) continue;
    said.push(`${key} is completed and never ran`);
  }
  return said;
}

/** No command runs before those that it waits for have completed. */
function orderViolations({ attempts, effects }: Facts): string[] {
  const completed = new Set(attempts.filter(({ status }) => status === 'completed').map(keyOf));
  const seen = new Map<string, number>();
  const said: string[] = [];
  const finishedAt = (run: string, node: string): number => seen.get(`${run} ${node}`) ?? Infinity;
  effects.forEach((line, i) => {
    for (const parent of commandsBefore(line.node)) {
      if (finishedAt(line.run, parent) > i) said.push(`${keyOf(line)} ran before ${parent}`);
    }
    if (completed.has(keyOf(line))) seen.set(`${line.run} ${line.node}`, i);
  });
  return said;
}

/** The commands that a node waits for, through the pause. */
function commandsBefore(node: string): readonly string[] {
  const needs: readonly string[] = NODES.find(({ id }) => id === node)?.needs ?? [];
  return needs.flatMap((id) => (id === 'pause' ? ['first'] : [id]));
}

function nodesOf(attempts: readonly AttemptFact[]): Map<string, AttemptFact[]> {
  return Map.groupBy(attempts, ({ run, node }) => `${run} ${node}`);
}
