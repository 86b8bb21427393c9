import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Served, startServed, startTarget, type Target } from './served.ts';

const SECRETS = '/api/v1/secrets';
const JOB = '/api/v1/orchestration/job';
/** With characters that JSON, addresses and base64 spell otherwise. */
const CANARY = 'c4nary/"secret"+value&with=signs';
const OTHER = 'an0ther-canary-of-the-test';

let served: Served;
let target: Target;
let elsewhere: Target;
beforeAll(async () => {
  [served, target, elsewhere] = await Promise.all([
    startServed({ TENUTO_ALLOW_COMMANDS: process.execPath }),
    startTarget(),
    startTarget(),
  ]);
  await served.call(SECRETS, { body: { name: 'CANARY', value: CANARY } });
  const bound = { name: 'BOUND', value: OTHER, allowed_hosts: [`127.0.0.1:${target.port}`] };
  await served.call(SECRETS, { body: bound });
});
afterAll(async () => {
  await served.close();
  await target.close();
  await elsewhere.close();
});
const echo: Target['answer'] = (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(request));
};
beforeEach(() => {
  for (const each of [target, elsewhere]) {
    each.requests.length = 0;
    each.answer = echo;
  }
});

const logsOf = async (jobId: string, nodeId: string) =>
  (await served.call(`${JOB}/${jobId}/nodes/${nodeId}/logs`)).text;

const SPELLINGS = [
  CANARY,
  JSON.stringify(CANARY).slice(1, -1),
  encodeURIComponent(CANARY),
  Buffer.from(CANARY).toString('base64'),
  Buffer.from(`user:${CANARY}`).toString('base64'),
  OTHER,
  Buffer.from(OTHER).toString('base64'),
];

describe('a secret that a job names', () => {
  it('reaches its targets, and nothing that is stored, logged or answered', async () => {
    const say = `
      process.stdout.write('out ' + process.env.SECRET + '\\n');
      process.stderr.write('err ' + Buffer.from('user:' + process.env.SECRET).toString('base64'));
      process.stdin.resume().on('data', (d) => process.stdout.write('in ' + d)).on('end', () => process.exit(3));`;
    const jobId = await served.submit(
      [
        {
          id: 'echo',
          uses: 'http.request',
          with: {
            url: `${target.url}/echo/\${secrets.CANARY}`,
            method: 'POST',
            query: { key: '${secrets.CANARY}' },
            headers: { authorization: 'Bearer ${secrets.CANARY}' },
            body: { nested: ['${secrets.CANARY}', 'and ${secrets.BOUND}'] },
          },
        },
        {
          id: 'command',
          uses: 'command.run',
          with: {
            command: [process.execPath, '-e', say],
            env: { SECRET: '${secrets.CANARY}' },
            stdin: '${secrets.CANARY}',
          },
          max_retries: 0,
          allow_failure: true,
        },
        {
          id: 'refused',
          uses: 'http.request',
          with: { url: 'http://${secrets.CANARY}/', headers: { 'x-a': '${secrets.CANARY}' } },
          max_retries: 0,
          allow_failure: true,
        },
        {
          id: 'after',
          uses: 'transform.cel',
          with: { expression: 'steps.echo.body' },
          parent_nodes: ['echo'],
        },
      ],
      { execution_context: { note: 'not a secret' } },
    );
    const job = await served.ended(jobId);
    expect(job.status).toBe('completed');
    // It did reach them.
    const [request] = target.requests;
    expect(JSON.parse(request?.body ?? '')).toEqual({ nested: [CANARY, `and ${OTHER}`] });
    expect(request?.headers.authorization).toBe(`Bearer ${CANARY}`);
    const echoed = await served.node(jobId, 'echo');
    expect(echoed.output.body.headers.authorization).toBe('Bearer ***');
    expect(JSON.parse(echoed.output.body.body).nested).toEqual(['***', 'and ***']);
    const command = await served.node(jobId, 'command');
    expect(command.error.message).toContain('***');
    expect(command.output.stdout).toBe('out ***\nin ***');
    const answers = await Promise.all([
      ...['echo', 'command', 'refused', 'after'].flatMap((id) => [
        logsOf(jobId, id),
        served.call(`${JOB}/${jobId}/nodes/${id}`).then(({ text }) => text),
      ]),
      served.call(`${JOB}/${jobId}?include=nodes,history,plan`).then(({ text }) => text),
      served.call(`${JOB}/${jobId}/attempts`).then(({ text }) => text),
      served.call(`/api/v1/runs/${jobId}/bundle?artifacts=inline`).then(({ text }) => text),
    ]);
    const dump = await served.dump();
    expect(dump).toContain('not a secret');
    for (const spelling of SPELLINGS) {
      expect(answers.join('\n')).not.toContain(spelling);
      expect(served.logs()).not.toContain(spelling);
      expect(dump).not.toContain(spelling);
      // Bytes show as hexadecimal digits.
      expect(dump).not.toContain(Buffer.from(spelling).toString('hex'));
    }
  });

  it('goes to no other host than those that it is bound to, by a redirect neither', async () => {
    target.answer = (_request, response) =>
      void response.writeHead(307, { location: `${elsewhere.url}/taken` }).end();
    const headers = { 'x-custom': '${secrets.BOUND}' };
    const once = { max_retries: 0, allow_failure: true };
    const jobId = await served.submit([
      { id: 'direct', uses: 'http.request', with: { url: elsewhere.url, headers }, ...once },
      { id: 'redirected', uses: 'http.request', with: { url: target.url, headers }, ...once },
      {
        id: 'command',
        uses: 'command.run',
        with: { command: [process.execPath, '-v'], env: { S: '${secrets.BOUND}' } },
        ...once,
      },
    ]);
    await served.ended(jobId);
    for (const id of ['direct', 'redirected']) {
      const { error } = await served.node(jobId, id);
      expect(error.type).toBe('secret_host_refused');
    }
    expect((await served.node(jobId, 'command')).error.type).toBe('secret_not_allowed');
    expect(target.requests).toHaveLength(1);
    expect(elsewhere.requests).toEqual([]);
  });

  it.each([
    ['that is not there', { url: '${secrets.NOWHERE}' }, '/dag_definition/nodes/0/with/url'],
    ['by a computed name', { url: '${secrets[params.name]}' }, '/dag_definition/nodes/0/with/url'],
    ['as a whole', { body: '${secrets}' }, '/dag_definition/nodes/0/with/body'],
  ])('is refused %s', async (_, parameters, path) => {
    const nodes = [{ id: 'a', uses: 'http.request', with: parameters }];
    for (const query of ['', '?dry_run=true']) {
      const body = { job_name: 'refused', dag_definition: { nodes } };
      const answer = await served.call(JOB + query, { body });
      expect([answer.status, answer.body.validation_errors[0].path]).toEqual([422, path]);
    }
  });

  it('is refused outside of parameters, in arguments and for actions that store what they get', async () => {
    const url = 'http://127.0.0.1';
    const nodes = [
      { id: 'a', uses: 'http.request', with: { url }, if: 'secrets.CANARY == "x"' },
      { id: 'b', uses: 'http.request', with: { url }, circuit_key: '${secrets.CANARY}' },
      { id: 'c', uses: 'command.run', with: { command: ['x', '${secrets.CANARY}'] } },
      { id: 'd', uses: 'transform.cel', with: { expression: 'secrets.CANARY' } },
      { id: 'e', uses: 'run.start', with: { params: { key: '${secrets.CANARY}' } } },
    ];
    const body = { job_name: 'refused', dag_definition: { nodes } };
    const answer = await served.call(JOB, { body });
    expect(answer.status).toBe(422);
    const paths = answer.body.validation_errors.map(({ path }: { path: string }) => path);
    const at = (place: string) => `/dag_definition/nodes/${place}`;
    expect(paths.toSorted()).toEqual([
      ...[at('0/if'), at('1/circuit_key/key'), at('2/with/command')],
      ...[at('3/with/value'), at('4/with/params')],
    ]);
  });

  it('fails the attempt clearly when it was deleted meanwhile, and works again once set', async () => {
    await served.call(SECRETS, { body: { name: 'FLEETING', value: 'fleeting-value' } });
    const nodes = [
      { id: 'wait', uses: 'signal.wait', with: { name: 'go' } },
      {
        id: 'use',
        uses: 'http.request',
        with: { url: target.url, headers: { 'x-key': '${secrets.FLEETING}' } },
        parent_nodes: ['wait'],
      },
    ];
    const jobId = await served.submit(nodes);
    await served.call(`${SECRETS}/FLEETING`, { method: 'DELETE' });
    await served.call(`${JOB}/${jobId}/signal`, { body: { name: 'go', payload: {} } });
    expect((await served.ended(jobId)).status).toBe('failed');
    const { error } = await served.node(jobId, 'use');
    expect(error.type).toBe('unknown_secret');
    expect(error.message).toContain('FLEETING');
    await served.call(SECRETS, { body: { name: 'FLEETING', value: 'fleeting-value' } });
    await served.call(`${JOB}/${jobId}/retry`, { body: { from: 'failed' } });
    await expect
      .poll(async () => (await served.call(`${JOB}/${jobId}`)).body.status, { timeout: 60_000 })
      .toBe('completed');
    expect(target.requests[0]?.headers['x-key']).toBe('fleeting-value');
  });
});

