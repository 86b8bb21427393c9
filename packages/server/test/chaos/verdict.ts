/** Compares what was acknowledged, what the journal says, and what was done to the world. */
import { createDoctor } from '@tenuto/engine';
import { openApiStore, type PostgresConnection } from '@tenuto/store';
import { rowsOf } from '../faults/moments.ts';
import { callersBefore, type Shape } from './shapes.ts';
import type { Effect } from './sink.ts';

export interface Accepted {
  readonly name: string;
  readonly run: string;
  readonly shape: Shape;
}

export interface Accounts {
  readonly accepted: readonly Accepted[];
  readonly effects: readonly Effect[];
}

interface AttemptFact {
  readonly run: string;
  readonly node: string;
  readonly attempt: number;
  readonly status: string;
}

/** Everything that is wrong, as sentences; nothing when all is well. */
export async function violationsOf(
  connection: PostgresConnection,
  accounts: Accounts,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  wrong.push(...(await runViolations(connection, accounts)));
  for (const [question, sentence] of CHECKS) {
    for (const row of await rowsOf(connection, question)) {
      wrong.push(`${sentence}: ${JSON.stringify(row)}`);
    }
  }
  wrong.push(...(await doctorFindings(connection)));
  const attempts = await attemptsOf(connection, accounts);
  wrong.push(...effectViolations(accounts, attempts));
  return wrong;
}

const CHECKS = [
  [
    `select run_id, node, generation, kind, count(*) from attempts where status = 'completed'
     group by 1, 2, 3, 4 having count(*) > 1 limit 20`,
    'a node completed twice in one generation',
  ],
  [
    `select session_id from recoveries r where not exists (
       select 1 from recovery_audits a where a.session_id = r.session_id and a.event <> 'started')
     and exists (select 1 from runs o where o.run_id = r.run_id) limit 20`,
    'a recovery of a run that is over has no end',
  ],
  [
    `select run_id from run_live where engine is not null and not exists (
       select 1 from engine_fences f where f.engine = run_live.engine and f.alive) limit 20`,
    'a run belongs to an engine that is no more',
  ],
] as const;

/** What the doctor finds that is no mere warning. */
async function doctorFindings(connection: PostgresConnection): Promise<string[]> {
  const { doctor, close } = openApiStore(connection);
  try {
    const { checks } = await createDoctor(doctor).examine({ limit: 5_000 });
    return checks
      .filter(({ verdict }) => verdict === 'error')
      .map(({ name, count, evidence }) => `doctor: ${name} (${count}) ${JSON.stringify(evidence)}`);
  } finally {
    await close();
  }
}

async function runViolations(
  connection: PostgresConnection,
  { accepted }: Accounts,
): Promise<string[]> {
  const rows = await rowsOf(connection, 'select run_id::text as run, name, status from runs');
  const ended = new Map(rows.map(({ run, status }) => [String(run), String(status)]));
  const names = Map.groupBy(rows, ({ name }) => String(name));
  const wrong: string[] = [];
  for (const { name, run, shape } of accepted) {
    const status = ended.get(run);
    if (status === undefined) wrong.push(`${name} (${run}) was acknowledged and is not over`);
    else if (status !== shape.ends) wrong.push(`${name} (${run}) ended ${status}`);
    const stored = names.get(name)?.length ?? 0;
    if (stored > 1) wrong.push(`${name} is stored ${stored} times`);
  }
  return wrong;
}

async function attemptsOf(
  connection: PostgresConnection,
  { accepted }: Accounts,
): Promise<readonly AttemptFact[]> {
  const byRun = new Map(accepted.map((job) => [job.run, job]));
  const rows = await rowsOf(
    connection,
    `select run_id::text as run, node, attempt, status::text as status from attempts where kind = 0`,
  );
  return rows.flatMap(({ run, node, attempt, status }) => {
    const id = byRun.get(String(run))?.shape.nodes[
      indexOf(byRun.get(String(run))?.shape, Number(node))
    ]?.id;
    if (id === undefined) return [];
    return [{ run: String(run), node: id, attempt: Number(attempt), status: String(status) }];
  });
}

/** Indexes count the children of groups too; shapes have them behind all nodes that call. */
function indexOf(shape: Shape | undefined, index: number): number {
  let at = 0;
  for (const [i, node] of (shape?.nodes ?? []).entries()) {
    if (at === index) return i;
    at += 1 + (node.children?.length ?? 0);
  }
  return -1;
}

function effectViolations(
  { accepted, effects }: Accounts,
  attempts: readonly AttemptFact[],
): string[] {
  const shapes = new Map(accepted.map(({ run, shape }) => [run, shape]));
  const key = (fact: { run: string; node: string; attempt: number }) =>
    `${fact.run} ${fact.node} ${fact.attempt}`;
  const completed = new Map(
    attempts
      .filter(({ status }) => status === 'completed')
      .map((fact) => [`${fact.run} ${fact.node}`, fact.attempt]),
  );
  const seen = new Set<string>();
  const keys = new Map<string, string>();
  const first = new Map<string, number>();
  const wrong: string[] = [];
  effects.forEach((effect, i) => {
    const shape = shapes.get(effect.run);
    if (shape === undefined) return;
    const node = `${effect.run} ${effect.node}`;
    if (seen.has(key(effect))) wrong.push(`${key(effect)} was made twice under one number`);
    seen.add(key(effect));
    if (effect.attempt > (completed.get(node) ?? Number.POSITIVE_INFINITY)) {
      wrong.push(`${key(effect)} came after its node had completed`);
    }
    if ((keys.get(node) ?? effect.key) !== effect.key) wrong.push(`${node} has two keys`);
    keys.set(node, effect.key);
    for (const parent of callersBefore(shape, effect.node)) {
      if (!first.has(`${effect.run} ${parent}`)) wrong.push(`${key(effect)} came before ${parent}`);
    }
    if (!first.has(node)) first.set(node, i);
  });
  for (const fact of attempts) {
    const calls = shapes.get(fact.run)?.nodes.find(({ id }) => id === fact.node)?.uses;
    if (fact.status === 'completed' && calls === 'http.request' && !seen.has(key(fact))) {
      wrong.push(`${key(fact)} is completed and was never made`);
    }
  }
  return wrong;
}
