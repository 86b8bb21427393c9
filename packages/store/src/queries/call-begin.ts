import { type Json, OrchestrationError } from '@tenuto/contract';
import {
  type Begun,
  type BlockingBudget,
  CallLedgerError,
  type CallPrice,
  expectedCost,
  judgeNested,
  type ModelPrice,
  type NewCall,
  type TokenUsage,
  upperCost,
} from '@tenuto/engine';
import { clean } from './budget-keys.ts';
import { type BudgetRow, lockBudgetsOf } from './budget-rows.ts';
import { type BudgetStanding, standingsOf } from './budget-standing.ts';
import { CALL_COLUMNS, type CallRow, keyOf, refText } from './call-row.ts';
import { settleUnknown } from './call-unknown.ts';
import { asked, type Database } from './database.ts';
import { pricesOf } from './prices-in-force.ts';
import { type Session, transaction } from './transaction.ts';

export interface BeginParts {
  readonly db: Database;
  /** The engine whose runs may begin calls; absent, any run's attempt may. */
  readonly engineId?: string | undefined;
}

/** Calls of a model by which its next answer's length is told. */
const AVERAGED = 1_000;

/** Writes down that a call is about to be made, if its budgets let it pass. */
export async function beginCall(parts: BeginParts, call: NewCall): Promise<Begun> {
  const done = await findDone(parts.db, call);
  if (done !== undefined) return done;
  return transaction(parts.db, (session) => begin(session, parts, call));
}

/** What an attempt that goes over recorded calls asks for again and again: it takes no lock. */
async function findDone(
  db: Pick<Database, 'query'>,
  call: NewCall,
): Promise<Extract<Begun, { state: 'done' }> | undefined> {
  const { rows } = await asked(() =>
    db.query<DoneRow>(
      `select c.result, c.cost_nano, c.input_tokens, c.output_tokens, c.cached_tokens, c.reasoning_tokens
       from calls c where c.run_id = $1 and c.key = $2 and c.current and c.state = 'done'`,
      [call.runId, keyOf(call)],
    ),
  );
  const [row] = rows;
  return row && doneOf(row);
}

function doneOf(row: DoneRow): Extract<Begun, { state: 'done' }> {
  const costNanoUsd = Number(row.cost_nano ?? 0);
  return { state: 'done', result: resultOf(row.result), usage: usageOf(row), costNanoUsd };
}

interface DoneRow {
  readonly cost_nano: string | null;
  readonly result: Buffer | null;
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
  readonly cached_tokens: string | null;
  readonly reasoning_tokens: string | null;
}

function resultOf(bytes: Buffer | null): Json {
  return bytes === null ? null : JSON.parse(bytes.toString());
}

function usageOf(row: DoneRow): TokenUsage | null {
  if (row.input_tokens === null) return null;
  return {
    input: Number(row.input_tokens),
    output: Number(row.output_tokens),
    cached: Number(row.cached_tokens),
    reasoning: Number(row.reasoning_tokens),
  };
}

async function begin(session: Session, parts: BeginParts, call: NewCall): Promise<Begun> {
  const now = new Date(await databaseTime(session));
  const budgets = await lockBudgetsOf(session, { ...call, now });
  if (budgets === undefined) throw new CallLedgerError('fenced', 'The run is over.');
  await refuseZombies(session, parts, call);
  const earlier = await findEarlier(session, call);
  if (earlier !== undefined) {
    const answer = await answerOf(session, call, earlier);
    if (answer !== undefined) return answer;
  }
  // What is settled just now counts.
  const standings = await standingsOf(session, budgets);
  const { price, known } = await priceOf(session, call, now.getTime());
  if (known === undefined && isPaid(call)) refuseUnpriced(call, standings);
  const judged = judgeNested(standings, price);
  if (judged.verdict !== 'fits') {
    return { state: judged.verdict, budget: blocking(judged.budget) };
  }
  if (earlier !== undefined) await giveUpKey(session, earlier);
  const callId = await insertCall(session, call, { budgets, price, known });
  return { state: 'begun', callId, reservedNanoUsd: price.upper };
}

function isPaid({ kind, estimate }: NewCall): boolean {
  return kind === 'model' && estimate !== undefined;
}

/**
 * A limit cannot be kept for what nobody knows the price of; what names its models beforehand was
 * refused then.
 * @throws OrchestrationError 422
 */
function refuseUnpriced({ target }: NewCall, standings: readonly BudgetStanding[]): void {
  const limited = standings.find(({ limit }) => limit !== null);
  if (limited === undefined) return;
  const detail = `No price of ${target} is known, and the budget of the ${limited.scope} has a limit: add one (POST /prices).`;
  throw new OrchestrationError('unprocessable', detail);
}

async function databaseTime(session: Session): Promise<number> {
  const { rows } = await session.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  return rows[0]?.now ?? 0;
}

/**
 * An engine that has lost its runs may not know it yet: its attempts begin nothing any more. What
 * they have begun before they may still settle.
 */
async function refuseZombies(
  session: Session,
  { engineId }: BeginParts,
  call: NewCall,
): Promise<void> {
  const { rows } = await session.query<{ engine: string | null; later: boolean }>(
    `select r.engine, exists (select from calls c where c.run_id = $1 and c.node_key = $2
         and c.attempt > $3) as later
     from run_live r where r.run_id = $1`,
    [call.runId, clean(call.nodeKey), call.attempt],
  );
  const [run] = rows;
  if (run === undefined) throw new CallLedgerError('fenced', 'The run is over.');
  if (engineId !== undefined && run.engine !== engineId) {
    throw new CallLedgerError('fenced', 'The run is not this engine’s any more.');
  }
  if (run.later) throw new CallLedgerError('fenced', 'A later attempt of the node is going on.');
}

