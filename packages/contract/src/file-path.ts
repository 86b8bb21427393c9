/**
 * Names of files in a workspace: relative, with `/` between their parts, and meaning one and the
 * same file on every system that they may come to. Nothing is repaired: what is not such a name is
 * refused, with a reason.
 */

/** What a path and each part of it may be long; file systems take 255 bytes a part. */
const PATH_CHARS = 500;
const PART_BYTES = 255;
const PARTS = 32;

/** No letter of any language: controls, invisible ones, those that turn the direction of text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/u;
/** Spaces that are not the space. */
const OTHER_SPACE = /[^\P{Zs} ]/u;
/** Refused by Windows, or of a meaning of their own there (`a:b` is a stream of `a`). */
const RESERVED = /[<>:"|?*]/;
/** What looks like a slash, a backslash, a colon or a dot, and is none. */
const LOOK_ALIKES =
  /[\u2215\u2044\u29F8\uFF0F\u2571\u27CB\u2216\u29F5\u29F9\uFE68\uFF3C\u27CD\uFF1A\uA789\u2236\uFE55\u2024\u2025\uFE52\uFF0E\u3002\uFF61]/u;
const DEVICE = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/i;
const BYTES = new TextEncoder();

export type CheckedPath = { readonly path: string } | { readonly fault: string };

/**
 * Reads the name of a file in a workspace.
 * @returns the path in Unicode's NFC, which every later check gives back as it is; or why it is none,
 *   to be put behind "The path"
 */
export function checkPath(text: string): CheckedPath {
  if (!text.isWellFormed()) return { fault: 'is no well-formed Unicode.' };
  if (text.length > PATH_CHARS) return { fault: `is longer than ${PATH_CHARS} characters.` };
  const path = text.normalize('NFC');
  if (path === '') return { fault: 'is empty.' };
  if (path.length > PATH_CHARS) return { fault: `is longer than ${PATH_CHARS} characters.` };
  if (path.includes('\\')) return { fault: 'has a backslash: write `/` between its parts.' };
  if (path.startsWith('/')) return { fault: 'is absolute: leave the leading `/` out.' };
  if (path.startsWith('~')) return { fault: 'begins with `~`, which names a home folder.' };
  const parts = path.split('/');
  if (parts.length > PARTS) return { fault: `has more than ${PARTS} parts.` };
  for (const part of parts) {
    const fault = faultOf(part);
    if (fault !== undefined) return { fault };
  }
  return { path };
}

function faultOf(part: string): string | undefined {
  if (part === '')
    return 'has an empty part: write one `/` between two parts, and none at the end.';
  if (part === '.' || part === '..') return 'has a part `.` or `..`.';
  if (UNSEEN.test(part)) return 'has a control character or an invisible one.';
  if (OTHER_SPACE.test(part)) return 'has a space that is not the ordinary one.';
  if (LOOK_ALIKES.test(part)) return 'has a character that only looks like a separator or a dot.';
  if (RESERVED.test(part)) return 'has one of the characters `< > : " | ? *`.';
  if (/^ |[. ]$/.test(part))
    return 'has a part that begins with a space, or ends with one or a dot.';
  if (DEVICE.test((part.split('.')[0] ?? '').trimEnd())) return 'names a device of Windows.';
  if (BYTES.encode(part).length > PART_BYTES) return `has a part of over ${PART_BYTES} bytes.`;
  return undefined;
}

/** Internal files are used and kept, but are nobody's result: see `isInternal`. */
const INTERNAL = '_';

/** Whether the name of a file, or of the outermost folder that it is in, begins with `_`. */
export function isInternal(path: string): boolean {
  return path.startsWith(INTERNAL) || (path.split('/').at(-1) ?? '').startsWith(INTERNAL);
}

/**
 * What two paths have in common that some file system takes for the same: they may differ in case,
 * in how letters are composed, and in compatible forms of one letter.
 */
export function collisionKey(path: string): string {
  return path.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

/**
 * A path made of words that are none: whatever a part must not have becomes `-`. Two texts may
 * become the same path.
 */
export function pathFrom(parts: readonly string[]): string {
  const path = parts
    .flatMap((part) => part.toWellFormed().normalize('NFC').split('/'))
    .map(mendedPart)
    .slice(0, PARTS)
    .join('/');
  return 'path' in checkPath(path) ? path : mendedPart(path.replaceAll('/', '-'));
}

const PART_CHARS = 60;

function mendedPart(part: string): string {
  const bad = [UNSEEN, OTHER_SPACE, LOOK_ALIKES, RESERVED, /[\\/]/];
  const text = [...part].map((char) => (bad.some((each) => each.test(char)) ? '-' : char)).join('');
  const short = [...text].slice(0, PART_CHARS).join('');
  const mended = short.replace(/^[ ~]|^\.+$|[. ]$/g, '-');
  return mended === '' || faultOf(mended) !== undefined ? `-${mended}-` : mended;
}

const PHASE_PATH = /^artifacts\/([A-Za-z][A-Za-z0-9_-]{0,63})\/./;

/** The phase that a path names: that of `artifacts/<phase>/...`. */
export function phaseOfPath(path: string): string | undefined {
  return PHASE_PATH.exec(path)?.[1];
}
