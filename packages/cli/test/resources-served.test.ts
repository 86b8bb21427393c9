/** Secrets, MCP servers and templates, from the command line to a real server; the guides, too. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT, runCli } from '../src/index.ts';
import { captureIo } from './captured-io.ts';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from './served.ts';

const root = join(import.meta.dirname, '../../..');
const examples = join(root, 'examples');
const EVERYTHING = fileURLToPath(
  import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'),
);
const data = dataFolder();
let served: Served;
let url = '';

beforeAll(async () => {
  const flags = ['--port', '0', '--allow-commands', 'node', '--http-allow', '127.0.0.1'];
  served = startServe([...flags, '--data-dir', data, '--json']);
  url = JSON.parse(await served.firstLine).url;
});
afterAll(async () => {
  served.child.kill('SIGTERM');
  await served.ended;
  rmSync(dirname(data), { recursive: true, force: true });
});

async function tenuto(args: readonly string[], stdin = '') {
  const io = captureIo({
    env: { TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN },
    now: Date.now,
    sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
    stdin,
  });
  const exitCode = await runCli(args, io);
  return { exitCode, out: io.out(), err: io.err() };
}

async function good(args: readonly string[], stdin?: string): Promise<string> {
  const { exitCode, out, err } = await tenuto(args, stdin);
  expect({ exitCode, err }, out).toEqual({ exitCode: EXIT.ok, err: '' });
  return out;
}

const outputOf = async (job: string, node: string) => {
  const { items } = JSON.parse(await good(['jobs', 'ls', '--name', job, '--json']));
  const nodes = JSON.parse(await good(['jobs', 'nodes', items[0].job_id, '--json']));
  return nodes.items.find(({ node_id }: { node_id: string }) => node_id === node).output;
};

describe('a server', () => {
  it('keeps a secret, and runs the example that uses it', async () => {
    const value = 'greeting-that-nobody-sees';
    await good(['secrets', 'set', 'GREETING_TOKEN', '--host', '127.0.0.1'], value);
    const address = `url=${url}/api/v1/orchestration/health`;
    const out = await good(['run', join(examples, 'secret.yaml'), '--watch', '-p', address]);
    expect(out).not.toContain(value);
    expect(await outputOf('secret', 'tell')).toContain('token=***');
    expect(await good(['secrets', 'list'])).toContain('GREETING_TOKEN');
  });

  it('has an MCP server, calls its tools by hand, and runs the example that does', async () => {
    await good(['mcp', 'add', 'everything', '--', 'node', EVERYTHING, 'stdio']);
    expect(await good(['mcp', 'check', 'everything'])).toContain('everything is well');
    expect(await good(['mcp', 'tools', 'everything'])).toContain('everything.echo');
    const args = ['mcp', 'call', 'everything', 'get-sum', '-a', 'a=2', '-a', 'b=3'];
    expect(await good(args)).toBe('The sum of 2 and 3 is 5.\n');
    const wrong = await tenuto(['mcp', 'call', 'everything', 'get-sum', '-a', 'a=2']);
    expect([wrong.exitCode, wrong.out]).toEqual([
      EXIT.jobFailed,
      expect.stringContaining('arguments/b is required'),
    ]);
    await good(['run', join(examples, 'mcp.yaml'), '--watch', '-p', 'city=Chicago']);
    expect(await outputOf('mcp', 'tell')).toMatch(/^Chicago has Light rain .* Steps: 2\.$/);
  });

  it('keeps a template, and runs the jobs that are made from it', async () => {
    await good(['templates', 'put', join(examples, 'templates/check-site.yaml')]);
    const site = ['-p', `url=${url}/health/live`];
    const dry = await good(['templates', 'run', 'check-site', ...site, '--dry-run']);
    expect(dry).toContain('is valid: 2 nodes');
    await good(['templates', 'run', 'check-site', ...site, '-p', 'quick_ms=600000', '--watch']);
    expect(await outputOf('check-site', 'judge')).toEqual({ status: 200, quick: true });
    await good(['run', join(examples, 'templates/job.yaml'), '--watch', ...site]);
    const bad = await tenuto(['templates', 'run', 'check-site', '-p', 'quick_ms=0']);
    expect([bad.exitCode, bad.err]).toEqual([EXIT.usage, expect.stringContaining('/params/url')]);
    expect(await good(['templates', 'put', join(examples, 'templates/check-site.yaml')])).toContain(
      'version 2',
    );
  });

  it('takes what the guides show', async () => {
    await good(['secrets', 'set', 'DEPLOY_TOKEN'], 'token-of-the-guide');
    await good(['mcp', 'add', 'search', '--http', 'https://mcp.example.com/mcp']);
    const file = join(dirname(data), 'guide.yaml');
    const take = async (page: string, command: readonly string[], count: number) => {
      const text = readFileSync(join(root, 'docs', page), 'utf8');
      const blocks = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block ?? '');
      expect([page, blocks.length]).toEqual([page, count]);
      for (const block of blocks) {
        writeFileSync(file, block);
        await good([...command, file]);
      }
    };
    await take('secrets.md', ['validate'], 1);
    await take('mcp.md', ['validate'], 1);
    await take('templates.md', ['templates', 'put'], 1);
  });
});
