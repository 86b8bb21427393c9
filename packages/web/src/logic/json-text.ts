import type { Json, JsonObject } from '@tenuto/contract';

/** Reads texts that somebody has typed, and notes which of them say nothing. */
export class JsonText {
  readonly faults: { path: string; message: string }[] = [];

  value(text: string, path: string): Json {
    try {
      return JSON.parse(text);
    } catch (error) {
      this.faults.push({ path, message: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }

  number(text: string, path: string): number {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    this.faults.push({ path, message: 'This is no number.' });
    return 0;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
