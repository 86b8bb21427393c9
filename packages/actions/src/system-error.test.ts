import { describe, expect, it, test } from 'vitest';
import { errorCode, machineTrouble, rethrowMachineTrouble } from './system-error.ts';

const withCode = (code: unknown) => Object.assign(new Error('it failed'), { code });

describe('a code of the system', () => {
  test.each([
    ['ENOMEM', 'resource_exhausted'],
    ['EMFILE', 'resource_exhausted'],
    ['ENFILE', 'resource_exhausted'],
    ['ENOBUFS', 'resource_exhausted'],
    ['ENOSPC', 'resource_exhausted'],
    ['EDQUOT', 'resource_exhausted'],
    ['EAGAIN', 'resource_exhausted'],
    ['ETXTBSY', 'transient'],
    ['EBUSY', 'transient'],
    ['ESTALE', 'transient'],
    ['EIO', 'infrastructure'],
    ['ENOENT', undefined],
    ['EACCES', undefined],
    ['', undefined],
  ])('%s is %s', (code, classification) => {
    expect(machineTrouble(code)).toBe(classification);
  });

  it('is found on errors that have one, and on nothing else', () => {
    expect(errorCode(withCode('ENOMEM'))).toBe('ENOMEM');
    for (const thrown of [
      withCode(7),
      withCode(undefined),
      new Error('x'),
      { code: 'EIO' },
      null,
    ]) {
      expect(errorCode(thrown)).toBe('');
    }
  });

  it('of the machine is passed on, and one of the file is not', () => {
    expect(() => rethrowMachineTrouble(withCode('EMFILE'))).toThrow('it failed');
    expect(() => rethrowMachineTrouble(withCode('ENOENT'))).not.toThrow();
    expect(() => rethrowMachineTrouble('EMFILE')).not.toThrow();
  });
});
