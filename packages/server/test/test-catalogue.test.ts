import { TestEntryListSchema, TestEntrySchema } from '@tenuto/contract';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallInit, startApi, type TestApi } from './server.ts';
import { CATALOGUE } from './test-results.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const SUITE = {
  kind: 'suite',
  command: ['npm', 'test'],
  report: 'report.xml',
  select: { case_args: ['-t={case}'] },
  owner: 'team-shop',
};
const put = (id: string, body: unknown, init: CallInit = {}) =>
  api.call(`${CATALOGUE}/${id}`, { method: 'PUT', body, ...init });

describe('an entry of the catalogue', () => {
  it('is registered once, and read as it was sent', async () => {
    const made = await api.call(CATALOGUE, { body: { id: 'unit', ...SUITE } });
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    expect(made.headers.get('location')).toBe(`${CATALOGUE}/unit`);
    expect([...Compile(TestEntrySchema).Errors(made.body)]).toEqual([]);
    expect(made.body).toMatchObject({
      ...{ ...SUITE, id: 'unit', report: ['report.xml'], on_retry: 'all', created_by: 'admin' },
      ...{ env: {}, shards: null, name: null, version: 1 },
    });
    expect((await api.call(`${CATALOGUE}/unit`)).body).toEqual(made.body);
    const again = await api.call(CATALOGUE, { body: { id: 'unit', ...SUITE } });
    expect([again.status, again.body.error_code]).toEqual([409, 'conflict']);
  });

  it('is replaced whole, in the version that was read', async () => {
    const first = await put('replaced', SUITE);
    expect(first.status).toBe(201);
    const second = await put('replaced', { kind: 'suite', title: 'of cases' });
    expect([second.status, second.headers.get('etag')]).toEqual([200, '"2"']);
    expect(second.body).toMatchObject({ title: 'of cases', command: null, version: 2 });
    const stale = await put('replaced', SUITE, { headers: { 'if-match': '"1"' } });
    expect(stale.status).toBe(412);
    expect((await put('replaced', SUITE, { headers: { 'if-match': '"2"' } })).status).toBe(200);
    expect((await put('never', SUITE, { headers: { 'if-match': '"1"' } })).status).toBe(412);
  });

  it('is deleted in the version that was read, a suite after its cases', async () => {
    const remove = (id: string, headers: Record<string, string> = {}) =>
      api.call(`${CATALOGUE}/${id}`, { method: 'DELETE', headers });
    await put('parent', SUITE);
    await put('child', { kind: 'case', suite_id: 'parent' });
    expect((await remove('parent')).body.detail).toMatch(/has cases/);
    expect((await remove('child', { 'if-match': '"9"' })).status).toBe(412);
    expect((await remove('child', { 'if-match': '"1"' })).body).toMatchObject({ id: 'child' });
    expect((await remove('parent')).status).toBe(200);
    expect((await remove('parent')).status).toBe(404);
  });

  it('leaves a line in the audit for each change', async () => {
    await put('audited', SUITE);
    await put('audited', SUITE);
    await api.call(`${CATALOGUE}/audited`, { method: 'DELETE' });
    const { rows } = await api.pool.query(
      `select action, actor from audit where subject = 'audited' order by at`,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      ...['test_entry.created', 'test_entry.updated', 'test_entry.deleted'],
    ]);
    expect(rows.every(({ actor }) => actor === 'admin')).toBe(true);
  });

  it('belongs to who registered it', async () => {
    const ann = await api.token('ann', ['jobs:read', 'jobs:write']);
    const eve = await api.token('eve', ['jobs:read', 'jobs:write']);
    const reader = await api.token('eve', ['jobs:read']);
    await put('private', { ...SUITE, title: 'of ann' }, { token: ann });
    expect((await api.call(`${CATALOGUE}/private`, { token: eve })).status).toBe(404);
    const removed = await api.call(`${CATALOGUE}/private`, { method: 'DELETE', token: eve });
    expect(removed.status).toBe(404);
    expect((await put('private', SUITE, { token: reader })).status).toBe(403);
    const own = await put('private', { ...SUITE, title: 'of eve' }, { token: eve });
    expect(own.status).toBe(201);
    expect((await api.call(`${CATALOGUE}/private`, { token: ann })).body.title).toBe('of ann');
    const changed = await put('private', { ...SUITE, title: 'by admin' });
    expect(changed.body).toMatchObject({ created_by: 'ann', title: 'by admin' });
    expect((await api.call(CATALOGUE, { token: eve })).body.total).toBe(1);
  });
});

