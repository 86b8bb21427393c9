import type { Json } from '@tenuto/contract';
import { TASK_FORM_WORDS as words } from '../words-task-form.ts';

/** Reads texts that somebody has typed, and notes which of them say nothing. */
export class JsonText {
  readonly faults: { path: string; message: string }[] = [];

  value(text: string, path: string): Json {
    try {
      return JSON.parse(text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.faults.push({ path, message: words.json + why });
      return null;
    }
  }

  number(text: string, path: string): number {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    this.faults.push({ path, message: words.noNumber });
    return 0;
  }
}
