/** What has to be so once runs of a profile have ended: calls, money, files and feeds agree. */
import { readFile } from 'node:fs/promises';
import { createDoctor } from '@tenuto/engine';
import { openApiStore, type PostgresConnection } from '@tenuto/store';
import { rowsOf } from '../faults/moments.ts';
import { contentOf, STEPS, type StormRun } from './phased-work.ts';

export interface StormAccounts {
  readonly runs: readonly StormRun[];
  /** Who asked the provider, in order. */
  readonly asked: readonly string[];
  /** The file that commands wrote to. */
  readonly effects: string;
  /** The bytes of a file of a run, as it is downloaded. */
  read(runId: string, path: string): Promise<string>;
}

/** Everything that is wrong, as sentences; nothing when all is well. */
export async function stormViolations(
  connection: PostgresConnection,
  accounts: StormAccounts,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [question, sentence] of CHECKS) {
    for (const row of await rowsOf(connection, question)) {
      wrong.push(`${sentence}: ${JSON.stringify(row)}`);
    }
  }
  wrong.push(...(await repeated(connection, accounts)));
  wrong.push(...(await filesOf(accounts)));
  const { doctor, close } = openApiStore(connection);
  try {
    const { checks } = await createDoctor(doctor).examine({ limit: 5_000, deep: true });
    for (const { name, verdict, count, evidence } of checks) {
      if (verdict !== 'error') continue;
      wrong.push(`doctor: ${name} (${count}) ${JSON.stringify(evidence)}`);
    }
  } finally {
    await close();
  }
  return wrong;
}

const CHECKS = [
  [
    `select r.run_id, r.status from runs r where r.status <> 'completed' limit 20`,
    'a run did not complete',
  ],
  [
    `select run_id, min(node_id) as node_id, min(step) as step from calls
     where state = 'done' and current group by run_id, key having count(*) > 1 limit 20`,
    'a call was begun anew after its answer was recorded',
  ],
  [`select run_id, call_id, node_id from calls where state = 'open' limit 20`, 'a call is open'],
  ['select * from reservations limit 20', 'money is still reserved'],
  [
    `select b.budget_key, b.spent_nano, s.spent from budgets b cross join lateral (
       select coalesce(sum(case c.state when 'done' then c.cost_nano
         when 'unknown' then c.expected_nano else 0 end), 0) as spent
       from calls c where b.budget_key = any(c.budgets)) s
     where b.spent_nano <> s.spent limit 20`,
    'a budget is not the sum of its calls',
  ],
  [
    `select budget_key, spent_nano, limit_nano from budgets
     where limit_nano is not null and spent_nano > limit_nano + 2000000 limit 20`,
    'a budget is passed by more than one call',
  ],
  [
    `select f.run_id, count(*), f.last from run_feeds f join run_feed e using (run_id)
     group by f.run_id, f.last having count(*) <> f.last or max(e.seq) <> f.last limit 20`,
    'a feed has gaps',
  ],
] as const;

/** No more requests than calls that were begun; of commands, no more lines. */
async function repeated(
  connection: PostgresConnection,
  { runs, asked, effects }: StormAccounts,
): Promise<string[]> {
  const marks = new Map(runs.map(({ runId, mark }) => [runId, mark]));
  const rows = await rowsOf(
    connection,
    `select run_id::text as run, node_id, step, kind, target, count(*)::int as count
     from calls group by 1, 2, 3, 4, 5`,
  );
  const begun = { model: new Map<string, number>(), tool: new Map<string, number>() };
  for (const { run, node_id: node, step, kind, target, count } of rows) {
    if (kind === 'tool' && target !== 'command.run') continue;
    const counts = kind === 'model' ? begun.model : begun.tool;
    const who = `${marks.get(String(run))}/${node}/${step}`;
    counts.set(who, (counts.get(who) ?? 0) + Number(count));
  }
  const lines = (await readFile(effects, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const wrong: string[] = [];
  for (const [what, done, allowed] of [
    ['was asked', asked, begun.model],
    ['ran its command', lines, begun.tool],
  ] as const) {
    const counts = new Map<string, number>();
    for (const who of done) counts.set(who, (counts.get(who) ?? 0) + 1);
    for (const [who, count] of counts) {
      const most = allowed.get(who) ?? 0;
      if (count > most) wrong.push(`${who} ${what} ${count} times for ${most} calls`);
    }
  }
  for (const { mark } of runs) {
    for (let step = 0; step < STEPS; step += 1) {
      const who = `${mark}/checking/ann/${step}`;
      if (!asked.includes(who)) wrong.push(`${who} was never asked`);
    }
  }
  return wrong;
}

/** What agents have left is what is downloaded. */
async function filesOf({ runs, read }: StormAccounts): Promise<string[]> {
  const wrong: string[] = [];
  for (const { runId, mark } of runs) {
    for (const phase of ['planning', 'building', 'checking']) {
      for (const agent of ['ann', 'bob', 'cid']) {
        const text = await read(runId, `artifacts/${phase}/${agent}.md`).catch(String);
        const wanted = contentOf(`${mark}/${phase}/${agent}`);
        if (text !== wanted) wrong.push(`${runId} ${phase}/${agent}.md: ${text.slice(0, 200)}`);
      }
    }
  }
  return wrong;
}
