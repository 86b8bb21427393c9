import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('the command line', () => {
  it('simulates a thousand seeds when nothing is said', () => {
    expect(readOptions([])).toEqual({ mode: 'seeds', from: 1, count: 1_000 });
  });

  it('takes how many seeds, and from where', () => {
    const options = readOptions(['--seeds', '20', '--from', '7']);
    expect(options).toEqual({ mode: 'seeds', from: 7, count: 20 });
  });

  it('shows one seed, or looks for planted bugs', () => {
    expect(readOptions(['--seed', '42'])).toEqual({ mode: 'replay', seed: 42 });
    expect(readOptions(['--planted'])).toEqual({ mode: 'planted', most: 2_000 });
    expect(readOptions(['-h'])).toEqual({ mode: 'help' });
  });

  it('refuses what it does not know', () => {
    expect(() => readOptions(['--seed', 'x'])).toThrow(RangeError);
    expect(() => readOptions(['--sead', '1'])).toThrow(TypeError);
  });
});