describe('what could not be run', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a command without a report', { kind: 'suite', command: ['x'] }, '/report'],
    ['a report without a command', { kind: 'suite', report: 'r' }, '/report'],
    ['shards without select', { ...SUITE, select: undefined, shards: 2 }, '/shards'],
    ['files without select', { ...SUITE, select: undefined, pattern: '*' }, '/pattern'],
    [
      'choosy retries without select',
      { ...SUITE, select: undefined, on_retry: 'failed' },
      '/on_retry',
    ],
    [
      'files that are not named',
      { ...SUITE, pattern: '*', select: { case: '{name}', case_args: ['{case}'] } },
      '/select/case',
    ],
    [
      'arguments without the case',
      { ...SUITE, select: { case_args: ['-t'] } },
      '/select/case_args',
    ],
    [
      'arguments with both',
      { ...SUITE, select: { case_args: ['{case}', '{cases}'] } },
      '/select/case_args',
    ],
    [
      'arguments that leave nothing out',
      { ...SUITE, select: { case_args: ['{case}'], skip_args: ['x'] } },
      '/select/skip_args',
    ],
    ['one report for all shards', { ...SUITE, shards: 2 }, '/report'],
    ['a suite that is a case', { ...SUITE, file: 'a' }, '/file'],
    ['a case that is a suite', { kind: 'case', command: ['x'], report: 'r', shards: 2 }, '/shards'],
    ['a case of nothing', { kind: 'case' }, '/command'],
    ['a case without a report', { kind: 'case', command: ['x'] }, '/report'],
    ['a case of no suite that is there', { kind: 'case', suite_id: 'absent' }, '/suite_id'],
    ['a case of itself', { kind: 'case', suite_id: 'wrong' }, '/suite_id'],
    ['a case of a case', { kind: 'case', suite_id: 'one-case' }, '/suite_id'],
    ['a case of a suite without a command', { kind: 'case', suite_id: 'bare' }, '/command'],
    [
      'a case without a report in a suite without one',
      { kind: 'case', suite_id: 'bare', command: ['x'] },
      '/report',
    ],
    ['a case that cannot be selected', { kind: 'case', suite_id: 'whole' }, '/suite_id'],
  ])('is not registered: %s', async (_, body, path) => {
    await put('one-case', { kind: 'case', command: ['x'], report: 'r' });
    await put('bare', { kind: 'suite' });
    await put('whole', { kind: 'suite', command: ['x'], report: 'r' });
    const answer = await put('wrong', body);
    expect([answer.status, answer.body.validation_errors?.[0].path]).toEqual([422, path]);
  });

  it('in its form is a 400', async () => {
    for (const body of [
      {},
      { ...SUITE, kind: 'test' },
      { ...SUITE, colour: 1 },
      { ...SUITE, command: [] },
    ]) {
      expect((await put('wrong', body)).status).toBe(400);
    }
    for (const id of ['-x', 'a b', 'x'.repeat(101), '../x']) {
      expect((await put(encodeURIComponent(id), SUITE)).status).toBe(400);
    }
  });
});

describe('the catalogue', () => {
  it('is listed by id, narrowed, and page by page', async () => {
    const lin = await api.token('lin', ['jobs:read', 'jobs:write']);
    await put('list', SUITE, { token: lin });
    for (const id of ['list.2', 'list.1']) {
      const entry = { kind: 'case', suite_id: 'list', owner: `of ${id}` };
      await put(id, entry, { token: lin });
    }
    const list = async (query: string) =>
      (await api.call(`${CATALOGUE}?${query}`, { token: lin })).body;
    const page = await list('limit=2');
    expect([...Compile(TestEntryListSchema).Errors(page)]).toEqual([]);
    expect(page).toMatchObject({ total: 3, items: [{ id: 'list' }, { id: 'list.1' }] });
    const rest = await list(`cursor=${encodeURIComponent(page.next_cursor)}`);
    expect(rest.items).toMatchObject([{ id: 'list.2', name: 'list.2' }]);
    expect((await list('kind=suite')).items).toHaveLength(1);
    expect((await list('suite_id=list&owner=of+list.1')).items).toMatchObject([{ id: 'list.1' }]);
  });
});
