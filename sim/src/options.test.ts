import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('the command line', () => {
  it('simulates a thousand seeds when nothing is said', () => {
    expect(readOptions([])).toEqual({
      ...{ mode: 'seeds', from: 1, count: 1_000, postgres: false },
    });
  });

  it('takes how many seeds, and from where', () => {
    const options = readOptions(['--seeds', '20', '--from', '7']);
    expect(options).toMatchObject({ mode: 'seeds', from: 7, count: 20 });
  });

  it('shows one seed, or looks for planted bugs', () => {
    expect(readOptions(['--seed', '42'])).toMatchObject({ mode: 'replay', seed: 42 });
    expect(readOptions(['--planted'])).toEqual({ mode: 'planted', most: 2_000 });
    expect(readOptions(['-h'])).toEqual({ mode: 'help' });
  });

  it('simulates beside PostgreSQL when asked to, and fewer then', () => {
    expect(readOptions(['--postgres'])).toMatchObject({ count: 100, postgres: true });
    expect(readOptions(['--postgres', '--seeds', '5'])).toMatchObject({ count: 5 });
    expect(readOptions(['--seed', '5', '--postgres'])).toMatchObject({ postgres: true });
  });

  it('refuses what it does not know', () => {
    expect(() => readOptions(['--seed', 'x'])).toThrow(RangeError);
    expect(() => readOptions(['--sead', '1'])).toThrow(TypeError);
  });
});
