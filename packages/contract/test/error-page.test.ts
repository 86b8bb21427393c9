import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERRORS } from '../src/errors.ts';
import { errorPage, PAGE } from './error-page.ts';

it('the page of errors is what the table says: its script writes it anew', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(errorPage());
});

it('every error has a row of four cells', () => {
  const rows = errorPage()
    .split('\n')
    .filter((line) => /^\| \d{3} \|/.test(line));
  expect(rows).toHaveLength(Object.keys(ERRORS).length);
  for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(6);
  for (const [code, [status]] of Object.entries(ERRORS)) {
    expect(rows.filter((row) => row.startsWith(`| ${status} | \`${code}\` |`))).toHaveLength(1);
  }
});
