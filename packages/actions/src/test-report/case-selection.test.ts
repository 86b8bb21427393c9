import type { TestSelect } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../command/refusal.ts';
import { caseText, selectingCommand } from './case-selection.ts';

const LOGIN = { name: 'logs in', classname: 'shop.Login', file: 'login.test.ts' };
const LOGOUT = { name: 'logs out', classname: 'shop.Login', file: 'login.test.ts' };

function commandFor(select: TestSelect | undefined, selection: object, command = ['run']) {
  return selectingCommand(command, { select, suite: 'web' }, selection);
}

describe('a case on the command line', () => {
  it.each([
    [undefined, 'logs in'],
    ['{file}', 'login.test.ts'],
    ['{classname}#{name}', 'shop.Login#logs in'],
    ['{suite}/{name} {other} {{name}}', 'web/logs in {other} {logs in}'],
  ])('named by %s is %s', (naming, text) => {
    const select = { case_args: ['{case}'], ...(naming !== undefined && { case: naming }) };
    expect(caseText(select, 'web', LOGIN)).toBe(text);
  });

  it('has no name when it lacks what the naming asks for', () => {
    const select: TestSelect = { case: '{file}', case_args: ['{case}'] };
    expect(caseText(select, '', { name: 'a' })).toBeUndefined();
    expect(caseText(select, '', { name: 'a', file: null })).toBeUndefined();
    expect(caseText({ ...select, case: '{suite}' }, '', LOGIN)).toBeUndefined();
  });

  it('is not read as a template again', () => {
    const select: TestSelect = { case: '{classname}{name}', case_args: ['-t={cases}', '$&'] };
    const test = { name: '{file} $& {case} $1', classname: '{name}' };
    expect(commandFor(select, { cases: [test] })).toEqual([
      'run',
      '-t={name}{file} $& {case} $1',
      '$&',
    ]);
  });

  it('means itself in a regular expression, whatever it holds', () => {
    const select: TestSelect = { case_args: ['^({cases})$'], escape: 'regex' };
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (name, other) => {
        const [, pattern = ''] = commandFor(select, { cases: [{ name }, { name: 'second' }] });
        const regex = new RegExp(pattern);
        expect(regex.test(name)).toBe(true);
        expect(regex.test(other)).toBe(other === name || other === 'second');
      }),
    );
  });
});

describe('a command that selects cases', () => {
  it('gives its arguments once for each case, or once for all of them', () => {
    const each: TestSelect = { case_args: ['-t', '{case}'] };
    expect(commandFor(each, { cases: [LOGIN, LOGOUT] })).toEqual([
      ...['run', '-t', 'logs in', '-t', 'logs out'],
    ]);
    const joined: TestSelect = { case: '{name}', case_args: ['-run=^({cases})$'], join: ',' };
    expect(commandFor(joined, { cases: [LOGIN, LOGOUT] })).toEqual([
      'run',
      '-run=^(logs in,logs out)$',
    ]);
  });

  it('names what several cases share once', () => {
    const files: TestSelect = { case: '{file}', case_args: ['{case}'] };
    expect(commandFor(files, { cases: [LOGIN, LOGOUT] })).toEqual(['run', 'login.test.ts']);
  });

  it('has them at their place, which is nothing where nothing is selected', () => {
    const select: TestSelect = { case_args: ['{case}'] };
    const command = ['run', '{case_args}', '.'];
    expect(commandFor(select, { cases: [LOGIN] }, command)).toEqual(['run', 'logs in', '.']);
    expect(commandFor(select, {}, command)).toEqual(['run', '.']);
    expect(commandFor(undefined, { cases: null, skip: [] }, command)).toEqual(['run', '.']);
  });

  it('can leave cases out', () => {
    const select: TestSelect = { case_args: ['{case}'], skip_args: ['--not={case}'] };
    expect(commandFor(select, { cases: null, skip: [LOGIN, LOGOUT] })).toEqual([
      ...['run', '--not=logs in', '--not=logs out'],
    ]);
  });

  it.each<[string, TestSelect | undefined, object, RegExp]>([
    ['nothing says how', undefined, { cases: [LOGIN] }, /say in `select`/],
    ['nothing says how to leave out', { case_args: ['{case}'] }, { skip: [LOGIN] }, /say in/],
    [
      'a case lacks its file',
      { case: '{file}', case_args: ['{case}'] },
      { cases: [{ name: 'a' }] },
      /"a" lacks/,
    ],
    [
      'a case looks like an option',
      { case_args: ['{case}'] },
      { cases: [{ name: '--help' }] },
      /option/,
    ],
  ])('is refused where %s', (_, select, selection, said) => {
    expect(() => commandFor(select, selection)).toThrow(Refusal);
    expect(() => commandFor(select, selection)).toThrow(said);
  });
});
