/** The name that people see of a test, and the way back from it. */
import type { Test } from '@tenuto/contract';
import type { Client } from '@tenuto/sdk';
import { MissingError, UsageError } from '../failure.ts';
import { printable } from '../terminal/text.ts';

/** Between suite, class and name, as in the messages of test runs. */
const NAME_SEPARATOR = '::';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Suite, class and name; a class that only repeats its suite is left out. */
export function testName(test: Pick<Test, 'suite' | 'classname' | 'name'>): string {
  const { suite, classname, name } = test;
  return [suite, classname === suite ? '' : classname, name]
    .filter((part) => part !== '')
    .join(NAME_SEPARATOR);
}

/**
 * The id of a test that is named by its id, or as lists and messages print it.
 * @throws MissingError, UsageError when several tests have the name
 */
export async function testIdOf({ tests }: Client, given: string): Promise<string> {
  if (UUID.test(given)) return given;
  const parts = given.split(NAME_SEPARATOR);
  const found: Test[] = [];
  // Names may hold the separator themselves: all that may be the name is asked for.
  for (let from = parts.length - 1; from >= 0; from -= 1) {
    const name = parts.slice(from).join(NAME_SEPARATOR);
    if (name === '') continue;
    for await (const test of tests.list({ name, limit: 100 })) {
      if (printable(testName(test)) === printable(given)) found.push(test);
    }
  }
  const [test, another] = found;
  if (test === undefined) throw new MissingError(`There is no test "${printable(given)}".`);
  if (another === undefined) return test.test_id;
  const ids = found.map(({ test_id: id }) => id).join(', ');
  throw new UsageError(`Several tests are named "${printable(given)}"; say the id: ${ids}.`);
}
