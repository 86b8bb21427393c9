import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HealthSchema } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, folder } from '../test/call.ts';
import { captureIo } from '../test/captured-io.ts';
import { ok, problem, startPretendApi } from '../test/pretend-api.ts';
import { EXIT, type Io, runCli } from './index.ts';

afterAll(cleanUp);

describe('the command line', () => {
  it('says what it can do', async () => {
    const { exitCode, out } = await call(['--help']);
    expect(exitCode).toBe(EXIT.ok);
    for (const word of ['run', 'validate', 'jobs', 'health', 'Exit codes:']) {
      expect(out).toContain(word);
    }
  });

  it.each([
    [['jbs'], "unknown command 'jbs'"],
    [['run'], "missing required argument 'file'"],
    [['run', 'x', '--wach'], "unknown option '--wach'"],
    [['jobs', 'ls', '--limit', '0'], 'A limit is a number from 1 on; "0" is not.'],
    [['health', '--url', 'nowhere'], '"nowhere" is not an address such as http://127.0.0.1:8420.'],
    [['health', '--token', 'a b'], 'The token holds characters that no token has'],
    [['run', '/nope.yaml'], 'Cannot read "/nope.yaml": there is no such file.'],
    [['run', folder], 'it is a folder.'],
  ])('refuses %j', async (args, said) => {
    const { exitCode, out, err, asked } = await call(args);
    expect([exitCode, out]).toEqual([EXIT.usage, '']);
    expect(err).toContain(said);
    expect(asked).toEqual([]);
  });

  it('tells errors as one document with --json, and in words beside it', async () => {
    for (const args of [
      ['jbs', '--json'],
      ['--json', 'run', '/nope.yaml'],
      ['jobs', 'get', 'x', '--json'],
    ]) {
      const { out, err, exitCode } = await call(args);
      expect(exitCode).not.toBe(EXIT.ok);
      expect(JSON.parse(out)).toMatchObject({ error: { error_code: expect.any(String) } });
      expect(err).not.toBe('');
    }
  });

  it('shows where an error arose only when asked', async () => {
    const quiet = await call(['jobs', 'get', 'x']);
    const verbose = await call(['jobs', 'get', 'x', '--verbose']);
    expect(quiet.err).not.toMatch(/\n\s+at /);
    expect(verbose.err).toMatch(/\n\s+at /);
  });

  it.each([
    ['unauthorized', EXIT.refused, 'Pass a token with --token or TENUTO_TOKEN'],
    ['forbidden', EXIT.refused, 'Ask an administrator'],
    ['not_found', EXIT.refused, 'Check the id'],
    ['invalid_job_state', EXIT.conflict, 'Read the run'],
    ['idempotency_mismatch', EXIT.usage, 'Use a new key'],
    ['internal_error', EXIT.internal, 'Report it'],
  ] as const)('ends for %s as documented, with advice', async (code, exitCode, advice) => {
    const answers = { 'DELETE /job/*': problem(code, 'It said no.') };
    const ended = await call(['jobs', 'cancel', 'j1'], answers);
    expect(ended).toMatchObject({ exitCode, out: '' });
    expect(ended.err).toMatch(/^It said no\.\n/);
    expect(ended.err).toContain(advice);
  });

  it('does not speak of parts of an answer that nobody sees', async () => {
    for (const code of ['validation_failed', 'unprocessable', 'invalid_plan'] as const) {
      const answers = { 'DELETE /job/*': problem(code, 'It said no.') };
      const { exitCode, err } = await call(['jobs', 'cancel', 'j1'], answers);
      expect([exitCode, err]).toEqual([EXIT.usage, 'It said no.\n']);
    }
    for (const [code, advice] of [
      ['protected_principal', 'Let another administrator do it, or make another one first.'],
      ['forbidden', 'Ask an administrator for the scope.'],
      ['quota_exceeded', 'Wait until there is room, or ask an administrator'],
      ['malformed_request', ''],
    ] as const) {
      const { err } = await call(['jobs', 'cancel', 'j1'], {
        'DELETE /job/*': problem(code, 'It said no.'),
      });
      expect(err).toContain(`It said no.\n${advice}`);
      expect(err).not.toContain('detail');
    }
  });

  it('says what to do when there is no server', async () => {
    const gone = await startPretendApi({});
    await gone.close();
    const { exitCode, err } = await call(['health'], {}, { env: { TENUTO_URL: gone.url } });
    expect(exitCode).toBe(EXIT.unreachable);
    expect(err).toContain(`No answer from ${gone.url}`);
    expect(err).toContain('tenuto serve');
  });
});

describe('credentials', () => {
  const health = { 'GET /health': ok({ ...exampleHealth(), authenticated_user: 'ana' }) };
  const sent = async (args: readonly string[], env: Io['env']) => {
    const { asked, out } = await call(['health', ...args], health, { env });
    expect(out).toContain('You are ana.');
    return asked[0]?.headers.authorization;
  };

  it('come from the option, then the environment, then what a local server left', async () => {
    const dataDir = mkdtempSync(join(folder, 'data-'));
    writeFileSync(join(dataDir, 'admin-token'), 'tnt_file\n', { mode: 0o600 });
    expect(await sent(['--token', 'tnt_option'], {})).toBe('Bearer tnt_option');
    expect(await sent([], {})).toBe('Bearer tnt_env');
    const env = { TENUTO_TOKEN: '', TENUTO_DATA_DIR: dataDir };
    expect(await sent([], env)).toBe('Bearer tnt_file');
    expect(await sent([], { ...env, TENUTO_DATA_DIR: join(folder, 'none') })).toBeUndefined();
  });

  it('of a local server never go to another machine', async () => {
    const dataDir = mkdtempSync(join(folder, 'data-'));
    writeFileSync(join(dataDir, 'admin-token'), 'tnt_file');
    const seen: unknown[] = [];
    const io = captureIo({
      env: { TENUTO_DATA_DIR: dataDir, TENUTO_URL: 'https://127.0.0.1.example.com' },
      fetch: async (_input, init) => {
        seen.push(new Headers(init?.headers).get('authorization'));
        return Response.json(exampleHealth());
      },
    });
    expect(await runCli(['health'], io)).toBe(EXIT.ok);
    expect(seen).toEqual([null]);
  });
});

describe('health', () => {
  it('is told with its checks', async () => {
    const { out, exitCode } = await call(['health'], { 'GET /health': ok(exampleHealth()) });
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toMatch(/ is ok \(version 0\.1\.0\)\nCHECK +STATUS\nstore +ok\nengine +ok\n/);
  });

  it('of a server that cannot work ends as if it were away', async () => {
    const body = { ...exampleHealth(), status: 'down' };
    const { exitCode } = await call(['health'], { 'GET /health': { status: 503, body } });
    expect(exitCode).toBe(EXIT.unreachable);
  });
});

function exampleHealth(): Readonly<Record<string, unknown>> {
  const examples: unknown = Reflect.get(HealthSchema, 'examples');
  const [{ authenticated_user: _, ...health } = {}] = Array.isArray(examples) ? examples : [];
  return health;
}
