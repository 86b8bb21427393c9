import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProfileFiles } from '../src/profiles/profile-files.ts';
import { startApi, type TestApi } from './server.ts';

const BASE = '/api/v1/profiles';
let api: TestApi;
let ann: string;
let bob: string;
beforeAll(async () => {
  api = await startApi();
  ann = await api.token('ann', ['runs:read', 'runs:write']);
  bob = await api.token('bob', ['runs:read', 'runs:write']);
});
afterAll(() => api[Symbol.asyncDispose]());

const aProfile = (changes: object = {}) => ({
  name: 'mine',
  title: 'Mine',
  phases: [{ id: 'one', agents: [{ id: 'a', uses: 'sleep.for', with: { seconds: 1 } }] }],
  ...changes,
});
const make = (body: object, token = ann) => api.call(BASE, { body, token });
const names = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name);

describe('a profile', () => {
  it('is stored in versions, which all stay to be read', async () => {
    const made = await make(aProfile());
    expect([made.status, made.headers.get('location')]).toEqual([201, `${BASE}/mine`]);
    expect(made.body).toMatchObject({
      ...{ name: 'mine', source: 'stored', version: 1, owner: 'ann', phases: ['one'] },
      profile: aProfile(),
    });
    const put = (version: number, body: object) =>
      api.call(`${BASE}/mine`, {
        ...{ method: 'PUT', body, token: ann, headers: { 'if-match': `"${version}"` } },
      });
    const second = await put(1, aProfile({ title: 'Newer' }));
    expect([second.status, second.body.version, second.headers.get('etag')]).toEqual([
      200,
      2,
      '"2"',
    ]);
    expect((await put(1, aProfile())).status).toBe(412);
    const first = await api.call(`${BASE}/mine?version=1`, { token: ann });
    expect(first.body).toMatchObject({ version: 1, title: 'Mine' });
    expect((await api.call(`${BASE}/mine?version=7`, { token: ann })).status).toBe(404);
    const versions = await api.call(`${BASE}/mine/versions`, { token: ann });
    expect(versions.body.items.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
  });

  it('is its owner’s, and a name is taken once', async () => {
    expect((await make(aProfile())).status).toBe(409);
    expect((await api.call(`${BASE}/mine`, { token: bob })).status).toBe(404);
    expect((await make(aProfile({ title: 'Bob’s' }), bob)).status).toBe(201);
    const deleted = await api.call(`${BASE}/mine`, { method: 'DELETE', token: bob });
    expect([deleted.status, deleted.body.title]).toEqual([200, 'Bob’s']);
    expect((await api.call(`${BASE}/mine`, { token: ann })).status).toBe(200);
  });

  it('that ships is read by all and changed by nobody', async () => {
    const listed = await api.call(`${BASE}?limit=4`, { token: bob });
    expect(names(listed.body)).toEqual(['analytics_forecast_app', 'ml_model', 'web_application']);
    const one = await api.call(`${BASE}/ml_model`, { token: bob });
    expect(one.body).toMatchObject({
      source: 'shipped',
      version: 1,
      owner: null,
      profile_id: null,
    });
    for (const init of [
      { method: 'PUT', body: aProfile({ name: 'ml_model' }) },
      { method: 'DELETE' },
    ]) {
      const answer = await api.call(`${BASE}/ml_model`, { ...init, token: bob });
      expect([answer.status, answer.body.detail]).toEqual([
        409,
        'The profile "ml_model" ships with the server and cannot be changed here; make one of another name.',
      ]);
    }
    expect((await make(aProfile({ name: 'ml_model' }))).status).toBe(409);
    expect((await api.call(`${BASE}/ml_model/versions`, { token: bob })).body.total).toBe(1);
  });

  it('is listed behind the files, over pages of any size', async () => {
    for (const name of ['x1', 'x2', 'x3']) await make(aProfile({ name }), bob);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await api.call(`${BASE}?limit=2${more}`, { token: bob });
      expect(body.total).toBe(6);
      seen.push(...names(body));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual([
      'analytics_forecast_app',
      'ml_model',
      'web_application',
      'x3',
      'x2',
      'x1',
    ]);
  });

  it('is found by its name, or by how that begins, among files and stored ones', async () => {
    const own = await api.token('nan', ['runs:read', 'runs:write', 'profiles:write']);
    await api.call(BASE, { body: aProfile({ name: 'web_named' }), token: own });
    const found = async (name: string) => {
      const { body } = await api.call(`${BASE}?name=${name}`, { token: own });
      return [body.total, ...names(body)];
    };
    expect(await found('web_*')).toEqual([2, 'web_application', 'web_named']);
    expect(await found('ml_model')).toEqual([1, 'ml_model']);
    expect(await found('ml')).toEqual([0]);
  });

  it('with problems is refused, with all of them', async () => {
    const phases = [
      { id: 'a', agents: [{ id: 'x', uses: 'sleep.for', if: 'nope' }, { id: 'y' }] },
      { id: 'b', needs: ['c'], agents: [{ id: 'x', prompt: 'p', system_file: 'nobody.md' }] },
    ];
    const answer = await make(aProfile({ name: 'bad', phases }));
    expect([answer.status, answer.body.error_code]).toEqual([422, 'invalid_plan']);
    const paths = answer.body.validation_errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual([
      '/phases/1/needs/0',
      '/phases/0/agents/1/prompt',
      '/phases/1/agents/0/system_file',
    ]);
    const unknown = await make({ ...aProfile({ name: 'bad' }), nonsense: 1 });
    expect([unknown.status, unknown.body.validation_errors[0].path]).toEqual([400, '/nonsense']);
  });
});

describe('a validation', () => {
  const check = (profile: unknown) =>
    api.call(`${BASE}/validate`, { body: { profile }, token: bob });

  it('tells of a good profile how it will be executed', async () => {
    const { body } = await api.call(`${BASE}/ml_model/validate`, { method: 'POST', token: bob });
    expect([body.valid, body.problems]).toEqual([true, []]);
    expect(body.phases.slice(1, 4)).toMatchObject([
      { phase: 'architecture', needs: ['planning'] },
      { phase: 'data', needs: ['planning'] },
      { phase: 'development', needs: ['architecture', 'data'] },
    ]);
  });

  it('tells the graph that it becomes, if asked for it', async () => {
    const profile = aProfile({
      phases: [
        {
          id: 'one',
          auto_advance: true,
          agents: [{ id: 'a', uses: 'sleep.for', with: { seconds: 1 } }],
        },
        { id: 'two', agents: [{ id: 'b', uses: 'sleep.for', with: { seconds: 1 } }] },
      ],
    });
    const sent = { profile, include_plan: true };
    const { body } = await api.call(`${BASE}/validate`, { body: sent, token: bob });
    expect(body.plan).toMatchObject({ edge_count: 6, level_count: 7 });
    expect(body.plan.critical_path).toEqual([
      ...['one/start', 'one/a', 'one/gates', 'two/start', 'two/next', 'two/b', 'two/gates'],
    ]);
    expect(body.plan.nodes[5]).toEqual({
      ...{ node_id: 'two/b', phase: 'two', place: '/phases/1/agents/0', uses: 'sleep.for' },
      ...{ parent_nodes: ['two/next'], level: 5 },
    });
    expect((await check(profile)).body.plan).toBeUndefined();
  });

  it('tells all that is wrong, at every place of what was sent', async () => {
    const { status, body } = await check({
      name: 'x',
      zap: 1,
      phases: [
        {
          id: 'a',
          agents: [{ id: 'x', prompt: 'p', nope: 1 }],
          gates: [{ id: 'g', type: 'metric' }],
        },
        {
          id: 'b',
          agents: [],
          gates: [
            { id: 'g', type: 'no_secrets', zip: 1 },
            { id: 'h', type: 'x' },
          ],
        },
      ],
    });
    expect([status, body.valid]).toEqual([200, false]);
    expect(body.problems.map(({ path }: { path: string }) => path)).toEqual([
      '/zap',
      '/phases/0/agents/0/nope',
      '/phases/0/gates/0/path',
      '/phases/0/gates/0/format',
      '/phases/0/gates/0/field',
      '/phases/0/gates/0/operator',
      '/phases/0/gates/0/threshold',
      '/phases/1/agents',
      '/phases/1/gates/0/zip',
      '/phases/1/gates/1/type',
    ]);
  });

  it('tells what the compiler finds, and takes what is no profile at all', async () => {
    const bad = [{ id: 'a', agents: [{ id: 'x', prompt: '${params.', if: 'zip' }] }];
    const { body } = await check(aProfile({ phases: bad }));
    expect(body.problems.map(({ path }: { path: string }) => path)).toEqual([
      '/phases/0/agents/0/prompt',
      '/phases/0/agents/0/if',
    ]);
    for (const nonsense of [null, 'text', [], 7]) {
      expect((await check(nonsense)).body.valid).toBe(false);
    }
    expect((await api.call(`${BASE}/nobody/validate`, { method: 'POST', token: bob })).status).toBe(
      404,
    );
  });
});

describe('files', () => {
  it('are read from folders, again when they change, and left out while they are wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenuto-profiles-'));
    try {
      const warned: unknown[] = [];
      let now = 0;
      const files = createProfileFiles({
        folders: [{ path: folder, source: 'folder' }],
        clock: { mono: () => now },
        log: { warn: (fields) => void warned.push(fields) },
      });
      expect(await files.list()).toEqual([]);
      await mkdir(join(folder, 'prompts'));
      await writeFile(join(folder, 'prompts', 'p.md'), 'You are careful.');
      const text = JSON.stringify(aProfile({ name: 'filed' }));
      await writeFile(join(folder, 'filed.yaml'), text);
      await writeFile(join(folder, 'bad.yaml'), 'name: [');
      await writeFile(join(folder, 'worse.yml'), 'name: x\nphases: []\n');
      await writeFile(join(folder, 'notes.txt'), 'nothing');
      expect(await files.list()).toEqual([]);
      now += 1_000;
      expect((await files.list()).map(({ profile }) => profile.name)).toEqual(['filed']);
      expect(warned).toHaveLength(2);
      expect(await files.prompt('p.md')).toBe('You are careful.');
      for (const name of ['../secret.md', '/etc/passwd', '.hidden', 'nobody.md', '']) {
        expect(await files.prompt(name)).toBeUndefined();
      }
      await writeFile(join(folder, 'filed.yaml'), text.replace('Mine', 'Yours'));
      await utimes(join(folder, 'filed.yaml'), 1, 1);
      now += 1_000;
      expect((await files.find('filed'))?.profile.title).toBe('Yours');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
