import type pg from 'pg';
import type { Database } from './database.ts';
import { Refusal, transaction } from './transaction.ts';

type Client = Pick<pg.ClientBase, 'query'>;

/** Any number that nothing else locks. */
const ADMINS_LOCK = 7_265_114;
/** An agent that is let in, and may administer. */
const ADMIN_AGENT = `a.status = 'active' and a.deleted_at is null and a.scopes @> '{admin}'`;
const IN_FORCE = (alias: string) =>
  `${alias}.revoked_at is null and ${alias}.scopes @> '{admin}'
   and (${alias}.expires_at is null or ${alias}.expires_at > clock_timestamp())`;

/**
 * Makes a change that may take somebody's rights away, unless nobody would be left who can give
 * them back by a token or a credential; people who administer by JWT are unknown to the store.
 */
export function unlessLastAdmin<Result>(
  db: Pick<Database, 'connect'>,
  change: (client: Client) => Promise<Result>,
): Promise<Result | 'last_admin'> {
  return transaction<Result | 'last_admin'>(db, async (client) => {
    // Two such changes at once would each see the other's administrator.
    await client.query('select pg_advisory_xact_lock($1)', [ADMINS_LOCK]);
    const before = await isAdministered(client);
    const result = await change(client);
    if (before && !(await isAdministered(client))) throw new Refusal('last_admin' as const);
    return result;
  });
}

async function isAdministered(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ administered: boolean }>(
    `select exists (
       select from api_tokens t left join agents a on a.agent_id = t.agent_id
       where t.family_id is null and ${IN_FORCE('t')} and (t.agent_id is null or ${ADMIN_AGENT}))
     or exists (
       select from agent_credentials c join agents a on a.agent_id = c.agent_id
       where ${IN_FORCE('c')} and ${ADMIN_AGENT}) as administered`,
  );
  return rows[0]?.administered === true;
}
