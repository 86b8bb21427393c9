import type { Json } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { draftOf, givenDraftOf, readDraft, saidBelow, withUnasked } from './schema-draft.ts';
import { type Field, fieldOf } from './schema-form.ts';

const kinds = (field: Field) =>
  field.kind === 'group'
    ? Object.fromEntries(field.fields.map((one) => [one.name, one.kind]))
    : field.kind;
/** What a form comes to that nobody has touched, or with some of its fields filled in. */
const filled = (schema: unknown, typed: Readonly<Record<string, string>> = {}) => {
  const field = fieldOf(schema);
  const draft = draftOf(field);
  return readDraft(field, typeof draft === 'object' ? { ...draft, ...typed } : draft);
};

describe('a form of a schema', () => {
  it('has a field for whatever can be drawn', () => {
    const properties = {
      text: { type: 'string' },
      count: { type: 'integer' },
      share: { type: ['number', 'null'] },
      sure: { type: 'boolean' },
      region: { enum: ['eu', 'us'] },
      fixed: { const: 1 },
      tags: { type: 'array', items: { type: 'string' } },
      limits: { type: 'object', properties: { cpu: { type: 'number' } } },
      perhaps: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    };
    expect(kinds(fieldOf({ type: 'object', properties }))).toEqual({
      ...{ text: 'text', count: 'number', share: 'number', sure: 'boolean', region: 'choice' },
      ...{ fixed: 'choice', tags: 'list', limits: 'group', perhaps: 'text' },
    });
  });

  it('asks for JSON where nothing else can be drawn', () => {
    for (const schema of [
      null,
      true,
      {},
      { type: 'object' },
      { type: 'object', additionalProperties: { type: 'string' } },
      { oneOf: [{ type: 'string' }, { type: 'number' }] },
      { type: ['string', 'number'] },
      { type: 'array', items: [{ type: 'string' }] },
      { $ref: 'https://example.com/other.json' },
    ]) {
      expect([schema, fieldOf(schema).kind]).toEqual([schema, 'json']);
    }
  });

  it('takes what says no type to be what its default is', () => {
    const properties = {
      goal: { default: 'all' },
      share: { default: 0.8 },
      sources: { default: [] },
    };
    expect(kinds(fieldOf({ properties }))).toEqual({
      goal: 'text',
      share: 'number',
      sources: 'list',
    });
  });

  it('takes no parameters where none is allowed', () => {
    expect(fieldOf(false)).toMatchObject({ kind: 'group', fields: [] });
  });

  it('follows references within the schema, and ends in one that goes round', () => {
    const schema = {
      $defs: {
        port: { type: 'integer', maximum: 65_535 },
        tree: { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } },
      },
      properties: { port: { $ref: '#/$defs/port' }, tree: { $ref: '#/$defs/tree' } },
    };
    expect(kinds(fieldOf(schema))).toEqual({ port: 'number', tree: 'group' });
  });
});

describe('what a form comes to', () => {
  const schema = {
    type: 'object',
    required: ['service', 'regions'],
    properties: {
      service: { type: 'string', pattern: '^[a-z]+$' },
      replicas: { type: 'integer', minimum: 1, default: 2 },
      regions: { type: 'array', items: { enum: ['eu', 'us'] }, default: ['eu'] },
      limits: { type: 'object', required: ['cpu'], properties: { cpu: { type: 'number' } } },
      labels: { type: 'object' },
    },
  };

  it('has the defaults, and leaves out what nobody has filled in', () => {
    expect(filled(schema, { service: 'shop' })).toEqual({
      value: { service: 'shop', replicas: 2, regions: ['eu'] },
      problems: [],
    });
  });

  it.each([
    [{ service: '' }, '/service', 'required'],
    [{ service: 'Shop' }, '/service', 'pattern'],
    [{ service: 'a', replicas: 'two' }, '/replicas', 'number'],
    [{ service: 'a', replicas: '1.5' }, '/replicas', 'whole'],
    [{ service: 'a', replicas: '0' }, '/replicas', 'small'],
    [{ service: 'a', labels: '{' }, '/labels', 'json'],
  ])('says of %j what is wrong, and where', (typed, pointer, kind) => {
    expect(filled(schema, typed).problems).toMatchObject([{ pointer, kind }]);
  });

  it('is what it was made of', () => {
    const field = fieldOf(schema);
    const value: Json = {
      ...{ service: 'shop', replicas: 3, regions: ['us', 'eu'], limits: { cpu: 0.5 } },
      labels: { team: 'a' },
    };
    expect(readDraft(field, draftOf(field, value)).value).toEqual(value);
  });

  it('may leave out an object that has needed fields, but not half of it', () => {
    const field = fieldOf({
      properties: {
        limits: {
          ...{ type: 'object', required: ['cpu'] },
          properties: { cpu: { type: 'number' }, memory: { type: 'integer' } },
        },
      },
    });
    expect(readDraft(field, { limits: {} })).toEqual({ value: {}, problems: [] });
    expect(readDraft(field, { limits: { memory: '5' } }).problems).toMatchObject([
      { pointer: '/limits/cpu', kind: 'required' },
    ]);
  });

  it('names fields by their pointers, whatever they are called', () => {
    const field = fieldOf({ properties: { 'a/b~c': { type: 'number' } } });
    expect(readDraft(field, { 'a/b~c': 'x' }).problems[0]?.pointer).toBe('/a~1b~0c');
  });

  it('of a value that was given leaves out what that leaves out, and keeps what it does not ask for', () => {
    const field = fieldOf(schema);
    const before = { service: 'shop', beside: { a: 1 } };
    const { value, problems } = readDraft(field, givenDraftOf(field, before));
    expect(problems).toEqual([]);
    expect(withUnasked(field, value, before)).toEqual(before);
    expect(readDraft(field, { service: 'shop', regions: [] }).value).toMatchObject({ regions: [] });
  });

  it('is told by the server what is wrong below its place', () => {
    const field = fieldOf({
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'string' } }, b: { type: 'object' } },
    });
    const paths = ['/params/a/0', '/params', '/params/other', '/params/b/c', '/paramsel', '/name'];
    const said = saidBelow(
      field,
      '/params',
      paths.map((path) => ({ path, message: 'no' })),
    );
    expect([...said]).toEqual([
      ['/a/0', 'no'],
      ['', 'no other no'],
      ['/b', 'c no'],
    ]);
  });
});
