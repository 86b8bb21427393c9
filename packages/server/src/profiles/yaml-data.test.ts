import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { YamlFault, yamlData } from './yaml-data.ts';

const VECTORS = join(process.env.TENUTO_VECTORS ?? '', 'hostile-input/yaml-hostile.json');

describe('YAML is read as plain data', () => {
  it('with strings, numbers, lists and maps, and anchors of them', () => {
    const text = 'a: &x [1, 2.5, true, null, "s"]\nb: *x\nc:\n  d: >-\n    folded\n    text\n';
    const list = [1, 2.5, true, null, 's'];
    expect(yamlData(text)).toEqual({ a: list, b: list, c: { d: 'folded text' } });
  });

  it.each([
    ['tags', 'a: !!js/function "x"'],
    ['tags of its own', 'a: !mine x'],
    ['merge keys', 'a: &x {b: 1}\nc: {<<: *x}'],
    ['repeated keys', 'a: 1\na: 2'],
    ['keys that are no text', '? [1]\n: 2'],
    ['numbers that JSON does not have', 'a: .inf'],
    ['aliases that stand for what contains them', 'a: &x [*x]'],
    ['aliases of nothing', 'a: *nothing'],
    ['what is no YAML', 'a: [1'],
    ['two documents', 'a: 1\n---\nb: 2'],
  ])('without %s', (_, text) => {
    expect(() => yamlData(text)).toThrow(YamlFault);
  });

  it('without bombs of aliases', () => {
    const levels = Array.from({ length: 12 }, (_, i) =>
      i === 0 ? 'a0: &a0 [x, x, x, x]' : `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`,
    );
    expect(() => yamlData(levels.join('\n'))).toThrow('more than 50000 values');
  });

  it('not too deep, and not too long', () => {
    expect(() => yamlData(`${'['.repeat(100)}${']'.repeat(100)}`)).toThrow('levels deep');
    expect(() => yamlData(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toThrow(YamlFault);
    expect(() => yamlData('x'.repeat(2 * 1024 * 1024))).toThrow('characters');
  });

  it('with a prototype that nobody has changed', () => {
    const read = yamlData('__proto__: {polluted: true}\nconstructor: 1');
    expect(Object.keys(read as object)).toEqual(['__proto__', 'constructor']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.skipIf(!existsSync(VECTORS))('or refused, whatever hostile texts there are', () => {
    const vectors: { id: string; yaml: string }[] = JSON.parse(readFileSync(VECTORS, 'utf8'));
    expect(vectors.length).toBeGreaterThan(5);
    for (const { yaml } of vectors) {
      try {
        expect(JSON.stringify(yamlData(yaml)).length).toBeLessThan(2_000_000);
      } catch (error) {
        expect(error).toBeInstanceOf(YamlFault);
      }
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    }
  });
});
