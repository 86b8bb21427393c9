import type { AuditFinding } from '@tenuto/contract';
import { createDoctor, GENESIS } from '@tenuto/engine';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuditStore } from '../src/queries/audit-list.ts';
import { createSealStore, raiseAuditBase } from '../src/queries/audit-seal.ts';
import { createDoctorStore } from '../src/queries/doctor/doctor-store.ts';

const databases: { database: TestDatabase; pool: pg.Pool }[] = [];
let pool: pg.Pool;
beforeEach(async () => {
  const database = await createDatabase();
  pool = new pg.Pool({ ...database.connection, max: 10 });
  pool.on('error', () => undefined);
  databases.push({ database, pool });
});
afterAll(async () => {
  for (const made of databases) {
    await made.pool.end();
    await made.database.drop();
  }
});

const ROW = `insert into audit (audit_id, at, actor, action, subject, details, request_id)
  select uuid_v7(), clock_timestamp(), 'ann', 'job.paused', 's' || i, '{"n":1}', null
  from generate_series(1, $1) i returning audit_id`;

async function write(count: number, by: Pick<pg.ClientBase, 'query'> = pool): Promise<string[]> {
  const { rows } = await by.query<{ audit_id: string }>(ROW, [count]);
  return rows.map(({ audit_id: id }) => id);
}

/** Seals what can be sealed now: transactions of other test files may still be going on. */
async function sealNow(most = 3): Promise<void> {
  const { seal } = createSealStore(pool);
  while (((await seal(most))?.rows ?? 0) > 0);
}

async function sealAll(most = 3): Promise<void> {
  do await sealNow(most);
  while ((await verify()).unsealed > 0);
}

/** Does what only the owner of the database can, who takes the guard away first. */
async function tamper(sql: string, values: unknown[] = []): Promise<void> {
  const table = /audit_seals/.test(sql) ? 'audit_seals' : 'audit';
  await pool.query(`alter table ${table} disable trigger user`);
  await pool.query(sql, values);
  await pool.query(`alter table ${table} enable trigger user`);
}

async function verify() {
  const audit = createAuditStore(pool);
  const findings: AuditFinding[] = [];
  let [seals, rows, place] = [0, 0, GENESIS];
  for (;;) {
    const stretch = await audit.verify(place);
    if (stretch.seals === 0)
      return { seals, rows, findings, unsealed: await audit.unsealed(place) };
    seals += stretch.seals;
    rows += stretch.rows;
    place = stretch.last;
    findings.push(...stretch.findings);
  }
}

