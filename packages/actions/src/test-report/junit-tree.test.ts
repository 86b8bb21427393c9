import { describe, expect, it } from 'vitest';
import { attribute, children, parseTree, textOf } from './junit-tree.ts';

describe('the tree of a document', () => {
  it('has elements in their order, with names freed of namespaces', () => {
    const root = parseTree('<x:a xmlns:x="u"><b/>text<x:c/><b></b></x:a>');
    expect(root.name).toBe('a');
    expect(children(root).map(({ name }) => name)).toEqual(['b', 'c', 'b']);
  });

  it('has attributes as they are written, none of them taken for another', () => {
    const root = parseTree('<a xmlns:x="u" x:name="theirs" name="ours" n="" time="007"/>');
    expect(attribute(root, 'name')).toBe('ours');
    expect(attribute(root, 'n')).toBe('');
    expect(attribute(root, 'time')).toBe('007');
    expect(attribute(root, 'none')).toBeUndefined();
    expect(attribute(root, 'toString')).toBeUndefined();
  });

  it('resolves references once', () => {
    const root = parseTree('<a n="&amp;lt; &#65;&#x1F600;">&lt;b&gt; &amp;amp;&quot;&apos;</a>');
    expect(attribute(root, 'n')).toBe('&lt; A😀');
    expect(textOf(root)).toBe(`<b> &amp;"'`);
    expect(textOf(parseTree('<!DOCTYPE a [<!ENTITY e "v">]><a>&e;-&e;</a>'))).toBe('v-v');
  });

  it('leaves CDATA as it is, also where it was split', () => {
    expect(textOf(parseTree('<a><![CDATA[<b> &amp; ]]]]><![CDATA[>]]></a>'))).toBe('<b> &amp; ]]>');
  });

  it('has the text of elements within, but not what tests printed', () => {
    const xml = '<a>1<b>2<c>3</c></b><system-out>4<x/></system-out><system-err>5</system-err></a>';
    expect(textOf(parseTree(xml)).replace(/\s/g, '')).toBe('123');
  });

  it('does not mistake printed text for elements', () => {
    const xml = `<a><system-out>
      <![CDATA[</system-out><testcase/>]]> &lt;/system-out> <!-- </system-out> --> <b c="</"/>
    </system-out><d/></a>`.replace('"</"', '"&lt;/"');
    expect(children(parseTree(xml)).map(({ name }) => name)).toEqual(['system-out', 'd']);
  });

  it.each([
    '<a b="x > y" c=\'"/\'/>',
    '<a\n\tb\r\n=\n"1"\n></a\n>',
    '<a><!-- <b> --><?pi <b> ?></a>',
    '<a b="/"></a>',
    '<a b="1"/>',
  ])('is read from tags however they are written: %j', (xml) => {
    const root = parseTree(xml);
    expect(root.name).toBe('a');
    expect(children(root)).toEqual([]);
  });

  it('is refused with a typed error where the parser itself gives up', () => {
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      expect(() => parseTree(`<a><${name}/></a>`)).toThrow(
        expect.objectContaining({ problem: 'malformed' }),
      );
    }
  });
});
