/** All that is known of a run, as one page. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_ELEMENT_ID, type Bundle, canonicalJson } from '@tenuto/contract';
import { openApiStore } from '@tenuto/store';
import { failed } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { once, type RealApi, RUNS, startRealApi } from './real-api.ts';
import { JOB } from './server.ts';

const NAUGHTY = join(process.env.TENUTO_VECTORS ?? 'vectors', 'hostile-input/naughty-strings.json');
/** What would do something if anything of it were taken for more than text. */
const BELL = '\u0007';
const ATTACK = `</script><script>alert(1)</script><img src=x onerror="alert('2')">&lt;!--\u202e${BELL}]]>`;
const NAME = ATTACK.replace(BELL, '').replace('\u202e', '');

const file = (name: string, mediaType: string, text: string) => ({
  ...{ name, mediaType, bytes: Buffer.from(text) },
});

let api: RealApi;
beforeAll(async () => {
  api = await startRealApi({
    actions: {
      say: (call) => {
        call.log('stdout', `said by ${call.nodeId}: ${JSON.stringify(call.with)}`);
        return { status: 'completed', output: call.with };
      },
      moody: ({ with: { well } }) =>
        well === true ? { status: 'completed', output: 1 } : failed('transient', ATTACK),
      large: () => ({
        status: 'completed',
        output: 'word '.repeat(20_000),
        artifacts: [
          file('notes.md', 'text/markdown', '# Notes </script>'),
          file('image.png', 'image/png', '\0\u0001'),
          file('long.txt', 'text/plain', 'x'.repeat(100_000)),
        ],
      }),
      tests: () => ({
        status: 'completed',
        output: { passed: 1 },
        tests: [
          {
            suite: 's',
            reportSuite: 's',
            classname: 'c',
            name: ATTACK,
            flaky: false,
            status: 'failed',
            durationMs: 5,
            message: ATTACK,
          },
        ],
      }),
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

async function ran(nodes: readonly object[], more: object = {}): Promise<string> {
  const id = await api.submit(nodes, { ...more });
  await api.reaches(id, 'completed', 'failed');
  return id;
}

async function bundleOf(id: string, query = ''): Promise<Bundle> {
  const answer = await api.call(`${RUNS}/${id}/bundle?format=json${query}`);
  expect(answer.status).toBe(200);
  return answer.body;
}

async function pageOf(id: string, query = ''): Promise<string> {
  const answer = await api.call(`${RUNS}/${id}/bundle${query}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    ...[200, 'text/html; charset=utf-8'],
  ]);
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="run-${id}.html"`);
  return answer.text;
}

/** What a reader of the page finds in it. */
function dataIn(page: string): Bundle {
  const open = `<script type="application/json" id="${BUNDLE_ELEMENT_ID}">`;
  const from = page.indexOf(open) + open.length;
  return JSON.parse(page.slice(from, page.indexOf('</script>', from)));
}

function hashOf({ integrity: _integrity, ...data }: Bundle): string {
  return createHash('sha256').update(canonicalJson(data)).digest('hex');
}

const GRAPH = [
  { id: 'a', uses: 'say', with: { value: '${params.value}' } },
  {
    id: 'each',
    type: 'parallel_group',
    for_each: '[1, 2]',
    parent_nodes: ['a'],
    children: [{ id: 'child', uses: 'say', with: { item: '${item}' } }],
  },
  { id: 'b', uses: 'large', parent_nodes: ['each'] },
];

describe('a bundle', () => {
  it('holds what is known of a run, with a hash of it', async () => {
    const id = await ran(GRAPH, { execution_context: { value: 'x' }, metadata: { ticket: 7 } });
    // Lines of logs are written down by and by.
    const bundle = await vi.waitUntil(async () => {
      const made = await bundleOf(id);
      return made.logs.length === 3 && made;
    });
    expect(bundle).toMatchObject({
      ...{ kind: 'tenuto.run_bundle', schema_version: 1, created_by: 'admin' },
      run: { run_id: id, status: 'completed', params: { value: 'x' }, metadata: { ticket: 7 } },
      totals: { attempts: 4, artifacts: { count: 3 } },
      plan: {
        node_count: 4,
        edges: [
          [0, 1],
          [1, 3],
        ],
      },
      audit: [{ action: 'job.created', subject: id }],
    });
    expect(bundle.nodes.map(({ node_id }) => node_id)).toEqual([
      ...['a', 'each', 'b', 'child[0]', 'child[1]'],
    ]);
    expect(bundle.attempts).toHaveLength(4);
    expect(bundle.logs[0]).toMatchObject({ node_id: 'a', text: 'said by a: {"value":"x"}' });
    expect(bundle.integrity.hash).toBe(hashOf(bundle));
    // It is too long, and says so.
    expect(bundle.nodes[2]?.output).toMatchObject({ $cut: true, characters: 100_002 });
    expect(bundle.omitted.join()).toContain('outputs are shortened');
  });

  it('holds texts of artifacts when it is asked to', async () => {
    const id = await ran([{ id: 'b', uses: 'large' }]);
    const names = (bundle: Bundle) =>
      bundle.artifacts.map(({ path, text }) => [path, text?.slice(0, 20)]);
    expect(names(await bundleOf(id))).toEqual([
      ...[
        ['nodes/b/image.png', undefined],
        ['nodes/b/long.txt', undefined],
        ['nodes/b/notes.md', undefined],
      ],
    ]);
    // The others are larger than a page should have to hold, or no text.
    expect(names(await bundleOf(id, '&artifacts=inline'))).toEqual([
      ...[
        ['nodes/b/image.png', undefined],
        ['nodes/b/long.txt', undefined],
        ['nodes/b/notes.md', '# Notes </script>'],
      ],
    ]);
    expect(dataIn(await pageOf(id, '?artifacts=inline')).artifacts[2]?.text).toContain('# Notes');
  });

  it('is a page with the same data in it', async () => {
    const id = await ran(GRAPH, { execution_context: { value: 'x' } });
    const page = await pageOf(id);
    const data = dataIn(page);
    expect(data.run.run_id).toBe(id);
    expect(data.integrity.hash).toBe(hashOf(data));
    for (const part of [
      'plan',
      'timeline',
      'nodes',
      'logs',
      'artifacts',
      'tests',
      'costs',
      'audit',
    ]) {
      expect(page).toContain(`<section id="${part}">`);
    }
    expect(page.match(/<svg/g)).toHaveLength(2);
  });

  it('loads nothing, and lets nothing run but its own script', async () => {
    const page = await pageOf(await ran(GRAPH, { execution_context: { value: 'x' } }));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(policy).not.toContain('unsafe');
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      ([, text]) => text ?? '',
    );
    expect(scripts).toHaveLength(1);
    const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text ?? '');
    for (const text of [...scripts, ...styles]) {
      const hash = createHash('sha256').update(text).digest('base64');
      expect(policy).toContain(`sha256-${hash}`);
    }
    expect(page).not.toMatch(/ style="| on\w+="|src=|<link|@import|url\((?!#)|https?:\/\//);
  });

  it('shows what others have written as text, wherever it stands', async () => {
    const nodes = [
      { id: NAME, uses: 'say', with: { value: ATTACK } },
      { id: 'bad', uses: 'moody', retry: once },
      { id: 'tests', uses: 'tests' },
    ];
    const id = await ran(nodes, {
      ...{ job_name: NAME, tags: ['<b>tag'] },
      execution_context: { note: ATTACK },
      metadata: { note: ATTACK },
    });
    const page = await pageOf(id, '?artifacts=inline');
    const data = dataIn(page);
    expect(data.run.params.note).toBe(ATTACK);
    expect(data.integrity.hash).toBe(hashOf(data));
    const outside = page.replace(/<script type="application\/json"[\s\S]*?<\/script>/, '');
    expect(outside).not.toMatch(/<img|alert\(1\)<\/script|<b>tag|\u202e/);
    expect(outside).not.toContain(BELL);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
  });

  it.skipIf(!existsSync(NAUGHTY))('is whole whatever strings it is given', async () => {
    const naughty: { strings: { s: string }[] } = JSON.parse(readFileSync(NAUGHTY, 'utf8'));
    const strings = naughty.strings
      .map(({ s }) => s)
      .filter((text) => text.isWellFormed() && !text.includes('\0'));
    const id = await ran([{ id: 'a', uses: 'say', with: { value: '${params}' } }], {
      execution_context: Object.fromEntries(strings.map((text, i) => [`${i} ${text}`, text])),
    });
    const page = await pageOf(id);
    const data = dataIn(page);
    expect(Object.values(data.run.params)).toEqual(strings);
    expect(data.integrity.hash).toBe(hashOf(data));
    expect(page.match(/<script/g)).toHaveLength(2);
  });

  it('tells of what was asked, answered and mended', async () => {
    const id = await api.submit([{ id: 'bad', uses: 'moody', retry: once }], {
      recovery_policy: [{ action: 'escalate_manual', with: { message: 'What now?' } }],
    });
    const asked = await api.asked(id);
    await api.call(`/api/v1/orchestration/interventions/${asked.intervention_id}/resolve`, {
      body: { resolution: 'skip', result: { by: 'hand' } },
    });
    await api.reaches(id, 'completed');
    const bundle = await bundleOf(id);
    expect(bundle.interventions).toMatchObject([{ message: 'What now?', resolution: 'skip' }]);
    expect(bundle.recoveries.length).toBeGreaterThan(0);
    expect(bundle.audit.map(({ action: what }) => what)).toContain('job.created');
  });

  it('can be made of a run that goes on', async () => {
    const id = await api.submit([
      { id: 'a', uses: 'say' },
      { id: 'w', uses: 'signal.wait', with: { name: 'go' }, parent_nodes: ['a'] },
    ]);
    await api.nodeIs(id, 'w', 'waiting');
    expect((await bundleOf(id)).run.status).toBe('running');
    await api.call(`${JOB}/${id}`, { method: 'DELETE' });
  });

  it('is there for whoever may see the run, with the rows of the audit that they may see', async () => {
    const id = await ran([{ id: 'a', uses: 'say' }]);
    const stranger = await api.token('stranger', ['runs:read']);
    expect((await api.call(`${RUNS}/${id}/bundle`, { token: stranger })).status).toBe(404);
    const owner = await api.token('owner', ['jobs:write', 'jobs:read', 'runs:read']);
    const made = await api.call(JOB, {
      token: owner,
      body: { job_name: 'mine', dag_definition: { nodes: [{ id: 'a', uses: 'say' }] } },
    });
    await api.reaches(made.body.job_id, 'completed');
    await api.call(`${JOB}/${made.body.job_id}`, { method: 'PATCH', body: { tags: ['x'] } });
    const path = `${RUNS}/${made.body.job_id}/bundle?format=json`;
    const own = (await api.call(path, { token: owner })).body;
    expect(own.audit.map(({ actor }: { actor: string }) => actor)).toEqual(['owner']);
    expect(own.omitted.join()).toContain('audit:read');
  });

  it('says by which seal each row of the audit is covered, and that of no other', async () => {
    const store = openApiStore(api.connection);
    try {
      const ids: string[] = [];
      for (let i = 0; i < 5; i += 1) {
        ids.push(await ran([{ id: 'a', uses: 'say' }]));
        // What is settled is what no transaction can come before any more.
        const isSealed = async () => ((await store.sealer.seal(1_000))?.rows ?? 0) > 0;
        await vi.waitUntil(isSealed, { timeout: 60_000 });
      }
      const { rows } = await api.pool.query(
        `select seal_no::int as number, encode(hash, 'hex') as hash, entries from audit_seals`,
      );
      for (const id of ids) {
        const [row] = (await bundleOf(id)).audit;
        const bytes = Buffer.from(`${row?.audit_id.replaceAll('-', '')}${row?.row_hash}`, 'hex');
        const seal = rows.find(({ entries }: { entries: Buffer }) => entries.includes(bytes));
        expect(row?.seal).toEqual({ number: seal.number, hash: seal.hash });
      }
      const fresh = await bundleOf(await ran([{ id: 'a', uses: 'say' }]));
      expect(fresh.audit[0]?.seal).toBeNull();
    } finally {
      await store.close();
    }
  });

  it('makes the same run again somewhere else', async () => {
    const id = await ran(GRAPH, { execution_context: { value: 'again' } });
    const { rerun } = await bundleOf(id);
    const again = await api.call(JOB, { body: rerun });
    expect([again.status, again.text]).toEqual([202, expect.anything()]);
    await api.reaches(again.body.job_id, 'completed');
    const { body } = await api.call(`${RUNS}/compare?ids=${id},${again.body.job_id}`);
    expect([body.nodes.total, body.params[0].changes]).toEqual([0, []]);
  });
});
