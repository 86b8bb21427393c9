import {
  CallLedgerError,
  type CallResult,
  costOf,
  isNearlySpent,
  type ModelPrice,
  type TokenUsage,
} from '@tenuto/engine';
import { clean } from './budget-keys.ts';
import { type BudgetRow, lockBudgets } from './budget-rows.ts';
import { type BudgetStanding, standingsOf } from './budget-standing.ts';
import { CALL_COLUMNS, type CallRef, type CallRow, refOf } from './call-row.ts';
import type { Database } from './database.ts';
import { noticePart } from './notices.ts';
import { pricesOf } from './prices-in-force.ts';
import { type Session, transaction } from './transaction.ts';

/** What a result may have in bytes, as JSON: more than a model can answer. */
const RESULT_BYTES = 8 * 1_048_576;

/** Keeps what came of a call, and settles all its budgets. */
export async function finishCall(
  db: Database,
  callId: string,
  result: CallResult,
): Promise<{ readonly costNanoUsd: number }> {
  const ref = refOf(callId);
  const bytes = Buffer.from(JSON.stringify(result.result));
  const tooLarge = bytes.length > RESULT_BYTES;
  const { usage } = result;
  const counted = usage === undefined ? result : { ...result, usage: countedUsage(usage) };
  const cost = await transaction(db, (session) =>
    finish(session, ref, { result: counted, bytes: tooLarge ? null : bytes }),
  );
  if (tooLarge) {
    const message = `The result has ${bytes.length} bytes; at most ${RESULT_BYTES} are kept.`;
    throw new CallLedgerError('too_large', message);
  }
  return { costNanoUsd: cost };
}

/** What was paid for is written down whatever a provider says: what is no count of tokens is none. */
function countedUsage({ input, output, cached, reasoning }: TokenUsage): TokenUsage {
  const count = (tokens: number) =>
    Number.isFinite(tokens) ? Math.min(Math.max(0, Math.trunc(tokens)), TOKENS_MOST) : 0;
  return {
    ...{ input: count(input), output: count(output) },
    ...{ cached: count(cached), reasoning: count(reasoning) },
  };
}

/** More than any call has: at any price, what it costs is still a number. */
const TOKENS_MOST = 1_000_000_000;

interface Ending {
  readonly result: CallResult;
  /** Null: it is too large to be kept, so its key answers with nothing. */
  readonly bytes: Buffer | null;
}

async function finish(session: Session, ref: CallRef, ending: Ending): Promise<number> {
  const { call, budgets } = await lockCall(session, ref);
  if (call.state === 'done') return Number(call.cost_nano);
  const { result } = ending;
  const price = await priceOf(session, call, result);
  const cost = price === undefined || result.usage === undefined ? 0 : costOf(price, result.usage);
  await writeResult(session, call, { ...ending, price, cost });
  await settle(session, { call, budgets, cost });
  return cost;
}

/** Its budgets in their order, then itself. @throws CallLedgerError `missing` */
async function lockCall(session: Session, { runId, callId }: CallRef) {
  const find = (lock: string) =>
    session.query<CallRow>(
      `select ${CALL_COLUMNS} from calls c where c.run_id = $1 and c.call_id = $2${lock}`,
      [runId, callId],
    );
  const [known] = (await find('')).rows;
  const budgets = known === undefined ? [] : await lockBudgets(session, known.budgets);
  const [call] = (await find(' for update')).rows;
  if (call === undefined) throw new CallLedgerError('missing', `${callId} is no call.`);
  return { call, budgets };
}

/** By the model that was asked; by the one that answered only if the other has no price. */
async function priceOf(
  session: Session,
  call: CallRow,
  { model, usage }: CallResult,
): Promise<ModelPrice | undefined> {
  if (call.kind === 'tool' || usage === undefined) return undefined;
  const [provider = ''] = call.target.split('/', 1);
  const answered = model === undefined || model.includes('/') ? model : `${provider}/${model}`;
  const { rows } = await session.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  const models = answered === undefined ? [call.target] : [call.target, answered];
  const prices = await pricesOf(session, models, rows[0]?.now ?? 0);
  return prices.get(call.target) ?? prices.get(answered ?? '');
}

