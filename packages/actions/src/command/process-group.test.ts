import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@tenuto/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  callWith,
  errorOf,
  manualClock,
  outputOf,
  type Scratch,
  scratch,
} from './command.fixture.ts';
import { commandRun } from './command-run.ts';
import { COMMAND_LIMITS, DEFAULT_GRACE_MS } from './options.ts';
import { orphanGuard } from './orphan-guard.ts';

let place: Scratch;
beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

const GRACE_MS = 5_000;

/** Starts a command under a clock that stands still and an abort signal in the test's hand. */
function start(parameters: JsonObject) {
  const clock = manualClock();
  const abort = new AbortController();
  const call = callWith(parameters, { signal: abort.signal, graceMs: GRACE_MS });
  const environment = { PATH: process.env.PATH };
  const action = commandRun({ allow: 'any', environment, clock });
  return { clock, abort, call, outcome: Promise.resolve(action.run(call)) };
}

/** Resolves when the process is gone; its parent may not have taken notice of that yet. */
async function untilGone(pid: number): Promise<void> {
  while (await isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }

  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) [ZX] /.test(stat);
}

const STUBBORN = `process.on('SIGTERM', () => console.log('got SIGTERM')); setInterval(() => {}, 1e6);`;

/** A program with a child of its own; both print their process id once they are set up. */
const familyOf = (parent: string, child: string, stdio = 'inherit') => `
  import { spawn } from 'node:child_process';
  ${parent}
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(`${child}; process.send?.(0)`)}], {
    stdio: ['ignore', '${stdio}', '${stdio}', 'ipc'],
  });
  child.once('message', () => { child.disconnect(); child.unref(); console.log('grandchild ' + child.pid) });
`;

const grandchildOf = (call: { readonly logged: readonly { readonly text: string }[] }) =>
  Number(/grandchild (\d+)/.exec(call.logged.map(({ text }) => text).join('\n'))?.[1]);

describe('an aborted command', () => {
  it('gets SIGTERM and may end in its own way', async () => {
    const command = await place.script(
      'a.mjs',
      `process.on('SIGTERM', () => { console.log('saved'); process.exit(0) });
       setInterval(() => {}, 1e6); console.log('up')`,
    );
    const { call, abort, outcome } = start({ command });
    await call.untilLogged('up');
    abort.abort();
    const ended = await outcome;
    expect(ended.status).toBe('cancelled');
    expect(outputOf(ended)).toMatchObject({ exit_code: 0, stdout: 'up\nsaved\n' });
  });

  it('is killed with all of its children when the grace time is over', async () => {
    const command = await place.script('a.mjs', familyOf(STUBBORN, STUBBORN));
    const { call, abort, clock, outcome } = start({ command });
    await call.untilLogged('grandchild');
    abort.abort(new DOMException('too slow', 'TimeoutError'));
    await call.untilLogged('got SIGTERM');
    clock.elapse(GRACE_MS);
    const ended = await outcome;
    expect(ended.status).toBe('timeout');
    expect(errorOf(ended)).toMatchObject({ classification: 'timeout', type: 'timeout' });
    expect(outputOf(ended).signal).toBe('SIGKILL');
    await untilGone(grandchildOf(call));
  });

  it('gives a silent grandchild the grace time too, although the program has ended', async () => {
    const parent = `process.on('SIGTERM', () => { console.log('bye'); process.exit(0) });
      setInterval(() => {}, 1e6);`;
    const child = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)`;
    const command = await place.script('a.mjs', familyOf(parent, child, 'ignore'));
    const { call, abort, clock, outcome } = start({ command });
    await call.untilLogged('grandchild');
    abort.abort();
    await call.untilLogged('bye');
    process.kill(grandchildOf(call), 0);
    let ended = false;
    void outcome.then(() => {
      ended = true;
    });
    while (!ended) {
      // The timer is only there from the abort on; what it kills is what is being waited for.
      clock.elapse(GRACE_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await untilGone(grandchildOf(call));
  });

  it('is not started at all when the signal came first', async () => {
    const { abort, outcome } = start({ command: await place.script('a.mjs', `console.log(1)`) });
    abort.abort();
    const ended = await outcome;
    expect(ended.status).toBe('cancelled');
    expect(ended).not.toHaveProperty('output');
  });
});

describe('a process that is left behind', () => {
  it('ends with the command when it does not hold the output open', async () => {
    const command = await place.script(
      'a.mjs',
      familyOf('', `setInterval(() => {}, 1e6)`, 'ignore'),
    );
    const { call, outcome } = start({ command });
    expect((await outcome).status).toBe('completed');
    await untilGone(grandchildOf(call));
  });

  it('is killed after a while when it does', async () => {
    const command = await place.script('a.mjs', familyOf('', STUBBORN));
    const { call, clock, outcome } = start({ command });
    await call.untilLogged('grandchild');
    const done = outcome.then(() => true);
    while (!(await Promise.race([done, new Promise((r) => setImmediate(r, false))]))) {
      clock.elapse(DEFAULT_GRACE_MS);
    }
    expect((await outcome).status).toBe('completed');
    await untilGone(grandchildOf(call));
  });

  it('cannot hold up the end even from a process group of its own', async () => {
    const command = await place.script(
      'a.mjs',
      familyOf('', `setInterval(() => {}, 1e6)`).replace('stdio:', 'detached: true, stdio:'),
    );
    const { call, clock, outcome } = start({ command });
    await call.untilLogged('grandchild');
    const done = outcome.then(() => true);
    while (!(await Promise.race([done, new Promise((r) => setImmediate(r, false))]))) {
      clock.elapse(DEFAULT_GRACE_MS);
      clock.elapse(COMMAND_LIMITS.pipeCloseMs);
    }
    process.kill(grandchildOf(call), 'SIGKILL');
    expect((await outcome).status).toBe('completed');
  });
});

describe('a server that is killed', () => {
  it('takes its commands with it where the system can do that', async (context) => {
    if ((await orphanGuard()).length === 0) return context.skip();
    const pidFile = join(place.folder, 'pid');
    const command = await place.script(
      'command.mjs',
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
       console.log('up'); setInterval(() => {}, 1e6)`,
    );
    const server = await place.script(
      'server.ts',
      `import { commandRun } from ${JSON.stringify(join(import.meta.dirname, 'command-run.ts'))};
       const clock = { wall: () => 0, mono: () => 0, after: () => () => {} };
       const action = commandRun({ allow: 'any', environment: {}, clock });
       void action.run({ with: { command: ${JSON.stringify(command)} }, graceMs: 0,
         signal: new AbortController().signal, log: (_, text) => console.log(text) });`,
    );
    const [program = '', ...args] = server;
    const process_ = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(process_.stdout, 'data');
    const pid = Number(await readFile(pidFile, 'utf8'));
    process.kill(pid, 0);
    process_.kill('SIGKILL');
    await untilGone(pid);
  });
});

it('uses the clock it was given for durations', async () => {
  const action = commandRun({
    allow: 'any',
    environment: {},
    clock: {
      ...manualClock(),
      mono: (() => {
        let now = 0;
        return () => (now += 250);
      })(),
    },
  });
  const outcome = await action.run(callWith({ command: [process.execPath, '-v'] }));
  expect(outputOf(outcome).duration_ms).toBe(250);
});
