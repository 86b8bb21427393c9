import { describe, expect, it } from 'vitest';
import { checkXml } from './xml-check.ts';
import { XML_LIMITS } from './xml-scan.ts';

describe('a document', () => {
  it.each([
    '<a/>',
    '<a></a >',
    '<a.b-c_1/>',
    '<é ü="ö"/>',
    `<a b='"' c="'" d = "1"\n\te="&lt;&#10;&#x1F600;"/>`,
    '<a>x > y ]] ]></a>',
    '<a><![CDATA[<b> & ]] ]> -- ]]></a>',
    '<a><!-- - <b> & --></a>',
    '<a><?php <b> & ?></a>',
    '<a xmlns:x="urn:x" x:b="1"><x:c/></a>',
    '<x:a xmlns:x="urn:x"/>',
    '<a xml:lang="en"/>',
    "<?xml version='1.0' encoding=\"UTF-8\" standalone='yes' ?><a/>",
    '<!DOCTYPE a PUBLIC "p" "s" [ <!ENTITY e "v"> %pe; <?pi?> ] ><a>&e;</a>',
  ])('is well-formed: %j', (xml) => {
    expect(() => checkXml(xml)).not.toThrow();
  });

  it.each([
    ['', 'no element', 1, 1],
    ['  \n ', 'no element', 2, 2],
    ['text', 'outside', 1, 1],
    ['<a/>\ntext', 'outside', 2, 1],
    ['&amp;<a/>', 'outside', 1, 1],
    ['<a/><b/>', 'second root', 1, 5],
    ['<a>\n <b>\n', '<b> is not closed', 2, 2],
    ['<a></b>', 'should be </a>', 1, 4],
    ['<a/></a>', 'closes nothing', 1, 5],
    ['<a><b></a></b>', 'should be </b>', 1, 7],
    ['<a', 'not well-formed', 1, 3],
    ['<a b/>', 'not well-formed', 1, 3],
    ['<a b=1/>', 'not well-formed', 1, 3],
    ['<a b="1"c="2"/>', 'not well-formed', 1, 9],
    ['<a b="<"/>', 'not well-formed', 1, 3],
    ['<a b="1" b="2"/>', 'repeated', 1, 9],
    ['<a b="&"/>', 'begins no reference', 1, 7],
    ['<a b="ok" c="1 & 2"/>', 'begins no reference', 1, 16],
    ['<a>1 & 2</a>', 'begins no reference', 1, 6],
    ['<a>&nope;</a>', '&nope;', 1, 4],
    ['<a>&#0;</a>', 'no XML character', 1, 4],
    ['<a>&#x1B;</a>', 'no XML character', 1, 4],
    ['<a>&#xD800;</a>', 'no XML character', 1, 4],
    ['<a>&#x110000;</a>', 'no XML character', 1, 4],
    ['<a>\u001B[31m</a>', 'U+001B', 1, 4],
    ['<a>\n\n  \0</a>', 'U+0000', 3, 3],
    ['<a>\uD83D</a>', 'U+D83D', 1, 4],
    ['<a>]]></a>', ']]>', 1, 4],
    ['<a>1 < 2</a>', '&lt;', 1, 6],
    ['<1a/>', '&lt;', 1, 1],
    ['<a><![CDATA[x]]</a>', 'CDATA section is not closed', 1, 4],
    ['<![CDATA[x]]><a/>', 'outside', 1, 1],
    ['<a><!-- x</a>', 'comment is not closed', 1, 4],
    ['<a><!-- x -- y --></a>', '"--"', 1, 11],
    ['<a><?x </a>', 'instruction is not closed', 1, 4],
    ['\n<?xml version="1.0"?><a/>', 'very first', 2, 1],
    ['<a><?xml version="1.0"?></a>', 'very first', 1, 4],
    ['<?xml encoding="UTF-8"?><a/>', 'very first', 1, 1],
    ['<x:a/>', 'x:a is not declared', 1, 1],
    ['<a><b xmlns:x="u"/><c x:d=""/></a>', 'x:d is not declared', 1, 20],
    ['<a><!DOCTYPE a></a>', 'not allowed here', 1, 4],
    ['<!DOCTYPE a><!DOCTYPE a><a/>', 'not allowed here', 1, 13],
    ['<!DOCTYPE a [<!ENTITY >]><a/>', 'not well-formed', 1, 14],
    ['<!DOCTYPE a [<!ENTITY x "y">', 'not well-formed', 1, 29],
    ['<!ENTITY x "y"><a/>', 'not well-formed', 1, 1],
  ])('%j is refused: %s in line %i, column %i', (xml, message, line, column) => {
    expect(() => checkXml(xml)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), line, column }),
    );
  });
});

describe('what is passed on', () => {
  it('begins with the root element', () => {
    expect(checkXml('<?xml version="1.0"?><!DOCTYPE a><!-- x --><a>b</a> ').root).toBe('<a>b</a> ');
  });

  it('has the ends of very long texts and values cut away', () => {
    const long = 'x'.repeat(XML_LIMITS.textChars);
    const xml = (text: string) => `<a b="${text}">${text}<c/>${text}</a>`;
    expect(checkXml(xml(`${long}&amp;tail`)).root).toBe(xml(long));
    expect(checkXml(xml(long)).root).toBe(xml(long));
  });
});
