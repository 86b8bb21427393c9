import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from './command.fixture.ts';
import { childEnvironment } from './environment.ts';
import type { CommandOptions } from './options.ts';

const server = {
  PATH: '/bin',
  HOME: '/home/nobody',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  TMPDIR: undefined,
  JWT_SECRET_KEY: 'sesame',
  DATABASE_URL: 'postgres://sesame',
};

const options = (rest: Partial<CommandOptions> = {}): CommandOptions => ({
  allow: 'any',
  environment: server,
  clock: manualClock(),
  ...rest,
});

const entries = (environment: Readonly<Record<string, string>>) => ({ ...environment });

describe('the environment of a command', () => {
  it('has the harmless variables of the server that are set', () => {
    expect(entries(childEnvironment(options()))).toEqual({
      PATH: '/bin',
      HOME: '/home/nobody',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
    });
  });

  it('has just what the operator names, which may be nothing', () => {
    expect(entries(childEnvironment(options({ envAllow: [] })))).toEqual({});
    const environment = childEnvironment(options({ envAllow: ['TZ', 'UNKNOWN', 'toString'] }));
    expect(entries(environment)).toMatchObject({ TZ: 'UTC' });
    expect(environment).not.toHaveProperty('UNKNOWN');
  });

  it('has the variables of the command over those of the server', () => {
    const environment = childEnvironment(options(), { TZ: 'Europe/Lisbon', EMPTY: '' });
    expect(environment).toMatchObject({ TZ: 'Europe/Lisbon', EMPTY: '', PATH: '/bin' });
  });

  it('takes a variable of any name that can be passed', () => {
    const own = Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['with space', 'c'],
    ]);
    const environment = childEnvironment(options({ envAllow: [] }), own);
    expect(Object.entries(environment)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['with space', 'c'],
    ]);
  });

  it.each([
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'LD_AUDIT',
    'DYLD_INSERT_LIBRARIES',
  ])('has %s only where any program may be started', (name) => {
    const own = { [name]: 'sesame' };
    expect(() => childEnvironment(options({ allow: ['git'] }), own)).toThrow(
      expect.objectContaining({ type: 'command_not_allowed' }),
    );
    expect(childEnvironment(options(), own)).toMatchObject(own);
  });

  it('never has a secret of the server, and no refusal quotes a value', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('A', 'LD_X', 'A=B', 'A\0', ''));
    const value = fc.constantFrom('sesame', 'sesame\0');
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.boolean(), (own, listed) => {
        try {
          const environment = childEnvironment(options({ allow: listed ? ['git'] : 'any' }), own);
          expect(environment).not.toHaveProperty('JWT_SECRET_KEY');
          expect(environment).not.toHaveProperty('DATABASE_URL');
        } catch (error) {
          expect(String(error)).toMatch(/^Refusal: /);
          expect(String(error)).not.toContain('sesame');
        }
      }),
    );
  });
});
