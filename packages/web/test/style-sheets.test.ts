/** Style sheets stay loaded once a screen was open: a class of one screen must mean nothing on another. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
const COMMENT = /\/\*.*?\*\//gs;
/** What stands before a block, up to the end of the last block, statement or at-rule. */
const SELECTORS = /([^{};]+)\{/g;
const FIRST_CLASS = /^\s*\.([a-z][\w-]*)/;

/** Classes that begin a selector of the style sheet. */
function classesOf(css: string): Set<string> {
  const selectors = [...css.replace(COMMENT, '').matchAll(SELECTORS)].flatMap(([, list = '']) =>
    list.split(','),
  );
  return new Set(selectors.flatMap((selector) => FIRST_CLASS.exec(selector)?.[1] ?? []));
}

it('begins the rules of a class in the style sheets of one folder only', () => {
  const folders = new Map<string, Set<string>>();
  for (const file of globSync('**/*.css', { cwd: SRC })) {
    for (const name of classesOf(readFileSync(join(SRC, file), 'utf8'))) {
      folders.set(name, (folders.get(name) ?? new Set()).add(dirname(file)));
    }
  }
  const shared = [...folders].filter(([, within]) => within.size > 1);
  expect(shared.map(([name, within]) => `.${name} in ${[...within].join(' and ')}`)).toEqual([]);
});
