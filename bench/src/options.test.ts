import { describe, expect, test } from 'vitest';
import { readOptions } from './options.ts';

const known = ['single', 'hop'];

describe('the command line', () => {
  test('measures everything three times unless told otherwise', () => {
    expect(readOptions([], known)).toEqual({
      runs: 3,
      only: [],
      json: undefined,
      quick: false,
      help: false,
    });
  });

  test('measures once when it is quick, and as often as it is told in any case', () => {
    expect(readOptions(['--quick'], known)).toMatchObject({ runs: 1, quick: true });
    expect(readOptions(['--quick', '--runs', '4'], known)).toMatchObject({ runs: 4 });
  });

  test('names benchmarks and a file', () => {
    const words = ['--only', 'hop', '--only', 'single', '--json', 'results/a.json'];
    expect(readOptions(words, known)).toMatchObject({
      only: ['hop', 'single'],
      json: 'results/a.json',
    });
  });

  test.each([['0'], ['-1'], ['1.5'], ['many'], [''], ['1001']])('refuses %j rounds', (runs) => {
    expect(() => readOptions([`--runs=${runs}`], known)).toThrow('--runs is a whole number');
  });

  test('says which benchmarks there are when it does not know one', () => {
    expect(() => readOptions(['--only', 'hops'], known)).toThrow(
      'There is no benchmark "hops". There are: single, hop.',
    );
  });

  test.each([['--fast'], ['single']])('refuses %s', (word) => {
    expect(() => readOptions([word], known)).toThrow();
  });
});