describe('the key of a deployment', () => {
  it('is exchanged: what the old one sealed is sealed anew, and works on without it', async () => {
    const key = (byte: number) =>
      Buffer.from(Array.from({ length: 32 }, (_, i) => (i * byte) & 0xff)).toString('hex');
    const use = async () => {
      const headers = { 'x-key': '${secrets.KEPT}' };
      const nodes = [{ id: 'a', uses: 'http.request', with: { url: target.url, headers } }];
      const jobId = await served.submit(nodes.map((node) => ({ ...node, max_retries: 0 })));
      const { status } = await served.ended(jobId);
      return [status, target.requests.at(-1)?.headers['x-key']];
    };
    await served.restart({ TENUTO_SECRET_KEY: key(3) });
    await served.call(SECRETS, { body: { name: 'KEPT', value: 'kept-over-keys' } });
    expect(await use()).toEqual(['completed', 'kept-over-keys']);
    // The others were sealed under the key of the data folder.
    const folderKey = await readFile(join(served.folder, 'secret-key'), 'utf8');
    const previous = `${key(3)},${folderKey.trim()}`;
    await served.restart({ TENUTO_SECRET_KEY: key(5), TENUTO_SECRET_KEY_PREVIOUS: previous });
    await expect
      .poll(() => served.logs(), { timeout: 60_000 })
      .toContain('secrets are sealed under the present key');
    await served.restart({ TENUTO_SECRET_KEY: key(5) });
    expect(await use()).toEqual(['completed', 'kept-over-keys']);
    await served.restart({ TENUTO_SECRET_KEY: key(7) });
    expect((await use())[0]).toBe('failed');
    expect(served.logs()).not.toContain('kept-over-keys');
  });
});
