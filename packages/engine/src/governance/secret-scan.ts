/** Looks for secrets in a text. What it finds is told masked: never the secret itself. */
import { ASSIGNED, SECRET_NAMES, SECRET_PATTERNS } from './secret-patterns.ts';

export interface SecretFinding {
  readonly name: string;
  readonly line: number;
  /** What may be shown of it. */
  readonly masked: string;
}

/** Found in one file; more say nothing new. */
const MOST = 50;
/** A value that people make up has less; in bits a character. */
const LEAST_ENTROPY = 3.2;
const LEAST_ASSIGNED = 10;
/** What people write in place of a secret. */
const PLACEHOLDER =
  /example|sample|dummy|changeme|change[_-]me|replace|placeholder|(?:^|[_.-])(?:my|your)[_-]|fake|mock|redacted|xxxx|\.\.\.|\*\*\*|<[^>]*>|\$\{|\{\{|%[A-Z_]+%|process\.env|os\.environ|getenv|12345678|abcdef|deadbeef|test[_-]?(?:key|token|secret|password)|not[_-]?a[_-]?(?:real|secret)/i;
/** The token that documentation of JWTs shows. */
const KNOWN_TOKEN = 'eyJzdWIiOiIxMjM0NTY3ODkw';
const SETTINGS_FILE = /(?:^|\/)\.env(?:\.[\w-]+)?$|\.(?:ini|cfg|conf|properties|toml|ya?ml|env)$/i;
const FIXTURE =
  /(?:^|\/)(?:tests?|__tests__|fixtures?|testdata|spec)\/|[._-](?:test|spec|fixture)\./i;

/**
 * The secrets in a text, by place.
 * @param path tells what kind of file it is: names and their values are looked at more closely in
 *   files of settings, and not at all in tests
 */
export function findSecrets(text: string, path: string): readonly SecretFinding[] {
  const found: { at: number; name: string; masked: string; length: number }[] = [];
  for (const pattern of SECRET_PATTERNS) {
    for (const at of placesOf(text, pattern.begins)) {
      if (found.length >= MOST * 2) break;
      if (isWithinWord(text, at, pattern.begins)) continue;
      pattern.shape.lastIndex = at;
      const match = pattern.shape.exec(text);
      if (match === null || isPlaceholder(match[1] ?? match[0])) continue;
      const { name, shown } = pattern;
      found.push({ at, name, masked: masked(match[0], shown), length: match[0].length });
    }
  }
  if (!FIXTURE.test(path)) found.push(...assigned(text, SETTINGS_FILE.test(path)));
  return told(text, found);
}

/** Every place at which one of the words stands. */
function* placesOf(text: string, words: readonly string[]): Generator<number> {
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) yield at;
  }
}

/** A key does not begin in the middle of a longer word: that is a hash, or other data. */
function isWithinWord(text: string, at: number, [begin = '']: readonly string[]): boolean {
  return /^\w/.test(begin) && at > 0 && /[\w-]/.test(text[at - 1] ?? '');
}

function assigned(text: string, bare: boolean) {
  const found = [];
  const lower = text.toLowerCase();
  for (const word of SECRET_NAMES) {
    for (const at of placesOf(lower, [word])) {
      if (found.length >= MOST) return found;
      ASSIGNED.lastIndex = at + word.length;
      const match = ASSIGNED.exec(text);
      const value = match?.[2] ?? (bare ? match?.[3] : undefined);
      if (match === null || value === undefined || !looksRandom(value)) continue;
      found.push({
        at,
        name: `${word} in plain text`,
        masked: masked(value, 0),
        length: match[0].length + word.length,
      });
    }
  }
  return found;
}

/** Whether a text is what a password or a key is made of, and no name, sentence or placeholder. */
function looksRandom(value: string): boolean {
  if (value.length < LEAST_ASSIGNED || isPlaceholder(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (/^[a-z]+(?:[._/:-][a-z0-9]+)+$/i.test(value.slice(0, 60)) && !/\d[a-z]+\d/i.test(value)) {
    return false;
  }
  return entropy(value) >= LEAST_ENTROPY;
}

/** Shannon's, in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || value.includes(KNOWN_TOKEN) || entropy(value.slice(-64)) < 2;
}

function masked(secret: string, shown: number): string {
  return `${secret.slice(0, shown)}*** (${secret.length} characters)`;
}

/** In the order of their places, each place once, with its line. */
function told(
  text: string,
  found: readonly { readonly at: number; name: string; masked: string; length: number }[],
): SecretFinding[] {
  const sorted = [...found].sort((a, b) => a.at - b.at);
  const findings: SecretFinding[] = [];
  let line = 1;
  let counted = 0;
  let end = -1;
  for (const { at, name, masked, length } of sorted) {
    if (findings.length >= MOST || at < end) continue;
    for (let next = text.indexOf('\n', counted); next >= 0 && next < at; ) {
      line += 1;
      counted = next + 1;
      next = text.indexOf('\n', counted);
    }
    end = at + length;
    findings.push({ name, line, masked });
  }
  return findings;
}
