import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLive } from './rows.ts';
import { aJob, JOB, JOBS, startApi, type TestApi } from './server.ts';

const vectors = join(process.env.TENUTO_VECTORS ?? 'vectors', 'hostile-input');
const present = existsSync(vectors);
if (!present) console.warn('skipped the hostile inputs: their files are not here');

function read<T>(file: string, none: T): T {
  return present ? JSON.parse(readFileSync(join(vectors, file), 'utf8')) : none;
}

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  expect((await api.call('/health')).status).toBe(200);
  expect(api.logged.filter((line) => line.includes('failed unexpectedly'))).toEqual([]);
  await api[Symbol.asyncDispose]();
});

const prototype = Object.getOwnPropertyNames(Object.prototype).sort();

describe.skipIf(!present)('a body of the JSON suites', () => {
  const files = ['test_parsing', 'test_transform'].flatMap((folder) =>
    present ? readdirSync(join(vectors, 'json', folder)).map((file) => `${folder}/${file}`) : [],
  );
  it.each(files)('%s is answered, never with a 500', async (file) => {
    const raw = new Uint8Array(readFileSync(join(vectors, 'json', file)));
    for (const path of [JOB, `${JOB}?dry_run=true`]) {
      const { status, body } = await api.call(path, { method: 'POST', raw });
      expect(status).toBe(400);
      expect(body.error_code).toMatch(/malformed_request|validation_failed/);
    }
  });

  it('is kept as it was read when it stands in the context of a job', async () => {
    for (const file of files.filter((name) => /\/y_|test_transform/.test(name))) {
      const text = readFileSync(join(vectors, 'json', file), 'utf8');
      const raw = JSON.stringify(aJob()).replace('{', () => `{"execution_context":{"it":${text}},`);
      const { status, body } = await api.call(JOB, { method: 'POST', raw });
      if (status !== 202) expect(status).toBe(400);
      else expect(JSON.stringify(body.execution_context.it)).toBe(JSON.stringify(JSON.parse(text)));
    }
  });
});

interface Pollution {
  readonly kind: 'identifier' | 'json-body' | 'query-string' | 'template-expression';
  readonly payload: string;
}