describe('the chain of the audit', () => {
  it('covers every row once, in seals that follow on each other', async () => {
    await write(7);
    await write(40);
    await sealAll();
    const { seals, ...found } = await verify();
    expect(found).toEqual({ rows: 47, findings: [], unsealed: 0 });
    expect(seals).toBeGreaterThanOrEqual(16);
  });

  it('names a row that says something else', async () => {
    const ids = await write(40);
    await sealAll();
    for (const [column, value] of [
      ['actor', 'eve'],
      ['action', 'job.resumed'],
      ['subject', 's'],
      ['details', '{}'],
      ['request_id', ''],
      ['at', '2020-01-01'],
    ]) {
      const before = await pool.query('select * from audit where audit_id = $1', [ids[11]]);
      await tamper(`update audit set ${column} = $2 where audit_id = $1`, [ids[11], value]);
      const { findings } = await verify();
      expect([column, findings]).toEqual([
        column,
        [expect.objectContaining({ fault: 'tampered', audit_id: ids[11] })],
      ]);
      await tamper(`update audit set ${column} = $2 where audit_id = $1`, [
        ids[11],
        before.rows[0][column ?? ''],
      ]);
    }
  });

  it('names a row that is gone, and one that has come', async () => {
    const ids = await write(20);
    await sealAll();
    await tamper('delete from audit where audit_id = $1', [ids[5]]);
    const [forged] = (
      await pool.query<{ audit_id: string }>(
        `insert into audit (audit_id, at, actor, action, subject, details, position)
         select uuid_v7_floor(clock_timestamp() - interval '1 day'), clock_timestamp(), 'eve', 'x.y',
           's', '{}', position from audit where audit_id = $1 returning audit_id`,
        [ids[15]],
      )
    ).rows;
    const { findings } = await verify();
    expect(findings.map(({ fault, audit_id }) => [fault, audit_id]).sort()).toEqual(
      [
        ['inserted', forged?.audit_id],
        ['removed', ids[5]],
      ].sort(),
    );
  });

  it('names a row that was moved to another time', async () => {
    const ids = await write(20);
    await sealAll();
    await tamper('update audit set position = position + 1000000 where audit_id = $1', [ids[3]]);
    const { findings } = await verify();
    expect(findings).toEqual([expect.objectContaining({ fault: 'tampered', audit_id: ids[3] })]);
  });

  it('is broken where a seal was changed or taken away', async () => {
    await write(20);
    await sealAll();
    await tamper(`update audit_seals set entries = entries || entries where seal_no = 2`);
    expect((await verify()).findings).toContainEqual(
      expect.objectContaining({ fault: 'seal', seal: 2 }),
    );
    await tamper('delete from audit_seals where seal_no = 4');
    expect((await verify()).findings).toContainEqual(
      expect.objectContaining({ fault: 'seal', seal: 5, detail: expect.stringContaining('gone') }),
    );
  });

  it('waits for transactions that began earlier and commit later', async () => {
    const client = await pool.connect();
    await client.query('begin');
    const late = await write(2, client);
    const early = await write(5);
    await sealNow();
    expect(await verify()).toMatchObject({ rows: 0, unsealed: 5 });
    await client.query('commit');
    client.release();
    await sealAll();
    expect(await verify()).toMatchObject({ rows: 7, findings: [], unsealed: 0 });
    expect(late.length + early.length).toBe(7);
  });

  it('is sealed once by many sealers, while many write', async () => {
    const { seal } = createSealStore(pool);
    let open = true;
    const writers = Array.from({ length: 3 }, async () => {
      for (let i = 0; i < 60; i += 1) await write(1 + (i % 5));
    });
    const sealers = Array.from({ length: 4 }, async () => {
      while (open) await seal(10);
    });
    await Promise.all(writers);
    open = false;
    await Promise.all(sealers);
    await sealAll(100);
    const { rows } = await pool.query('select count(*)::int as n from audit');
    expect(await verify()).toMatchObject({ rows: rows[0].n, findings: [], unsealed: 0 });
  });

  it('goes on in a database that counts transactions from a lower number on', async () => {
    const client = await pool.connect();
    await pool.query(
      `insert into audit (audit_id, at, actor, action, subject, details, position)
       values (uuid_v7(), clock_timestamp(), 'a', 'b.c', 's', '{}', 900000000000)`,
    );
    await pool.query(
      `create or replace function audit_base() returns bigint language sql stable
       as 'select 900000000000::bigint'`,
    );
    await sealAll();
    await pool.query(
      `create or replace function audit_base() returns bigint language sql stable
       as 'select 0::bigint'`,
    );
    await raiseAuditBase(client);
    await raiseAuditBase(client);
    client.release();
    await write(3);
    await sealAll();
    expect(await verify()).toMatchObject({ rows: 4, findings: [], unsealed: 0 });
  });

  it('cannot be written over', async () => {
    await write(1);
    await sealAll();
    for (const sql of [
      `update audit set actor = 'eve'`,
      'delete from audit',
      'truncate audit',
      'update audit_seals set rows = 0',
      'delete from audit_seals',
      'truncate audit_seals',
    ]) {
      await expect(pool.query(sql)).rejects.toThrow('append-only');
    }
  });

  it('is looked at by the doctor', async () => {
    const ids = await write(30);
    await sealAll();
    const doctor = createDoctor(createDoctorStore(pool, pool));
    const look = async () => {
      const { checks } = await doctor.examine({ checks: ['audit_chain', 'audit_unsealed'] });
      return checks.map(({ name, count, evidence }) => [name, count, evidence[0]?.subject]);
    };
    expect(await look()).toEqual([
      ['audit_chain', 0, undefined],
      ['audit_unsealed', 0, undefined],
    ]);
    await tamper(`update audit set actor = 'eve' where audit_id = $1`, [ids[29]]);
    expect((await look())[0]).toEqual(['audit_chain', 1, ids[29]]);
  });

  it('has one text for one row', async () => {
    const word = fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 5, maxLength: 5 }), word, async (row, other) => {
        const hash = async ([actor, action, subject, details, request]: readonly string[]) => {
          const { rows } = await pool.query<{ hash: string }>(
            `select encode(audit_row_hash(row(uuid_v7_floor('2026-01-01'), '2026-01-01', $1, $2, $3, $4,
               $5, 7)::audit), 'hex') as hash`,
            [actor, action, subject, details, request],
          );
          return rows[0]?.hash;
        };
        const [a = '', b = '', ...rest] = row;
        const shifted = [a + b.slice(0, 1), b.slice(1), ...rest];
        const same = shifted[0] === a;
        expect((await hash(row)) === (await hash(shifted))).toBe(same);
        const changed = [other, b, ...rest];
        expect((await hash(row)) === (await hash(changed))).toBe(other === a);
      }),
      { numRuns: 60 },
    );
  });
});
