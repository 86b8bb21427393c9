/** Documents and secrets: versions that stay, names that are an owner's own, and audit rows. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Access, AuditEntry, NewDocument, NewSecret } from '@tenuto/engine';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocumentStore } from '../src/document-store.ts';
import { createSecretStore } from '../src/secret-store.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let pool: pg.Pool;
beforeAll(async () => {
  desk = await openDesk();
  pool = new pg.Pool({ ...desk.connection, max: 4 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await desk.close();
});

const as = (owner: string): Access => ({ owner, all: false });
const ADMIN: Access = { owner: 'admin', all: true };
const FIRST = { limit: 20, offset: 0 };
const audit = (action: string, subject = ''): AuditEntry => ({
  ...{ actor: 'ann', action, subject, details: {}, requestId: 'r-1' },
});
const count = async (table: string) =>
  (await desk.ask(`select count(*)::int as rows from ${table}`))[0]?.rows;

describe('documents', () => {
  const store = () => createDocumentStore(pool);
  const aDocument = (over: Partial<NewDocument> = {}): NewDocument => ({
    ...{ kind: 'template', owner: 'ann', name: `t ${randomUUID()}`, content: { n: 1 } },
    audit: audit('template.created'),
    ...over,
  });
  async function made(over: Partial<NewDocument> = {}): Promise<string> {
    const result = await store().create(aDocument(over));
    if (typeof result === 'string') throw new Error(result);
    return result.documentId;
  }
  const changed = (documentId: string, version: number, name = 'changed') =>
    store().change(as('ann'), {
      ...{ kind: 'template', documentId, version, name, content: { n: version + 1 } },
      audit: audit('template.updated', documentId),
    });

  it('keep all of their versions, of which only one follows each', async () => {
    const documentId = await made({ name: 'kept' });
    const results = await Promise.all(
      Array.from({ length: 8 }, () => changed(documentId, 1, 'kept')),
    );
    expect(results.filter((result) => result === 'changed')).toHaveLength(1);
    expect(new Set(results)).toEqual(new Set(['changed', 'stale']));
    const which = { kind: 'template', documentId } as const;
    const versions = await store().versions(as('ann'), which, FIRST);
    expect(versions.items.map(({ version, content }) => [version, content])).toEqual([
      [2, { n: 2 }],
      [1, { n: 1 }],
    ]);
    expect(await store().version(as('ann'), { ...which, version: 1 })).toMatchObject({
      content: { n: 1 },
    });
    const rows = await desk.ask('select action from audit where subject = $1 order by audit_id', [
      documentId,
    ]);
    expect(rows.map(({ action }) => action)).toEqual(['template.created', 'template.updated']);
    const wreck = desk.ask('update document_versions set content = $1', ['{}']);
    await expect(wreck).rejects.toThrow();
  });

  it('have names of their owner and kind', async () => {
    const name = 'one name';
    await made({ name });
    await made({ name, owner: 'bob' });
    await made({ name, kind: 'mcp_server' });
    const before = await count('audit');
    expect(await store().create(aDocument({ name }))).toBe('taken');
    expect(await changed(await made(), 1, name)).toBe('taken');
    expect(await count('audit')).toBe(Number(before) + 1);
    const found = await store().find(as('bob'), 'template', name);
    expect(found).toMatchObject({ owner: 'bob' });
    expect(await store().named('ann', 'template', [name, 'nowhere'])).toHaveLength(1);
  });

  it('are found, changed and deleted by who may reach them only', async () => {
    const documentId = await made();
    const which = { kind: 'template', documentId } as const;
    const removal = { ...which, audit: audit('template.deleted', documentId) };
    expect(await store().find(as('bob'), 'template', documentId)).toBeUndefined();
    expect(await store().find(as('ann'), 'mcp_server', documentId)).toBeUndefined();
    expect(await store().version(as('bob'), { ...which, version: 1 })).toBeUndefined();
    expect((await store().versions(as('bob'), which, FIRST)).items).toEqual([]);
    expect(await store().remove(as('bob'), removal)).toBe('missing');
    expect(await store().remove(ADMIN, { ...removal, version: 7 })).toBe('stale');
    expect(await store().remove(ADMIN, removal)).toBe('removed');
    expect(await store().find(ADMIN, 'template', documentId)).toBeUndefined();
    expect(await changed(documentId, 1)).toBe('missing');
  });

  it('are made once under one key, however many ask at once', async () => {
    const idempotency = { key: randomUUID(), requestHash: randomBytes(32) };
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        store().create(aDocument({ name: `keyed ${i}`, idempotency })),
      ),
    );
    expect(all.filter((result) => result === 'duplicate')).toHaveLength(7);
    const rows = await desk.ask(`select 1 from documents where name like 'keyed %'`);
    expect(rows).toHaveLength(1);
  });

  it('are listed newest first, each owner’s to the owner', async () => {
    const mine = [await made({ owner: 'cleo' }), await made({ owner: 'cleo' })];
    const page = await store().list(as('cleo'), { kind: 'template' }, { limit: 1, offset: 0 });
    expect([page.total, page.hasMore, page.items[0]?.documentId]).toEqual([2, true, mine[1]]);
    const after = { limit: 5, offset: 0, after: mine[1] ?? '' };
    const rest = await store().list(as('cleo'), { kind: 'template' }, after);
    expect(rest.items.map(({ documentId }) => documentId)).toEqual([mine[0]]);
  });
});

describe('secrets', () => {
  const store = () => createSecretStore(pool);
  const aSecret = (over: Partial<NewSecret> = {}): NewSecret => ({
    ...{ secretId: randomUUID(), owner: 'ann', name: `S_${randomBytes(6).toString('hex')}` },
    ...{ sealed: Buffer.from('sealed'), description: null, allowedHosts: null },
    audit: audit('secret.created'),
    ...over,
  });

  it('are kept sealed, and found for use by their owner and names', async () => {
    const secret = aSecret({ name: 'USED', allowedHosts: ['a.example'] });
    expect(await store().create(secret)).toBe('done');
    expect(await store().create(aSecret({ name: 'USED' }))).toBe('taken');
    const [found, ...others] = await store().sealed('ann', ['USED', 'NOT']);
    expect([found?.sealed.toString(), found?.allowedHosts, others]).toEqual([
      ...['sealed', ['a.example'], []],
    ]);
    expect(await store().sealed('bob', ['USED'])).toEqual([]);
    expect(await store().unknown('ann', ['USED', 'NOT'])).toEqual(['NOT']);
  });

  it('are changed with their audit row, of the version that was read', async () => {
    const secret = aSecret();
    await store().create(secret);
    const { secretId } = secret;
    const edit = { secretId, audit: audit('secret.updated', secretId) };
    expect(await store().change(as('bob'), { ...edit, description: 'x' })).toBe('missing');
    expect(await store().change(as('ann'), { ...edit, version: 3 })).toBe('stale');
    expect(await store().change(as('ann'), { ...edit, version: 1, allowedHosts: ['b'] })).toBe(
      'done',
    );
    expect(await store().find(as('ann'), secretId)).toMatchObject({
      version: 2,
      description: null,
      allowedHosts: ['b'],
    });
    expect(await store().remove(as('ann'), { ...edit, version: 1 })).toBe('stale');
    expect(await store().remove(as('ann'), edit)).toBe('done');
    const rows = await desk.ask('select action from audit where subject = $1', [secretId]);
    expect(rows).toHaveLength(2);
  });

  it('are sealed anew where another key has sealed them, unless they have changed', async () => {
    const head = Buffer.from([1, 2, 3]);
    const other = aSecret({ sealed: Buffer.from([9, 9, 9, 7]) });
    await store().create(other);
    await store().create(aSecret({ sealed: Buffer.from([1, 2, 3, 4]) }));
    const found = (await store().sealedOtherwise(head, 1_000)).find(
      ({ secretId }) => secretId === other.secretId,
    );
    if (found === undefined) throw new Error('it was not found');
    expect(await store().reseal(found, Buffer.from([1, 2, 3, 7]))).toBe(true);
    expect(await store().reseal(found, Buffer.from([1, 2, 3, 8]))).toBe(false);
    const left = await store().sealedOtherwise(head, 1_000);
    expect(left.map(({ secretId }) => secretId)).not.toContain(other.secretId);
    expect(await store().find(as('ann'), other.secretId)).toMatchObject({ version: 1 });
  });
});