describe.skipIf(!present)('an attempt to pollute a prototype', () => {
  const cases = read<readonly Pollution[]>('prototype-pollution.json', []);
  it.each(cases.map((row) => ({ ...row })))('$kind $payload changes nothing', async (row) => {
    const { kind, payload } = row;
    if (kind === 'json-body') {
      expect((await api.call(JOB, { method: 'POST', raw: payload })).status).toBe(400);
      const raw = JSON.stringify(aJob()).replace('{', () => `{"metadata":{"it":${payload}},`);
      const { status, body } = await api.call(JOB, { method: 'POST', raw });
      if (status === 202) expect(body.metadata.it).toEqual(JSON.parse(payload));
      else expect([status, /__proto__|u005/i.test(payload)]).toEqual([400, true]);
    } else if (kind === 'query-string') {
      expect((await api.call(`${JOBS}${payload}`)).status).toBe(400);
    } else {
      await roundTrip(payload);
    }
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(prototype);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

/** Sends a text wherever a text may stand; it comes back as it was or is refused. */
async function roundTrip(text: string): Promise<void> {
  const job = aJob({
    job_name: text,
    job_description: text,
    tags: [text],
    metadata: { value: text, ...(text !== '__proto__' && { [text]: 1 }) },
    dag_definition: { nodes: [{ id: text, uses: 'sleep.for' }] },
  });
  const { status, body } = await api.call(JOB, { body: job });
  const fits = text !== '' && [...text].length <= 50 && text.isWellFormed() && !text.includes('\0');
  if (status !== 202) {
    expect([400, 422]).toContain(status);
    if (status === 400) expect(fits).toBe(false);
    return;
  }
  expect(fits).toBe(true);
  expect(body).toMatchObject({ job_name: text, job_description: text, tags: [text] });
  expect(body.metadata.value).toBe(text);
  const tag = await api.call(`${JOBS}?tag=${encodeURIComponent(text)}`);
  expect(tag.status).toBe(200);
}

describe.skipIf(!present)('a name that is not nice', () => {
  const naughty = read<{ strings: readonly { s: string }[] }>('naughty-strings.json', {
    strings: [],
  }).strings.map(({ s }) => s);
  const paths = read<readonly { name: unknown }[]>('path-names.json', []).map(({ name }) => name);
  const texts = [...naughty, ...paths.filter((name) => typeof name === 'string')];

  it(`comes back as it was sent, or is refused (${texts.length} of them)`, async () => {
    for (const text of texts) await roundTrip(text);
  });

  it('is kept by the database as it was sent', async () => {
    for (const text of texts) {
      if (!text.isWellFormed() || text.includes('\0')) continue;
      const jobId = await addLive(api.pool, { name: text, tags: [text], metadata: { it: text } });
      const { body } = await api.call(`${JOB}/${jobId}`);
      expect(body).toMatchObject({ job_name: text, tags: [text], metadata: { it: text } });
      const found = await api.call(`${JOBS}?metadata.it=${encodeURIComponent(text)}`);
      expect(found.status).toBe(200);
    }
  });

  it('finds no node and no job by its address', async () => {
    const jobId = await addLive(api.pool);
    for (const text of texts.filter((name) => name.isWellFormed())) {
      const encoded = encodeURIComponent(text);
      for (const path of [`${JOB}/${encoded}`, `${JOB}/${jobId}/nodes/${encoded}`]) {
        expect([200, 400, 401, 404]).toContain((await api.call(path)).status);
      }
    }
  });
});

describe('anything at all', () => {
  it('in the body of a job is answered with a documented status', async () => {
    await fc.assert(
      fc.asyncProperty(fc.object({ maxDepth: 4 }), async (extra) => {
        const { status } = await api.call(JOB, { body: aJob(extra) });
        expect([202, 400, 422]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });

  it('in the place of a field is answered with a documented status', async () => {
    const fields = ['job_name', 'priority', 'tags', 'dag_definition', 'execution_context'];
    const more = ['scheduled_at', 'max_retries', 'retry_policy', 'timeout_ms', 'deadline_at'];
    const field = fc.constantFrom(...fields, ...more, 'metadata', 'fail_fast');
    await fc.assert(
      fc.asyncProperty(field, fc.jsonValue({ maxDepth: 3 }), async (name, value) => {
        const { status } = await api.call(JOB, { body: aJob({ [name]: value }) });
        expect([202, 400, 422]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });

  it('in the graph of a job is answered with a documented status', async () => {
    const node = fc.record(
      {
        id: fc.string({ maxLength: 5 }),
        type: fc.constantFrom('action', 'parallel_group', 'condition', 'cleanup'),
        uses: fc.constantFrom('sleep.for', 'transform.cel', ''),
        with: fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 })),
        parent_nodes: fc.array(fc.string({ maxLength: 2 }), { maxLength: 3 }),
        if: fc.oneof(fc.string(), fc.boolean()),
        retry: fc.object({ maxDepth: 1 }),
        timeout_seconds: fc.double(),
      },
      { requiredKeys: ['id'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(node, { maxLength: 4 }), async (nodes) => {
        const { status } = await api.call(JOB, { body: aJob({ dag_definition: { nodes } }) });
        expect([202, 400, 422]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });

  it('in the query of a list is answered with a documented status', async () => {
    const names = fc.constantFrom(
      'limit',
      'offset',
      'cursor',
      'status',
      'tag',
      'name',
      'metadata.x',
    );
    const others = fc.constantFrom('created_after', 'created_before', 'target_type', 'x', '');
    const query = fc.array(fc.tuple(fc.oneof(names, others), fc.string({ maxLength: 12 })), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(query, async (pairs) => {
        const { status } = await api.call(`${JOBS}?${new URLSearchParams(pairs)}`);
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });
});
