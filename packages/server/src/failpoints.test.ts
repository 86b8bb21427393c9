import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { failpoint } from '@tenuto/engine';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { obeyFailpoints, readFailpoints } from './failpoints.ts';

let disarm = () => {};
afterEach(() => disarm());

describe('what is ordered', () => {
  it('is read as name, count and ending', () => {
    expect(readFailpoints('before-flush:3:kill, claimed:1:hang,before-park:12:throw')).toEqual([
      { point: 'before-flush', nth: 3, ending: 'kill' },
      { point: 'claimed', nth: 1, ending: 'hang' },
      { point: 'before-park', nth: 12, ending: 'throw' },
    ]);
  });

  it.each([
    ['elsewhere:1:kill', 'has no failpoint "elsewhere"'],
    ['claimed', 'must read <name>:<nth>:kill|hang|throw, not "claimed"'],
    ['claimed:0:kill', 'not "claimed:0:kill"'],
    ['claimed:1.5:kill', 'not "claimed:1.5:kill"'],
    ['claimed:1:stop', 'not "claimed:1:stop"'],
    ['claimed:1:kill:now', 'not "claimed:1:kill:now"'],
  ])('is refused when nobody could follow it: %s', (text, why) => {
    expect(() => readFailpoints(text)).toThrow(why);
  });
});

describe('a process that obeys', () => {
  function obey(text: string) {
    const seen: string[] = [];
    const logger = { warn: (fields: object) => void seen.push(JSON.stringify(fields)) };
    const endings = { kill: () => void seen.push('killed'), hang: () => void seen.push('hung') };
    disarm = obeyFailpoints(readFailpoints(text), logger, endings);
    return seen;
  }

  it('fails at the passing that was named, and at no other', () => {
    const seen = obey('claimed:2:kill,draining:1:hang');
    for (let i = 0; i < 3; i += 1) failpoint('claimed');
    failpoint('before-claim');
    failpoint('draining');
    expect(seen.filter((line) => !line.startsWith('{'))).toEqual(['killed', 'hung']);
  });

  it('says where it fails before it does', () => {
    const seen = obey('claimed:1:kill');
    failpoint('claimed');
    expect(seen).toEqual(['{"failpoint":"claimed","nth":1,"ending":"kill"}', 'killed']);
  });

  it('throws where it is told to', () => {
    obey('claimed:1:throw');
    expect(() => failpoint('claimed')).toThrow('failpoint claimed');
    expect(() => failpoint('claimed')).not.toThrow();
  });
});

describe('a real process', () => {
  const program = `
    import { failpoint } from '@tenuto/engine';
    import { obeyFailpoints, readFailpoints } from '${import.meta.dirname}/failpoints.ts';
    obeyFailpoints(readFailpoints(process.argv[1]), { warn() {} });
    console.log('before');
    failpoint('claimed');
    console.log('after');`;

  function start(order: string) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, order], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let written = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
    return { child, written: () => written };
  }

  /** `T` for a process that is stopped. */
  function stateOf(pid = 0): string {
    return spawnSync('ps', ['-o', 'state=', '-p', `${pid}`], { encoding: 'utf8' }).stdout.slice(
      0,
      1,
    );
  }

  it('dies by SIGKILL at its failpoint, and does nothing after it', async () => {
    const { child, written } = start('claimed:1:kill');
    const [code, signal] = await once(child, 'close');
    expect([code, signal]).toEqual([null, 'SIGKILL']);
    expect(written()).toBe('before\n');
  });

  it('stands still at its failpoint until it is told to go on', async () => {
    const { child, written } = start('claimed:1:hang');
    await once(child.stdout, 'data');
    await vi.waitFor(() => expect(stateOf(child.pid)).toBe('T'), { timeout: 60_000 });
    expect(written()).toBe('before\n');
    child.kill('SIGCONT');
    await once(child, 'close');
    expect(written()).toBe('before\nafter\n');
  });
});
