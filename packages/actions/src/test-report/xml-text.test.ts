import { describe, expect, it } from 'vitest';
import { xmlText } from './xml-text.ts';

const bytes = (text: string, encoding: 'utf8' | 'utf16le' | 'latin1' = 'utf8') =>
  Buffer.from(text, encoding);
const swapped = (text: string) => bytes(text, 'utf16le').swap16();

describe('the text of an XML file', () => {
  it.each([
    ['UTF-8', bytes('<é😀/>')],
    ['UTF-8 with a byte order mark', bytes('\uFEFF<é😀/>')],
    ['UTF-16 with a byte order mark', bytes('\uFEFF<é😀/>', 'utf16le')],
    ['UTF-16, big end first', swapped('\uFEFF<é😀/>')],
    ['UTF-16 without a byte order mark', bytes('<é😀/>', 'utf16le')],
    ['UTF-16, big end first, without a mark', swapped('<é😀/>')],
  ])('is read from %s', (_encoding, file) => {
    expect(xmlText(file)).toBe('<é😀/>');
  });

  it('is read by the encoding that it declares', () => {
    const latin = `<?xml version='1.0' encoding='ISO-8859-1'?><é/>`;
    expect(xmlText(bytes(latin, 'latin1'))).toBe(latin);
    const japanese = Buffer.concat([
      bytes('<?xml version="1.0" encoding="Shift_JIS"?><a>'),
      Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67]),
      bytes('</a>'),
    ]);
    expect(xmlText(japanese)).toContain('<a>テスト</a>');
  });

  it('is UTF-8 when it wrongly declares UTF-16', () => {
    const file = '<?xml version="1.0" encoding="UTF-16"?><é/>';
    expect(xmlText(bytes(file))).toBe(file);
  });

  it('is taken as it is when it is text already', () => {
    expect(xmlText('\uFEFF<?xml version="1.0" encoding="nonsense"?><é/>')).toBe(
      '<?xml version="1.0" encoding="nonsense"?><é/>',
    );
  });

  it('is refused where its bytes are not of its encoding, with the place', () => {
    const file = Buffer.concat([bytes('<a>\n<é>'), Buffer.from([0xff]), bytes('</a>')]);
    expect(() => xmlText(file)).toThrow(
      expect.objectContaining({ problem: 'malformed', line: 2, column: 4 }),
    );
    const cut = bytes('<a>😀').subarray(0, -1);
    expect(() => xmlText(cut)).toThrow(expect.objectContaining({ line: 1, column: 4 }));
  });

  it('is refused when nobody knows its encoding', () => {
    const file = bytes('<?xml version="1.0" encoding="klingon"?><a/>');
    expect(() => xmlText(file)).toThrow(/klingon/);
  });
});
