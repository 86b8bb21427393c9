import type { TestEntryBody } from '@tenuto/contract';
import type { CatalogueChange, CatalogueKey } from '@tenuto/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ANN,
  BOB,
  openTestDesk,
  PAGE,
  reported,
  type TestDesk,
  testNamed,
} from './test-desk.ts';

const SUITE: TestEntryBody = {
  ...{ kind: 'suite', command: ['npm', 'test'], report: 'report.xml', owner: 'team-shop' },
};

let desk: TestDesk;
beforeAll(async () => {
  desk = await openTestDesk();
});
afterAll(() => desk?.close());

function change(id: string, over: Partial<CatalogueChange> = {}): CatalogueChange {
  const audit = { actor: 'ann', action: 'test_entry.changed', subject: id, details: {} };
  return { owner: 'ann', id, audit, ...over };
}

const create = (id: string, body = SUITE, owner = 'ann') =>
  desk.tests.catalogue.create({ ...change(id, { owner }), body });
const audits = async (id: string) =>
  (await desk.ask('select 1 from audit where subject = $1', [id])).length;

describe('an entry of the catalogue', () => {
  it('is kept as it was sent, once for each owner', async () => {
    const made = await create('unit');
    expect(made).toMatchObject({ id: 'unit', owner: 'ann', body: SUITE, version: 1 });
    expect(await create('unit')).toBe('taken');
    expect(await create('unit', { ...SUITE, title: 'of bob' }, 'bob')).toMatchObject({
      owner: 'bob',
    });
    expect(await audits('unit')).toBe(2);
    expect((await desk.tests.catalogue.find(BOB, 'unit'))?.body.title).toBe('of bob');
    expect(await desk.tests.catalogue.find({ owner: 'eve', all: false }, 'unit')).toBeUndefined();
  });

  it("is an administrator's own before anybody else's", async () => {
    await create('shared', SUITE, 'zoe');
    expect((await desk.tests.catalogue.find(ADMIN, 'shared'))?.owner).toBe('zoe');
    await create('shared', SUITE, 'root');
    expect((await desk.tests.catalogue.find(ADMIN, 'shared'))?.owner).toBe('root');
  });

  it('is replaced whole, in the version that was read', async () => {
    await create('replaced');
    const body: TestEntryBody = { kind: 'suite', title: 'other' };
    const { catalogue } = desk.tests;
    const after = await catalogue.replace(ANN, { ...change('replaced', { version: 1 }), body });
    expect(after).toMatchObject({ body, version: 2 });
    const stale = change('replaced', { version: 1 });
    expect(await catalogue.replace(ANN, { ...stale, body })).toBe('stale');
    expect(await catalogue.replace(BOB, { ...change('replaced'), body })).toBe('missing');
    expect(await catalogue.replace(ANN, { ...change('absent'), body })).toBe('missing');
    expect(await catalogue.replace(ADMIN, { ...change('replaced'), body })).toMatchObject({
      version: 3,
    });
    expect(await audits('replaced')).toBe(3);
  });

  it('is removed in the version that was read, a suite only without cases', async () => {
    const { catalogue } = desk.tests;
    await create('parent');
    await create('child', { kind: 'case', suite_id: 'parent' });
    expect(await catalogue.remove(ANN, change('parent'))).toBe('used');
    expect(await catalogue.remove(ANN, change('child', { version: 7 }))).toBe('stale');
    expect(await catalogue.remove(BOB, change('child'))).toBe('missing');
    expect(await catalogue.remove(ANN, change('child', { version: 1 }))).toBe('removed');
    expect(await catalogue.remove(ANN, change('parent'))).toBe('removed');
    expect(await catalogue.remove(ANN, change('parent'))).toBe('missing');
  });
});

describe('the catalogue', () => {
  it('is listed by id, page by page, narrowed as asked', async () => {
    for (const id of ['list.c', 'list.a', 'list.b']) {
      await create(id, { kind: 'case', suite_id: 'list', owner: `of ${id}` }, 'lin');
    }
    await create('list', SUITE, 'lin');
    const lin = { owner: 'lin', all: false };
    const ids: string[] = [];
    let after: CatalogueKey | undefined;
    for (let more = true; more; ) {
      const page = { limit: 2, offset: 0, ...(after && { after }) };
      const { items, hasMore, total } = await desk.tests.catalogue.list(lin, {}, page);
      expect(total).toBe(4);
      ids.push(...items.map(({ id }) => id));
      after = items.at(-1);
      more = hasMore;
    }
    expect(ids).toEqual(['list', 'list.a', 'list.b', 'list.c']);
    const listed = async (filter: Parameters<typeof desk.tests.catalogue.list>[1]) =>
      (await desk.tests.catalogue.list(lin, filter, PAGE)).items.map(({ id }) => id);
    expect(await listed({ kind: 'suite' })).toEqual(['list']);
    expect(await listed({ suiteId: 'list', inCharge: 'of list.b' })).toEqual(['list.b']);
  });

  it('gives the entries that nodes name, and the cases of a suite', async () => {
    await create('web');
    for (const id of ['web.2', 'web.1', 'web.3']) {
      await create(id, { kind: 'case', suite_id: 'web' });
    }
    const { catalogue } = desk.tests;
    const found = await catalogue.entries('ann', ['web', 'web.3', 'absent']);
    expect(found.map(({ id }) => id).toSorted()).toEqual(['web', 'web.3']);
    expect(await catalogue.entries('bob', ['web'])).toEqual([]);
    const cases = await catalogue.casesOf('ann', 'web', 2);
    expect(cases.map(({ id }) => id)).toEqual(['web.1', 'web.2']);
  });

  it('says who is in charge of the tests of a suite, unless a test says otherwise', async () => {
    await create('charged', { ...SUITE, owner: 'team-a' });
    await desk.put(await desk.run(), [
      reported('first', { suite: 'charged' }),
      reported('second', { suite: 'charged' }),
    ]);
    const { testId } = await testNamed(desk, 'second');
    const audit = { actor: 'ann', action: 'test.edited', subject: testId, details: {} };
    await desk.tests.edit(ANN, { testId, inCharge: 'team-b', audit });
    const of = async (inCharge: string) => {
      const page = await desk.tests.list(ANN, { filter: { inCharge }, order: 'duration' }, PAGE);
      return page.items.map(({ name }) => name);
    };
    expect(await of('team-a')).toEqual(['first']);
    expect(await of('team-b')).toEqual(['second']);
    expect((await testNamed(desk, 'first')).inCharge).toBe('team-a');
  });
});
