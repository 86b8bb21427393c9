import { describe, expect, it } from 'vitest';
import { keepOutput } from './kept-output.ts';
import { COMMAND_LIMITS } from './options.ts';
import type { ProcessEnd } from './process-group.ts';
import { abortedBy, lastLines, notStarted, verdict } from './verdict.ts';

const going = { signal: new AbortController().signal, graceMs: 0 };

function ended(end: Partial<ProcessEnd>, stderr = ''): ProcessEnd {
  const kept = keepOutput(10_000);
  kept.write(Buffer.from(stderr));
  return {
    exitCode: 0,
    signal: null,
    stdout: keepOutput(2),
    stderr: kept,
    durationMs: 1,
    aborted: false,
    ...end,
  };
}

describe('the verdict on a command', () => {
  it('is good for every expected exit code and no other', () => {
    expect(verdict(ended({ exitCode: 0 }), going, [0])).toBeUndefined();
    expect(verdict(ended({ exitCode: 2 }), going, [1, 2])).toBeUndefined();
    expect(verdict(ended({ exitCode: 0 }), going, [1])).toMatchObject({
      status: 'failed',
      error: { classification: 'unknown', type: 'exit_code' },
    });
  });

  it('has no colon where there is nothing to quote', () => {
    expect(verdict(ended({ exitCode: 4 }), going, [0])?.error.message).toBe(
      'The command ended with exit code 4.',
    );
  });

  it('is not the exit code when the program could not even be started', () => {
    const end = ended(
      { exitCode: 127 },
      'setpriv: failed to execute /x: No such file or directory\n',
    );
    expect(verdict(end, going, [0])?.error).toMatchObject({
      classification: 'validation',
      type: 'command_not_executable',
    });
    expect(verdict(ended({ exitCode: 127 }, 'sh: x: not found'), going, [0])?.error.type).toBe(
      'exit_code',
    );
  });

  it('is that it was stopped, however it took that', () => {
    for (const end of [ended({ aborted: true }), ended({ aborted: true, signal: 'SIGKILL' })]) {
      expect(verdict(end, going, [0])?.status).toBe('cancelled');
    }
  });

  it.each([
    ['Cannot allocate memory', 'resource_exhausted'],
    ['Resource temporarily unavailable', 'resource_exhausted'],
    ['Too many open files', 'resource_exhausted'],
    ['Text file busy', 'transient'],
  ])('is not that the program is wrong when it was not started for "%s"', (said, classification) => {
    const end = ended({ exitCode: 126 }, `setpriv: failed to execute /x: ${said}\n`);
    expect(verdict(end, going, [0])?.error).toMatchObject({
      classification,
      type: 'command_not_started',
    });
  });

  it.each([
    ['SIGKILL', 'resource_exhausted', 'killed'],
    ['SIGXCPU', 'resource_exhausted', 'signal'],
    ['SIGXFSZ', 'resource_exhausted', 'signal'],
    ['SIGSEGV', 'unknown', 'signal'],
    ['SIGABRT', 'unknown', 'signal'],
    ['SIGTERM', 'unknown', 'signal'],
  ] as const)('on an end by %s is %s, %s', (signal, classification, type) => {
    const { error } = verdict(ended({ exitCode: null, signal }), going, [0]) ?? {};
    expect(error).toMatchObject({ classification, type, details: { signal } });
  });

  it.each([
    [1, 'unknown'],
    [127, 'unknown'],
    [137, 'resource_exhausted'],
    [143, 'unknown'],
  ])('on the exit code %d is %s: a shell says so that its program was killed', (exitCode, classification) => {
    expect(verdict(ended({ exitCode }), going, [0])?.error).toMatchObject({
      classification,
      type: 'exit_code',
      details: { exit_code: exitCode },
    });
  });
});

describe('an aborted attempt', () => {
  const by = (reason: unknown) => abortedBy({ signal: AbortSignal.abort(reason), graceMs: 0 });

  it.each([
    ['nothing', undefined, 'cancelled'],
    ['a word', 'cancel', 'cancelled'],
    ['an error', new Error('stop'), 'cancelled'],
    ['the word of a timeout', 'timeout', 'timeout'],
    ['the error of a timeout', new DOMException('late', 'TimeoutError'), 'timeout'],
  ])('by %s is %j: %s', (_what, reason, status) => {
    expect(by(reason)).toMatchObject({ status, error: { type: status } });
  });

  it('says neither who nor why, which may be anything', () => {
    expect(JSON.stringify(by(new Error('sesame')))).not.toContain('sesame');
  });
});

describe('a command that the system does not start', () => {
  it.each([
    ['ENOENT', 'validation', 'command_not_found'],
    ['EACCES', 'validation', 'command_not_executable'],
    ['ENOEXEC', 'validation', 'command_not_executable'],
    ['E2BIG', 'validation', 'command_too_long'],
    ['EAGAIN', 'resource_exhausted', 'command_not_started'],
    ['ENOMEM', 'resource_exhausted', 'command_not_started'],
    ['EMFILE', 'resource_exhausted', 'command_not_started'],
    ['ENFILE', 'resource_exhausted', 'command_not_started'],
    ['ENOSPC', 'resource_exhausted', 'command_not_started'],
    ['ETXTBSY', 'transient', 'command_not_started'],
    ['ENOTDIR', 'validation', 'command_not_executable'],
    ['EIO', 'infrastructure', 'command_not_started'],
  ])('for %s is %s, %s', (code, classification, type) => {
    const error = Object.assign(new Error('spawn /bin/x --password=sesame'), { code });
    expect(notStarted(error)).toMatchObject({ classification, type });
    expect(notStarted(error).message).not.toContain('sesame');
  });

  it('for something that is no system error is the fault of the machinery', () => {
    expect(notStarted('sesame')).toMatchObject({ classification: 'infrastructure' });
    expect(JSON.stringify(notStarted('sesame'))).not.toContain('sesame');
  });
});

describe('the last lines', () => {
  it('are a few, without the empty ones', () => {
    expect(lastLines('1\n2\n3\n\n4\n\n5\n6\n  \n')).toBe('2\n3\n4\n5\n6');
    expect(lastLines('')).toBe('');
    expect(lastLines('\n \n')).toBe('');
  });

  it('are of bounded length, without halves of characters', () => {
    const text = lastLines('😀'.repeat(5_000));
    expect(text.length).toBeLessThanOrEqual(COMMAND_LIMITS.quotedChars);
    expect(text.isWellFormed()).toBe(true);
    expect(lastLines(`x${'😀'.repeat(5_000)}x`).isWellFormed()).toBe(true);
  });
});