type EarlierRow = CallRow & DoneRow & { readonly told_at: Date | null };

async function findEarlier(session: Session, call: NewCall): Promise<EarlierRow | undefined> {
  const { rows } = await session.query<EarlierRow>(
    `select ${CALL_COLUMNS}, c.told_at, c.result, c.input_tokens, c.output_tokens, c.cached_tokens,
       c.reasoning_tokens
     from calls c where c.run_id = $1 and c.key = $2 and c.current for update`,
    [call.runId, keyOf(call)],
  );
  return rows[0];
}

/** What a call that was begun before answers; undefined when it is to be begun anew. */
async function answerOf(
  session: Session,
  call: NewCall,
  earlier: EarlierRow,
): Promise<Begun | undefined> {
  const callId = refText({ runId: earlier.run_id, callId: earlier.call_id });
  if (earlier.state === 'done') {
    return doneOf(earlier);
  }
  if (earlier.state === 'open' && earlier.attempt === call.attempt) {
    return { state: 'begun', callId, reservedNanoUsd: Number(earlier.upper_nano) };
  }
  if (earlier.state === 'open') await settleUnknown(session, [earlier], 'its attempt is gone');
  if (call.repeatUnknown === true) return undefined;
  const approved = await isApproved(session, earlier);
  await session.query(
    `update calls set told = array_append(told, $3::int), told_at = coalesce(told_at, clock_timestamp())
     where run_id = $1 and call_id = $2 and ($3::int = any(told)) is not true`,
    [earlier.run_id, earlier.call_id, call.attempt],
  );
  return {
    ...{ state: 'unknown', callId, estimateNanoUsd: Number(earlier.expected_nano) },
    seenBefore: (earlier.told ?? []).filter((attempt) => attempt !== call.attempt).length,
    approved,
  };
}

/** Whether a person who was asked about such calls of the node has said to make them again. */
async function isApproved(
  session: Session,
  { run_id, node, told_at }: EarlierRow,
): Promise<boolean> {
  if (told_at === null) return false;
  const { rowCount } = await session.query(
    `select from interventions i join recoveries r on r.session_id = i.session_id
     where i.run_id = $1 and i.node = $2 and i.resolution = 'retry' and i.resolved_at >= $3
       and r.trigger = 'ambiguous' limit 1`,
    [run_id, node, told_at],
  );
  return rowCount === 1;
}

/** Its key answers with another call from now on. */
async function giveUpKey(session: Session, { run_id, call_id }: EarlierRow): Promise<void> {
  await session.query('update calls set current = false where run_id = $1 and call_id = $2', [
    run_id,
    call_id,
  ]);
}

interface Priced {
  readonly price: CallPrice;
  readonly known: ModelPrice | undefined;
}

async function priceOf(session: Session, call: NewCall, at: number): Promise<Priced> {
  const { estimate } = call;
  const free = { price: { expected: 0, upper: 0 }, known: undefined };
  if (estimate === undefined || !isPaid(call)) return free;
  const known = (await pricesOf(session, [call.target], at)).get(call.target);
  if (known === undefined) return free;
  const { rows } = await session.query<{ average: number | null }>(
    `select avg(c.output_tokens)::float8 as average from (
       select c.output_tokens from calls c where c.run_id = $1 and c.target = $2 and c.state = 'done'
       order by c.call_id desc limit ${AVERAGED}) c`,
    [call.runId, clean(call.target)],
  );
  const expected = expectedCost(known, estimate, rows[0]?.average ?? undefined);
  return { price: { expected, upper: upperCost(known, estimate) }, known };
}

function blocking(budget: BudgetStanding): BlockingBudget {
  return {
    ...{ budgetId: budget.budgetId, scope: budget.scope },
    limitNanoUsd: budget.limit ?? 0,
    spentNanoUsd: budget.spent,
    onCrossing: budget.onCrossing,
    ...(budget.degradeTo !== null && { degradeTo: budget.degradeTo }),
  };
}

interface Reserving extends Priced {
  readonly budgets: readonly BudgetRow[];
}

/** The call with its reservations. @returns the id that it is settled by */
async function insertCall(
  session: Session,
  call: NewCall,
  { budgets, price }: Reserving,
): Promise<string> {
  const { rows } = await session.query<{ call_id: string }>(
    `with made as (
       insert into calls (run_id, call_id, key, node_key, loop, step, tool, node, node_id, attempt,
         owner, phase, agent, kind, target, state, budgets, expected_nano, upper_nano)
       values ($1, uuid_v7(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', $15, $16,
         $17)
       returning run_id, call_id, budgets, expected_nano, upper_nano),
     reserved as (
       insert into reservations (budget_key, call_id, run_id, expected_nano, upper_nano)
       select unnest(m.budgets), m.call_id, m.run_id, m.expected_nano, m.upper_nano from made m)
     select call_id from made`,
    [
      ...[call.runId, keyOf(call), clean(call.nodeKey), clean(call.loop), call.step],
      ...[clean(call.tool), call.node, clean(call.nodeId), call.attempt, call.owner],
      ...[call.phase === undefined ? null : clean(call.phase), clean(call.agent), call.kind],
      ...[clean(call.target), budgets.map((budget) => budget.budget_key)],
      ...[price.expected, price.upper],
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a call was not stored');
  return refText({ runId: call.runId, callId: row.call_id });
}
