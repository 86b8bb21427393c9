/** What ships is drawn, printed and read without a loss. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editOf, strokes } from '../src/logic/profile-model.fixture.ts';
import { faultsOf } from '../src/logic/profile-model-checks.ts';
import { applyEdit } from '../src/logic/profile-model-edits.ts';
import { begun, edited, undone } from '../src/logic/profile-model-history.ts';
import { printSource, readSource } from '../src/logic/profile-source.ts';

const folder = join(import.meta.dirname, '../../server/profiles');
const SHIPPED = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

function docOf(text: string) {
  const read = readSource(text);
  if ('fault' in read) throw new Error(read.fault.message);
  return read.doc;
}

it('there are three of them', () => {
  expect(SHIPPED).toHaveLength(3);
});

it.each(SHIPPED)('%s means the same after it was printed and read', (_name, text) => {
  const doc = docOf(text);
  expect(docOf(printSource(doc, 'yaml'))).toEqual(doc);
  expect(docOf(printSource(doc, 'json'))).toEqual(doc);
  expect(faultsOf(doc)).toEqual([]);
});

it.each(SHIPPED)('%s is itself again when all edits were taken back', (_name, text) => {
  const doc = docOf(text);
  fc.assert(
    fc.property(strokes, (all) => {
      let history = begun(doc);
      for (const stroke of all) {
        const { present } = history;
        history = edited(history, applyEdit(present, editOf(present, stroke)).doc);
      }
      expect(docOf(printSource(history.present, 'yaml'))).toEqual(history.present);
      while (history.past.length > 0) history = undone(history);
      expect(history.present).toBe(doc);
    }),
    { numRuns: 30 },
  );
});
