import pg from 'pg';

/**
 * A pool whose connections may break at any time, also between two statements of a transaction:
 * whoever uses one learns it from the next statement, and who asks next gets another connection.
 * Unheard, the error of a broken connection would end the process.
 */
export function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
