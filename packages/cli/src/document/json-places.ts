/** Where a value stands in JSON text. */
export interface JsonPlace {
  /** Keys and indexes that lead to it. */
  readonly path: readonly string[];
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  /** Whether its object had a member of this key before. */
  readonly isRepeated: boolean;
}

interface Level {
  /** Keys so far; absent in an array. */
  readonly keys: Set<string> | undefined;
  /** Key or index of the value that comes next or is being read. */
  at: string;
  items: number;
  awaitsValue: boolean;
  isRepeated: boolean;
}

/**
 * Goes through the values of a JSON text in order, containers before what they hold.
 *
 * @param text valid JSON: this looks for places, not for mistakes
 */
export function* jsonPlaces(text: string): Generator<JsonPlace> {
  const levels: Level[] = [];
  for (let i = skipSpace(text, 0); i < text.length; i = skipSpace(text, i)) {
    const level = levels.at(-1);
    const char = text[i] ?? '';
    if (char === '}' || char === ']') {
      levels.pop();
      i += 1;
    } else if (char === ',' || char === ':') {
      if (level) level.awaitsValue = char === ':';
      i += 1;
    } else if (level?.keys && !level.awaitsValue) {
      const end = stringEnd(text, i);
      level.at = String(JSON.parse(text.slice(i, end)));
      level.isRepeated = level.keys.has(level.at);
      level.keys.add(level.at);
      i = end;
    } else {
      if (level) enterValue(level);
      const path = levels.map(({ at }) => at);
      yield { path, offset: i, isRepeated: level?.isRepeated ?? false };
      const opens = char === '{' || char === '[';
      if (opens) levels.push(newLevel(char === '{'));
      i = opens ? i + 1 : scalarEnd(text, i);
    }
  }
}

function newLevel(isObject: boolean): Level {
  const keys = isObject ? new Set<string>() : undefined;
  return { keys, at: '', items: 0, awaitsValue: false, isRepeated: false };
}

function enterValue(level: Level): void {
  level.awaitsValue = false;
  if (level.keys) return;
  level.at = String(level.items);
  level.items += 1;
}

function skipSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && ' \t\r\n'.includes(text[i] ?? '')) i += 1;
  return i;
}

function scalarEnd(text: string, start: number): number {
  if (text[start] === '"') return stringEnd(text, start);
  let i = start + 1;
  while (i < text.length && !',]} \t\r\n'.includes(text[i] ?? '')) i += 1;
  return i;
}

function stringEnd(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}