interface Settled extends Ending {
  readonly price: ModelPrice | undefined;
  readonly cost: number;
}

async function writeResult(
  session: Session,
  call: CallRow,
  { result, bytes, price, cost }: Settled,
): Promise<void> {
  const { usage, model } = result;
  await session.query(
    `update calls set state = 'done', current = current and $12, reason = null, cost_nano = $3,
       price = $4, model = $5, input_tokens = $6, output_tokens = $7, cached_tokens = $8,
       reasoning_tokens = $9, result = $10, started_at = to_timestamp($11::float8 / 1000),
       ended_at = to_timestamp($13::float8 / 1000)
     where run_id = $1 and call_id = $2`,
    [
      ...[call.run_id, call.call_id, cost, price === undefined ? null : JSON.stringify(price)],
      ...[model === undefined ? null : clean(model), usage?.input ?? null, usage?.output ?? null],
      ...[usage?.cached ?? null, usage?.reasoning ?? null, bytes, result.startedAt],
      ...[bytes !== null, result.endedAt],
    ],
  );
}

interface Settling {
  readonly call: CallRow;
  readonly budgets: readonly BudgetRow[];
  readonly cost: number;
}

/** What was reserved is free again, and what it cost is spent; one that was unknown counts already. */
async function settle(session: Session, { call, budgets, cost }: Settling): Promise<void> {
  const counted = call.state === 'unknown' ? Number(call.expected_nano) : 0;
  await session.query(
    `with freed as (delete from reservations where call_id = $1)
     update budgets b set spent_nano = b.spent_nano + $2, updated_at = clock_timestamp()
     where b.budget_key = any($3::text[]) and $2::bigint <> 0`,
    [call.call_id, cost - counted, call.budgets],
  );
  if (cost > counted) await warn(session, budgets, cost - counted);
}

/** Tells once of each budget that is nearly used up. */
async function warn(session: Session, budgets: readonly BudgetRow[], added: number): Promise<void> {
  const standings = await standingsOf(session, budgets);
  const near = standings.filter(
    ({ warned, limit, spent, warnAt }) =>
      !warned && isNearlySpent({ limit, spent: spent + added }, warnAt),
  );
  if (near.length > 0) await tellOf(session, near);
}

async function tellOf(session: Session, near: readonly BudgetStanding[]): Promise<void> {
  const limits = near.map(({ key, limit, warnAt }) => ({ key, limit, warn_at: warnAt }));
  await session.query(
    `with near as (select n.* from jsonb_to_recordset($1::jsonb)
         as n (key text, "limit" bigint, warn_at real)),
     warned as (
       update budgets b set warned_at = clock_timestamp() from near n
       where b.budget_key = n.key
       returning b.owner, b.run_id, jsonb_strip_nulls(jsonb_build_object(
         'budget_id', b.budget_id, 'scope', b.scope, 'subject', b.subject,
         'limit_usd', n."limit" / 1e9, 'spent_usd', b.spent_nano / 1e9,
         'warn_at', n.warn_at)) as payload)
     ${noticePart({
       ...{ changed: 'warned w', event: "'budget.warning'", owner: 'w.owner' },
       ...{ runId: 'w.run_id', payload: 'w.payload' },
     })}`,
    [JSON.stringify(limits)],
  );
}

/** What was reserved is given back: the call did not happen, or cost nothing. */
export async function dropCall(db: Database, callId: string, reason: string): Promise<void> {
  const ref = refOf(callId);
  await transaction(db, async (session) => {
    const { call, budgets } = await lockCall(session, ref);
    if (call.state === 'done' || call.state === 'dropped') return;
    await session.query(
      `update calls set state = 'dropped', current = false, reason = $3, ended_at = clock_timestamp()
       where run_id = $1 and call_id = $2`,
      [call.run_id, call.call_id, clean(reason).slice(0, REASON_CHARS)],
    );
    await settle(session, { call, budgets, cost: 0 });
  });
}

const REASON_CHARS = 2_000;
