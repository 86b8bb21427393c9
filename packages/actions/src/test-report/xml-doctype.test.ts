import { describe, expect, it } from 'vitest';
import { readDoctype } from './xml-doctype.ts';

describe('a document type declaration', () => {
  it.each([
    '<!DOCTYPE a>',
    '<!DOCTYPE a >',
    '<!DOCTYPE\n\ta SYSTEM "x>[]">',
    "<!DOCTYPE a PUBLIC 'p' 's'>",
    '<!DOCTYPE a []>',
    '<!DOCTYPE a SYSTEM "x" [ ] >',
    '<!DOCTYPE a [<!ELEMENT a (b|c)*><!ATTLIST a b CDATA ">]>"><!NOTATION n SYSTEM "x">]>',
    '<!DOCTYPE a [<!-- ]> " -->\n<?pi ]> ?>%other;]>',
    '<!DOCTYPE a [<!ENTITY % p "<!ENTITY x \'y\'>">]>',
  ])('ends where it ends: %j', (xml) => {
    expect(readDoctype(`${xml}<a/>`, 0)).toEqual({ end: xml.length, entities: new Map() });
    expect(readDoctype(`<!-- -->${xml}`, 8).end).toBe(8 + xml.length);
  });

  it('gives the entities that are plain text, as first declared', () => {
    const xml = `<!DOCTYPE a [
      <!ENTITY plain "text">
      <!ENTITY quoted 'say "hi" ]>'>
      <!ENTITY plain "again">
      <!ENTITY nested "&plain;&plain;">
      <!ENTITY reference "&#60;a/>">
      <!ENTITY markup "<b/>">
      <!ENTITY parameter "%p;">
      <!ENTITY file SYSTEM "file:///etc/passwd">
      <!ENTITY net PUBLIC "p" "http://127.0.0.1:9/">
      <!ENTITY image SYSTEM "x.png" NDATA png>
    ]>`;
    expect(readDoctype(xml, 0).entities).toEqual(
      new Map([
        ['plain', 'text'],
        ['quoted', 'say "hi" ]>'],
      ]),
    );
  });

  it.each([
    '<!DOCTYPE>',
    '<!DOCTYPE a',
    '<!doctype a>',
    '<!DOCTYPE a b>',
    '<!DOCTYPE a SYSTEM>',
    '<!DOCTYPE a SYSTEM "x>',
    '<!DOCTYPE a PUBLIC "x">',
    '<!DOCTYPE a [',
    '<!DOCTYPE a [<b/>]>',
    '<!DOCTYPE a [<!ENTITY x "y">',
    '<!DOCTYPE a [<!ENTITY x "y>]>',
    '<!DOCTYPE a [<!-- -- -->]>',
    '<!DOCTYPE a [<!WHAT x>]>',
    '<!ELEMENT a ANY>',
  ])('is refused when it is not well-formed: %j', (xml) => {
    expect(() => readDoctype(xml, 0)).toThrow(expect.objectContaining({ problem: 'malformed' }));
  });

  it('is refused when it is longer than any report needs, in no time', () => {
    for (const filler of [
      '<!ENTITY x "y">',
      ' ',
      '<!-- -->',
      '<!ENTITY x "',
      '"',
      '<!ELEMENT a ',
    ]) {
      const xml = `<!DOCTYPE a [${filler.repeat(1_000_000 / filler.length)}]>`;
      expect(() => readDoctype(xml, 0)).toThrow(/longer than|not well-formed/);
    }
  });
});
