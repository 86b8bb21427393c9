import { readFileSync } from 'node:fs';
import { createDoctor, INVARIANTS } from '@tenuto/engine';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createDoctorStore } from '../../src/queries/doctor/doctor-store.ts';
import { CHECKS } from '../../src/queries/doctor/registry.ts';
import { doctorPage, PAGE } from './doctor-page.ts';

const pool = new pg.Pool();
const { checks } = createDoctor(createDoctorStore(pool, pool));

it('the page of the doctor is what its checks say: its script writes it anew', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(doctorPage());
});

describe('every check', () => {
  it('has a name of its own, and a row of five cells on the page', () => {
    const rows = doctorPage()
      .split('\n')
      .filter((line) => /^\| `/.test(line));
    expect(rows.map((row) => row.split('`')[1])).toEqual(checks.map(({ name }) => name));
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(7);
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  });

  it('is named by words, and says what it means and does in sentences', () => {
    for (const { name, meaning, repair = 'None.' } of checks) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      for (const sentence of [meaning, repair]) expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('is of an invariant that the page lists, and an error where it is', () => {
    for (const { invariant, severity } of checks) {
      if (invariant === undefined) expect(severity).toBe('warning');
      else expect(Object.keys(INVARIANTS)).toContain(String(invariant));
    }
    const used = new Set(checks.map(({ invariant }) => String(invariant)));
    expect(Object.keys(INVARIANTS).filter((number) => !used.has(number))).toEqual([]);
  });

  it('of the store has a file of its own, named as it is', async () => {
    for (const { name } of CHECKS) {
      const file = `../../src/queries/doctor/${name.replaceAll('_', '-')}.ts`;
      const exported: Record<string, { name?: string }> = await import(file);
      expect(Object.values(exported).map((check) => check.name)).toContain(name);
    }
  });
});
