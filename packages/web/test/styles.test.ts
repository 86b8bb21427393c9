import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../src');

/** Classes that a style sheet says something of whatever stands around them. */
function classesIn(css: string): ReadonlySet<string> {
  const rules = css.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/([^{}]+)\{/g);
  const selectors = [...rules].flatMap(([, selector = '']) => selector.split(','));
  return new Set(selectors.map((one) => one.trim()).filter((one) => /^\.[\w-]+$/.test(one)));
}

it('a class means one thing: the style sheets of all views that were visited hold together', () => {
  const homes = new Map<string, string[]>();
  for (const path of globSync('**/*.css', { cwd: root })) {
    for (const name of classesIn(readFileSync(join(root, path), 'utf8'))) {
      homes.set(name, [...(homes.get(name) ?? []), basename(path)]);
    }
  }
  expect([...homes].filter(([, sheets]) => sheets.length > 1)).toEqual([]);
});
