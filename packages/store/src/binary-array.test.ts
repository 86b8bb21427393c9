import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  boolArray,
  byteaArray,
  float8Array,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  timeArray,
  uuidArray,
} from './binary-array.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ ...database.connection });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What PostgreSQL makes of an array, element by element as text. */
async function received(array: Buffer, type: string, shown = 'e::text'): Promise<unknown[]> {
  const { rows } = await client.query<{ shown: unknown }>(
    `select ${shown} as shown from unnest($1::${type}[]) with ordinality t(e, n) order by n`,
    [array],
  );
  return rows.map((row) => row.shown);
}

async function holds<T>(
  element: fc.Arbitrary<T>,
  check: (values: T[]) => Promise<{ got: unknown; wanted: unknown }>,
): Promise<void> {
  const arrays = fc.array(element, { maxLength: 40 });
  const property = fc.asyncProperty(arrays, async (values) => {
    const { got, wanted } = await check(values);
    expect(got).toEqual(wanted);
  });
  await fc.assert(property, { numRuns: 60 });
}

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 4 });
/** Text as PostgreSQL takes it: any characters, half ones and NUL left out. */
const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .map((raw) => raw.replaceAll('\0', '').toWellFormed());

const bytesOf = (id: string | undefined) =>
  id === undefined ? undefined : Buffer.from(id.replaceAll('-', ''), 'hex');

describe('an array in the binary format arrives as it was sent', () => {
  test('of 16-bit numbers', () =>
    holds(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }), async (values) => ({
      got: await received(int2Array(values), 'int2'),
      wanted: values.map(String),
    })));

  test('of 32-bit numbers, with nulls', () =>
    holds(maybe(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), async (values) => ({
      got: await received(int4Array(values), 'int4', 'e'),
      wanted: values.map((value) => value ?? null),
    })));

  test('of fractions, with nulls', () =>
    holds(maybe(fc.double({ noNaN: true })), async (values) => ({
      got: await received(float8Array(values), 'float8', 'e'),
      wanted: values.map((value) => value ?? null),
    })));

  test('of numbers up to 2^53', () =>
    holds(fc.maxSafeInteger(), async (values) => ({
      got: await received(int8Array(values), 'int8'),
      wanted: values.map((value) => String(value === 0 ? 0 : value)),
    })));

  test('of truths', () =>
    holds(fc.boolean(), async (values) => ({
      got: await received(boolArray(values), 'bool', 'e'),
      wanted: values,
    })));

  test('of texts, with nulls, nothing and every script among them', () =>
    holds(maybe(text), async (values) => ({
      got: await received(textArray(values), 'text', 'e'),
      wanted: values.map((value) => value ?? null),
    })));

  test('of bytes', () =>
    holds(maybe(fc.uint8Array({ maxLength: 80 })), async (values) => ({
      got: await received(byteaArray(values), 'bytea', "encode(e, 'hex')"),
      wanted: values.map((value) => (value ? Buffer.from(value).toString('hex') : null)),
    })));

  test('of ids', () =>
    holds(maybe(fc.uuid()), async (values) => ({
      got: await received(uuidArray(values.map(bytesOf)), 'uuid', 'e::text'),
      wanted: values.map((id) => id ?? null),
    })));

  test('of times, to the microsecond, before 2000 and before 1970 too', () => {
    const micros = fc.integer({ min: -1_000_000_000_000_000, max: 2_100_000_000_000_000 });
    return holds(maybe(micros), async (values) => ({
      got: await received(
        timeArray(values.map((value) => (value === undefined ? undefined : value / 1000))),
        'timestamptz',
        '(extract(epoch from e) * 1000000)::int8::text',
      ),
      wanted: values.map((value) => (value === undefined ? null : String(value))),
    }));
  });
});

describe('what cannot be sent', () => {
  test('a large text is not cut, and its neighbours are not shifted', async () => {
    const large = 'ä€𝄞'.repeat(400_000);
    const got = await received(textArray(['before', large, '', undefined, 'after']), 'text', 'e');
    expect(got).toEqual(['before', large, '', null, 'after']);
  });

  test.each([
    ['a number that is too large for its column', () => int2Array([40_000])],
    ['a number that is too small for its column', () => int4Array([-(2 ** 31) - 1])],
    ['an endless number', () => int8Array([Number.POSITIVE_INFINITY])],
    ['an id of another length', () => uuidArray([new Uint8Array(15)])],
    ['an endless time', () => timeArray([Number.NEGATIVE_INFINITY])],
  ])('%s is an error, not another value', (_name, build) => {
    expect(build).toThrow(RangeError);
  });
});
