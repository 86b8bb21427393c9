import { openApiStore } from '@tenuto/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, startOwnApi, type TestApi } from './server.ts';

const AUDIT = '/api/v1/audit';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

async function write(actor: string, action: string, subject = 's', details: object = {}) {
  const { rows } = await api.pool.query(
    `insert into audit (audit_id, at, actor, action, subject, details, request_id)
     values (uuid_v7(), clock_timestamp(), $1, $2, $3, $4, 'r') returning audit_id`,
    [actor, action, subject, JSON.stringify(details)],
  );
  return rows[0].audit_id;
}

async function sealAll(of: TestApi) {
  const stores = openApiStore(of.connection);
  const behind = async () =>
    (
      await of.pool.query(
        `select count(*)::int as n from audit a where (a.position, a.audit_id) > (
         select coalesce(max(to_position), -1), coalesce((array_agg(to_id order by seal_no desc))[1],
           '00000000-0000-0000-0000-000000000000') from audit_seals)`,
      )
    ).rows[0].n;
  while ((await behind()) > 0) await stores.sealer.seal(2);
  await stores.close();
}

describe('the audit', () => {
  it('is listed by actor, action, subject and time, newest first', async () => {
    const first = await write('ann', 'thing.created', 'one', { n: 1 });
    const second = await write('ann', 'thing.deleted', 'two');
    await write('bob', 'thing.created', 'two');
    const list = async (query: string) => (await api.call(`${AUDIT}?${query}`)).body;
    const ids = async (query: string) =>
      (await list(query)).items.map(({ audit_id: id }: { audit_id: string }) => id);
    expect((await ids('actor=ann')).sort()).toEqual([first, second].sort());
    expect(await ids('actor=ann&action=thing.created')).toEqual([first]);
    expect((await list('subject=two')).total).toBe(2);
    const row = (await list('subject=one')).items[0];
    expect(row).toMatchObject({ actor: 'ann', details: { n: 1 }, request_id: 'r' });
    expect(await ids(`actor=ann&to=${row.at}`)).not.toContain(second);
    expect((await list(`actor=ann&from=2099-01-01T00:00:00Z`)).total).toBe(0);
    expect((await list(`actor=ann&from=1970-01-01T00:00:00Z&to=2099-01-01T00:00:00Z`)).total).toBe(
      2,
    );
    expect((await api.call(`${AUDIT}?from=yesterday`)).status).toBe(400);
  });

  it('shows to everybody what they did, and to who may read it all of it', async () => {
    await write('carl', 'thing.created', 'carls');
    await write('dora', 'thing.created', 'doras');
    const carl = await api.token('carl', []);
    const own = (await api.call(AUDIT, { token: carl })).body;
    expect(own.items.map(({ actor }: { actor: string }) => actor)).toEqual(['carl']);
    expect((await api.call(`${AUDIT}?actor=dora`, { token: carl })).body.total).toBe(0);
    expect((await api.call(`${AUDIT}/export?actor=dora`, { token: carl })).text).toBe('');
    expect((await api.call(`${AUDIT}/verify`, { token: carl })).status).toBe(403);
    const auditor = await api.token('auditor', ['audit:read']);
    expect((await api.call(`${AUDIT}?actor=dora`, { token: auditor })).body.total).toBe(1);
    expect((await api.call(AUDIT, { token: null })).status).toBe(401);
  });

  it('is exported as NDJSON and as CSV that no spreadsheet runs', async () => {
    await write('=cmd|x', 'thing.created', '"quoted", and\nmore', { text: '+1' });
    const lines = await api.call(`${AUDIT}/export?actor=%3Dcmd%7Cx`);
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
    expect(JSON.parse(lines.text)).toMatchObject({ actor: '=cmd|x', details: { text: '+1' } });
    const csv = await api.call(`${AUDIT}/export?format=csv&actor=%3Dcmd%7Cx`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toContain('audit.csv');
    expect(csv.text).toContain(`,'=cmd|x,thing.created,"""quoted"", and\nmore",`);
    expect((await api.call(`${AUDIT}/export`, { headers: { accept: 'image/png' } })).status).toBe(
      406,
    );
    expect((await api.call(`${AUDIT}/export?to=never`)).status).toBe(400);
  });

  it('is exported whole, however long it is', async () => {
    await api.pool.query(
      `insert into audit (audit_id, at, actor, action, subject, details)
       select uuid_v7(), clock_timestamp(), 'many', 'thing.created', i::text, '{}'
       from generate_series(1, 2345) i`,
    );
    const { text } = await api.call(`${AUDIT}/export?actor=many`);
    const subjects = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).subject);
    expect(new Set(subjects).size).toBe(2345);
  });
});

describe('verifying the audit', () => {
  it('finds nothing wrong with what nobody touched, and names what somebody did', async () => {
    const own = await startOwnApi();
    const insert = (n: number) =>
      own.pool.query(
        `insert into audit (audit_id, at, actor, action, subject, details)
         select uuid_v7(), clock_timestamp(), 'ann', 'thing.created', i::text, '{}'
         from generate_series(1, $1) i`,
        [n],
      );
    await insert(30);
    await sealAll(own);
    const sound = (await own.call(`${AUDIT}/verify`)).body;
    expect(sound).toMatchObject({ valid: true, rows: 30, unsealed: 0, findings: [] });
    await insert(4);
    await sealAll(own);
    const known = await own.call(`${AUDIT}/verify?known=${sound.head}`);
    expect(known.body).toMatchObject({ valid: true, rows: 34 });
    const { rows } = await own.pool.query(`select audit_id from audit where subject = '7'`);
    await own.pool.query('alter table audit disable trigger user');
    await own.pool.query(`update audit set actor = 'eve' where subject = '7'`);
    const broken = (await own.call(`${AUDIT}/verify`)).body;
    expect(broken).toMatchObject({ valid: false, findings_total: expect.any(Number) });
    expect(broken.findings[0]).toMatchObject({ fault: 'tampered', audit_id: rows[0].audit_id });
  });

  it('finds a chain that was made anew, by a head that was kept elsewhere', async () => {
    const own = await startOwnApi();
    await own.call('/api/v1/tokens', { body: { name: 'a' } });
    await own.call('/api/v1/tokens', { body: { name: 'b' } });
    await sealAll(own);
    const { head } = (await own.call(`${AUDIT}/verify`)).body;
    await own.pool.query('alter table audit disable trigger user');
    await own.pool.query('alter table audit_seals disable trigger user');
    await own.pool.query(`update audit set actor = 'eve'`);
    await own.pool.query('delete from audit_seals');
    await sealAll(own);
    expect((await own.call(`${AUDIT}/verify`)).body.valid).toBe(true);
    const found = (await own.call(`${AUDIT}/verify?known=${head}`)).body;
    expect(found).toMatchObject({ valid: false, findings: [{ fault: 'seal' }] });
    expect((await own.call(`${AUDIT}/verify?known=1`)).status).toBe(400);
  });
});
