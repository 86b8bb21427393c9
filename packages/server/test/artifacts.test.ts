/** Listing and downloading what runs have left, over HTTP. */
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { BlobError } from '@tenuto/engine';
import { makePartitions } from '@tenuto/store';
import { createDatabase, startTestWorkspaces, type TestWorkspaces, testUse } from '@tenuto/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addLive } from './rows.ts';
import { ADMIN, startApiOn, type TestApi } from './server.ts';
import { entriesOf } from './zip-entries.ts';

let api: TestApi;
let files: TestWorkspaces;
let runId: string;
beforeAll(async () => {
  const database = await createDatabase();
  files = await startTestWorkspaces(database.connection);
  api = await startApiOn(database, { blobs: files.blobs });
  await makePartitions(api.pool);
});
afterAll(async () => {
  await files.close();
  await api[Symbol.asyncDispose]();
});
beforeEach(async () => {
  runId = await addLive(api.pool, { owner: 'ann' });
});

const artifactsOf = (id = runId) => `/api/v1/runs/${id}/artifacts`;
const list = async (query = '') => (await api.call(`${artifactsOf()}${query}`)).body;
const open = (over: Parameters<typeof testUse>[1] = {}) =>
  files.workspaces.open(testUse(runId, over));

async function write(path: string, bytes: Uint8Array | string, over = {}): Promise<string> {
  const workspace = await open(over);
  await workspace.write(path, Buffer.from(bytes));
  const answer = await list(`?path=${encodeURIComponent(path)}`);
  const [found] = Object.values<{ artifact_id: string }[]>(answer.artifacts_by_phase).flat();
  return found?.artifact_id ?? '';
}

const download = (id: string, headers: Record<string, string> = {}, method = 'GET') =>
  api.call(`${artifactsOf()}/${id}/download`, { method, headers });

