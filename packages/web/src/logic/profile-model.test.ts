import type { Json, JsonObject } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editOf, type Stroke, strokes } from './profile-model.fixture.ts';
import { listAt, outlineOf, textAt } from './profile-model.ts';
import { faultsOf } from './profile-model-checks.ts';
import { applyEdit } from './profile-model-edits.ts';
import { begun, edited, type History, redone, undone } from './profile-model-history.ts';
import { reservedIds } from './profile-model-ids.ts';
import { printSource, readSource } from './profile-source.ts';

const FIRST: JsonObject = {
  name: 'first',
  'x-unknown': { kept: [1, null, { deep: true }] },
  phases: [
    { id: 'planning', agents: [{ id: 'plan', prompt: 'Plan', 'x-own': 1 }] },
    {
      id: 'building',
      agents: [
        { id: 'build', uses: 'transform.cel', with: { expression: "steps['planning/plan']" } },
      ],
      gates: [{ id: 'files', type: 'artifact_required', path: 'artifacts/building/*' }],
    },
    { id: 'telling', needs: ['planning', 'building'], agents: [{ id: 'tell', prompt: 'Tell' }] },
  ],
};

function drawn(first: JsonObject, all: readonly Stroke[]): History<JsonObject> {
  let history = begun(first);
  for (const stroke of all) {
    const { doc } = applyEdit(history.present, editOf(history.present, stroke));
    history = edited(history, doc);
  }
  return history;
}

function docOf(text: string): JsonObject {
  const read = readSource(text);
  if ('fault' in read) throw new Error(read.fault.message);
  return read.doc;
}

describe('a document', () => {
  it('of any kind means the same after it was printed and read', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const doc: JsonObject = JSON.parse(JSON.stringify(value));
        expect(docOf(printSource(doc, 'yaml'))).toEqual(doc);
        expect(docOf(printSource(doc, 'json'))).toEqual(doc);
      }),
    );
  });

  it('is the same after any edits, once it was saved and read', () => {
    fc.assert(
      fc.property(strokes, (all) => {
        const doc = drawn(FIRST, all).present;
        expect(docOf(printSource(doc, 'yaml'))).toEqual(doc);
        expect(doc['x-unknown']).toBe(FIRST['x-unknown']);
      }),
    );
  });

  it('that nobody has changed is the same object', () => {
    const { doc } = applyEdit(FIRST, { do: 'rename', place: '/phases/0', id: 'building' });
    expect(doc).toBe(FIRST);
  });
});

describe('taking back', () => {
  it('is exact, and so is doing it again', () => {
    fc.assert(
      fc.property(strokes, (all) => {
        const end = drawn(FIRST, all);
        let history = end;
        while (history.past.length > 0) history = undone(history);
        expect(history.present).toBe(FIRST);
        while (history.future.length > 0) history = redone(history);
        expect(history.present).toBe(end.present);
      }),
    );
  });

  it('takes the letters of one word together', () => {
    const typed = ['a', 'ab', 'abc'].reduce(
      (history, text) => edited(history, text, 'name'),
      begun(''),
    );
    expect(undone(typed).present).toBe('');
    expect(undone(edited(typed, 'x', 'title')).present).toBe('abc');
  });
});

describe('ids', () => {
  it('are never there twice, whatever is done', () => {
    fc.assert(
      fc.property(strokes, (all) => {
        const doc = drawn(FIRST, all).present;
        for (const phase of [doc, ...listAt(doc, 'phases')]) {
          for (const list of ['phases', 'agents', 'gates']) expectUnique(listAt(phase, list));
        }
      }),
    );
  });

  it('are not those that a phase has itself', () => {
    const doc = applyEdit(FIRST, { do: 'rename', place: '/phases/0/agents/0', id: 'next' }).doc;
    expect(doc).toBe(FIRST);
    const [phase] = listAt(FIRST, 'phases');
    expect(reservedIds({ kind: 'agent', phase })).toContain('approve');
  });
});

function expectUnique(parts: readonly Json[]): void {
  const ids = parts.map((part) => textAt(part, 'id')).filter((id) => id !== '');
  expect(new Set(ids).size).toBe(ids.length);
}

const BROKEN: readonly string[] = ['circle', 'self', 'unknown-phase', 'unknown-agent'];

describe('the ways between phases', () => {
  const needs = (doc: JsonObject) =>
    Object.fromEntries(outlineOf(doc).phases.map(({ id, needs: before }) => [id, before]));

  it('stay when phases change places', () => {
    const { doc, at } = applyEdit(FIRST, { do: 'move', place: '/phases/1', by: -1 });
    expect([needs(doc), at]).toEqual([needs(FIRST), '/phases/0']);
  });

  it('lead past a phase that is removed', () => {
    const { doc } = applyEdit(FIRST, { do: 'remove', place: '/phases/1' });
    expect(needs(doc)).toEqual({ planning: [], telling: ['planning'] });
  });

  it('lead to a phase that is added behind another one, and no further', () => {
    const { doc } = applyEdit(FIRST, { do: 'add-phase', after: '/phases/0' });
    expect(needs(doc)).toEqual({ ...needs(FIRST), phase: ['planning'] });
  });

  it('never go in a circle, nor to what is not there', () => {
    const back = { do: 'connect', from: '/phases/2', to: '/phases/0' } as const;
    expect(applyEdit(FIRST, back).doc).toBe(FIRST);
    fc.assert(
      fc.property(strokes, (all) => {
        const faults = faultsOf(drawn(FIRST, all).present);
        expect(faults.filter(({ kind }) => BROKEN.includes(kind))).toEqual([]);
      }),
    );
  });

  it('are told where they do go in one', () => {
    const doc = docOf('name: x\nphases:\n- {id: a, needs: [b]}\n- {id: b, needs: [a]}\n');
    expect(faultsOf(doc)).toContainEqual({
      ...{ place: '/phases/0/needs', kind: 'circle', about: 'b → a → b' },
    });
  });
});

describe('a name', () => {
  it('is followed by all that names it', () => {
    const { doc } = applyEdit(FIRST, { do: 'rename', place: '/phases/0', id: 'scoping' });
    expect(JSON.stringify(doc)).not.toContain('planning');
    const named = applyEdit(doc, { do: 'rename', place: '/phases/1', id: 'making' }).doc;
    expect(JSON.stringify(named)).toContain('artifacts/making/*');
    const agent = applyEdit(named, { do: 'rename', place: '/phases/0/agents/0', id: 'author' }).doc;
    expect(JSON.stringify(agent)).toContain("steps['scoping/author']");
    expect(applyEdit(doc, { do: 'rename', place: '/phases/0', id: '' }).doc).toBe(doc);
  });
});

describe('a gate', () => {
  it('of another type keeps what both have, and what nobody knows', () => {
    const gate = { id: 'files', type: 'artifact_required', path: 'x', min_count: 2, 'x-own': 1 };
    const doc: JsonObject = { phases: [{ id: 'a', agents: [], gates: [gate] }] };
    const place = '/phases/0/gates/0';
    const next = applyEdit(doc, { do: 'gate-type', place, type: 'artifact_pattern' }).doc;
    expect(next).toEqual({
      phases: [
        {
          id: 'a',
          agents: [],
          gates: [{ id: 'files', type: 'artifact_pattern', path: 'x', 'x-own': 1 }],
        },
      ],
    });
  });
});
