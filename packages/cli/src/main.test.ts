import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf } from '../test/call.ts';
import { ok, page, startPretendApi } from '../test/pretend-api.ts';
import { sampleJob, sampleNode } from '../test/samples.ts';
import { EXIT } from './exit-code.ts';

afterAll(cleanUp);

const main = join(import.meta.dirname, '../bin/tenuto.mjs');
/** What makes this Node like one that does not run TypeScript. */
const OLD = '--no-experimental-strip-types';

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
) {
  const child = spawn(process.execPath, [...flags, main, ...args], {
    env: { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, out, err }));
  return { child, ended };
}

describe('the program', () => {
  it('can be started by its name', () => {
    accessSync(main, constants.X_OK);
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
    expect(manifest.bin).toEqual({ tenuto: './bin/tenuto.mjs' });
  });

  it('runs on an older Node too, with the one that is installed along', async () => {
    const good = await start(['--version'], {}, [OLD]);
    expect(await good.ended).toMatchObject({ code: EXIT.ok, out: '0.1.0\n', err: '' });
    const { child, ended } = await start(['run', '-'], {}, [OLD]);
    child.stdin.end('nodes: [');
    expect(await ended).toMatchObject({ code: EXIT.usage, out: '' });
  });

  it('says its version without loading a server', async () => {
    const { ended } = await start(['--version']);
    expect(await ended).toMatchObject({ code: EXIT.ok, out: '0.1.0\n', err: '' });
  });

  it('reads a job from a pipe, and ends with the code of what is wrong with it', async () => {
    const { child, ended } = await start(['run', '-']);
    child.stdin.end('nodes: [');
    const { code, out, err } = await ended;
    expect([code, out]).toEqual([EXIT.usage, '']);
    expect(err).toMatch(/^stdin:1:9: /);
  });

  it.each([
    'SIGINT',
    'SIGTERM',
  ] as const)('stops watching on %s and leaves the job', async (signal) => {
    let wasAsked: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      wasAsked = resolve;
    });
    const api = await startPretendApi({
      'GET /job/*/nodes': () => {
        wasAsked();
        return page([sampleNode('build', 'running')]);
      },
      'GET /job/*': ok(sampleJob()),
    });
    const { child, ended } = await start(['jobs', 'watch', 'j1'], { TENUTO_URL: api.url });
    await asked;
    child.kill(signal);
    const { code, err } = await ended;
    expect(code).toBe(EXIT.interrupted);
    expect(err).toContain('Stopped watching; the job goes on.');
    await api.close();
  });

  it('does not mind a reader that leaves early', async () => {
    const many = page(Array.from({ length: 100 }, () => sampleJob({ job_name: 'x'.repeat(200) })));
    const api = await startPretendApi({
      'GET /jobs': ({ query }) =>
        many === 'hang up'
          ? many
          : query.cursor
            ? many
            : ok({ ...Object(many.body), has_more: true, next_cursor: 'c' }),
    });
    const { child, ended } = await start(['jobs', 'ls', '--limit', '150', '--json'], {
      TENUTO_URL: api.url,
    });
    child.stdout.destroy();
    const { err } = await ended;
    expect(err).toBe('');
    await api.close();
  });
});

describe('a job file', () => {
  it('that is no text is refused', async () => {
    const path = fileOf('');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00]));
    const { exitCode, err } = await call(['validate', path]);
    expect(exitCode).toBe(EXIT.usage);
    expect(err).toBe(`"${path}" is not UTF-8 text.\n`);
  });
});