describe('the list of artifacts', () => {
  it('is by phase and path, and leaves internal files out', async () => {
    const workspace = await open({ phase: 'planning', nodeId: 'planning/pm' });
    const text = Buffer.from('x');
    await workspace.write('artifacts/planning/prd.md', text, { description: 'what to build' });
    await workspace.write('artifacts/qa/junit.xml', text);
    await workspace.write('src/app.ts', text);
    await workspace.write('_notes.md', text);
    await (await open()).write('loose.bin', text);
    const answer = await list();
    expect(Object.keys(answer.artifacts_by_phase)).toEqual(['-', 'planning', 'qa']);
    expect(answer).toMatchObject({ run_id: runId, total_count: 4, total_bytes: 4, generation: 0 });
    expect(answer.artifacts_by_phase.planning).toMatchObject([
      {
        ...{ path: 'artifacts/planning/prd.md', name: 'prd.md', artifact_type: 'prd' },
        ...{ description: 'what to build', media_type: 'text/markdown', size_bytes: 1 },
        ...{ sha256: createHash('sha256').update('x').digest('hex'), node_id: 'planning/pm' },
        ...{ phase: 'planning', generation: 0, current: true, attempt: 1 },
      },
      { path: 'src/app.ts', artifact_type: 'code', phase: 'planning' },
    ]);
    expect(answer.artifacts_by_phase.qa[0].artifact_type).toBe('report');
    expect(answer.artifacts_by_phase['-'][0]).toMatchObject({
      phase: null,
      artifact_type: 'other',
    });
  });

  it('is filtered by phase, type and path', async () => {
    const workspace = await open();
    for (const path of ['artifacts/a/x.md', 'artifacts/a/y.ts', 'artifacts/b/deep/z.ts', 'q.ts']) {
      await workspace.write(path, Buffer.from('x'));
    }
    const paths = async (query: string) =>
      Object.values<{ path: string }[]>((await list(query)).artifacts_by_phase)
        .flat()
        .map(({ path }) => path);
    expect(await paths('?phase=a')).toEqual(['artifacts/a/x.md', 'artifacts/a/y.ts']);
    expect(await paths('?phase=-')).toEqual(['q.ts']);
    expect(await paths('?type=doc')).toEqual(['artifacts/a/x.md']);
    expect(await paths('?path=**/*.ts')).toEqual([
      'q.ts',
      'artifacts/a/y.ts',
      'artifacts/b/deep/z.ts',
    ]);
    expect(await paths('?path=artifacts/b/')).toEqual(['artifacts/b/deep/z.ts']);
    expect(await paths('?path=artifacts/*')).toEqual([]);
    expect(await paths('?path=%5B.*%5D')).toEqual([]);
  });

  it('comes in pages, by offset, by page and by cursor', async () => {
    const workspace = await open();
    for (let n = 0; n < 5; n += 1) await workspace.write(`f${n}.txt`, Buffer.from('x'));
    const names = (answer: { artifacts_by_phase: Record<string, { name: string }[]> }) =>
      Object.values(answer.artifacts_by_phase).flatMap((items) => items.map(({ name }) => name));
    const first = await list('?limit=2');
    expect([names(first), first.has_more, first.total_count]).toEqual([
      ['f0.txt', 'f1.txt'],
      true,
      5,
    ]);
    expect(names(await list('?limit=2&offset=2'))).toEqual(['f2.txt', 'f3.txt']);
    expect(names(await list('?limit=2&page=4'))).toEqual(['f4.txt']);
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    const third = await list(`?limit=2&cursor=${second.next_cursor}`);
    expect([names(second), names(third), third.next_cursor]).toEqual([
      ['f2.txt', 'f3.txt'],
      ['f4.txt'],
      null,
    ]);
    expect((await api.call(`${artifactsOf()}?cursor=nothing`)).status).toBe(400);
  });

  it('of somebody else, or of no run, is not there', async () => {
    const id = await write('a.txt', 'x');
    const eve = await api.token('eve', ['runs:read']);
    for (const path of ['', '.zip', `/${id}`, `/${id}/download`]) {
      const answer = await api.call(`${artifactsOf()}${path}`, { token: eve });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    const nobody = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
    expect((await api.call(artifactsOf(nobody))).status).toBe(404);
    expect((await api.call(`${artifactsOf(nobody)}/${id}/download`)).status).toBe(404);
  });
});

describe('a download', () => {
  it('is the bytes, to be saved under their name and never to be run', async () => {
    const id = await write('artifacts/docs/näme x.html', '<script>');
    const answer = await download(id);
    expect([answer.status, answer.text]).toEqual([200, '<script>']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="n_me x.html"; filename*=UTF-8''n%C3%A4me%20x.html`,
      'content-length': '8',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      etag: `"${createHash('sha256').update('<script>').digest('hex')}"`,
    });
  });

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=7-99', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=3-1', 200, '0123456789', null],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['lines=0-1', 200, '0123456789', null],
    ['bytes=10-', 416, undefined, 'bytes */10'],
    ['bytes=-0', 416, undefined, 'bytes */10'],
  ])('of the range %j is %i', async (range, status, text, contentRange) => {
    const id = await write('ten.txt', '0123456789');
    const answer = await download(id, { range });
    expect(answer.status).toBe(status);
    if (text !== undefined) expect(answer.text).toBe(text);
    else expect(answer.body.error_code).toBe('range_not_satisfiable');
    expect(answer.headers.get('content-range')).toBe(contentRange);
  });

  it('goes on only where it is still the same file', async () => {
    const id = await write('a.txt', '0123456789');
    const etag = (await download(id)).headers.get('etag') ?? '';
    const range = 'bytes=5-';
    expect((await download(id, { range, 'if-range': etag })).text).toBe('56789');
    expect((await download(id, { range, 'if-range': '"other"' })).status).toBe(200);
    expect((await download(id, { range, 'if-range': `W/${etag}` })).status).toBe(200);
    expect((await download(id, { 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
    expect((await download(id, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('asked for by HEAD says how much there is', async () => {
    const id = await write('a.txt', '0123456789');
    const answer = await download(id, {}, 'HEAD');
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('content-length')).toBe('10');
    const part = await download(id, { range: 'bytes=0-1' }, 'HEAD');
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 0-1/10']);
  });

  it('of an empty file is empty, and of lost bytes a problem', async () => {
    const empty = await write('empty.txt', '');
    expect([(await download(empty)).status, (await download(empty)).text]).toEqual([200, '']);
    const lost = await write('lost.txt', randomBytes(20));
    const [row] = (
      await api.pool.query(
        `select encode(hash, 'hex') as hash from artifacts
      where artifact_id = $1`,
        [lost],
      )
    ).rows;
    await files.blobs.remove([row.hash]);
    expect((await download(lost)).body.error_code).toBe('not_found');
  });
});

describe('the zip', () => {
  const zip = async (query = '') => {
    const response = await fetch(`${api.url}${artifactsOf()}.zip${query}`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/zip');
    return entriesOf(Buffer.from(await response.arrayBuffer()));
  };

  it('holds all artifacts under their paths, or those of a phase', async () => {
    const workspace = await open();
    await workspace.write('artifacts/a/one.txt', Buffer.from('one'));
    await workspace.write('artifacts/b/two.png', randomBytes(100_000));
    await workspace.write('_internal.txt', Buffer.from('mine'));
    const entries = await zip();
    expect([...entries.keys()]).toEqual(['artifacts/a/one.txt', 'artifacts/b/two.png']);
    expect(entries.get('artifacts/a/one.txt')?.toString()).toBe('one');
    expect(entries.get('artifacts/b/two.png')?.length).toBe(100_000);
    expect([...(await zip('?phase=a')).keys()]).toEqual(['artifacts/a/one.txt']);
  });

  it('has only safe names, and no name twice', async () => {
    await write('nodes/x/a.txt', 'workspace');
    const old = ['../../evil', 'nodes/x/a.txt', '/etc/passwd', 'C:\\x'];
    await api.pool.query(`insert into blobs values (sha256('old'), 'old') on conflict do nothing`);
    for (const [at, path] of old.entries()) {
      await api.pool.query(
        `insert into artifacts (run_id, node, attempt, path, name, media_type, size_bytes, hash,
           in_database) values ($1, $2, 1, $3, 'x', 'text/plain', 3, sha256('old'), true)`,
        [runId, at, path],
      );
    }
    const names = [...(await zip()).keys()];
    expect(names).toHaveLength(5);
    expect(names.filter((name) => /^[/\\]|\.\.|:|\\/.test(name))).toEqual([]);
    expect(names).toContain('2/nodes/x/a.txt');
  });

  it.each([
    '⁰⁴⁵',
    'パーティー',
    '\ufffe',
    'x"; filename="y.exe',
    'a\r\nb: c',
  ])('has a name that a header can carry, whatever phase is asked for: %j', async (phase) => {
    const answer = await api.call(`${artifactsOf()}.zip?phase=${encodeURIComponent(phase)}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="run-[^"]+\.zip"(; filename\*=UTF-8''[\w%.-]+)?$/,
    );
  });

  it('stops when nobody reads any more', async () => {
    const workspace = await open();
    for (let n = 0; n < 20; n += 1) await workspace.write(`f${n}.bin`, randomBytes(500_000));
    let opened = 0;
    let closed = 0;
    const open_ = files.blobs.open;
    files.blobs.open = async (...given) => {
      const found = await open_(...given);
      opened += 1;
      return (
        found &&
        (async function* () {
          try {
            yield* found;
          } finally {
            closed += 1;
          }
        })()
      );
    };
    try {
      await new Promise<void>((resolve) => {
        const asked = request(`${api.url}${artifactsOf()}.zip`, {
          headers: { authorization: `Bearer ${ADMIN}` },
        });
        asked.on('response', (response) =>
          response.once('data', () => {
            asked.destroy();
            resolve();
          }),
        );
        asked.on('error', () => undefined);
        asked.end();
      });
      await expect.poll(() => opened > 0 && opened === closed).toBe(true);
      expect(opened).toBeLessThan(20);
    } finally {
      files.blobs.open = open_;
    }
  });
});

describe('the bundle of a run', () => {
  const bundle = (query = '&artifacts=inline') =>
    api.call(`/api/v1/runs/${runId}/bundle?format=json${query}`);

  it('has small texts of the store of blobs in it, and leaves out what is gone', async () => {
    await write('artifacts/qa/report.md', '# All is well');
    await write('notes.txt', 'This text is lost.');
    const lost = createHash('sha256').update('This text is lost.').digest('hex');
    await files.blobs.remove([lost]);
    const { status, body } = await bundle();
    expect([status, body.artifacts]).toMatchObject([
      200,
      [
        { path: 'artifacts/qa/report.md', text: '# All is well' },
        { path: 'notes.txt', hash: lost },
      ],
    ]);
    expect(body.artifacts[1]).not.toHaveProperty('text');
  });

  it('is to be asked for later when the store is away', async () => {
    await write('a.md', 'A text that nobody reaches');
    const open_ = files.blobs.open;
    files.blobs.open = () => Promise.reject(new BlobError('unavailable', 'The disk says EIO.'));
    try {
      expect((await bundle()).status).toBe(503);
      expect((await bundle('')).status).toBe(200);
    } finally {
      files.blobs.open = open_;
    }
  });
});
