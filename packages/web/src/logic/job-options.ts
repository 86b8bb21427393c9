import type { JsonObject } from '@tenuto/contract';

/** What people say about a job beside its graph, as it is typed. */
export interface JobOptions {
  readonly name: string;
  readonly priority: string;
  readonly tags: string;
  readonly minutes: string;
  readonly usd: string;
  /** Of the reader's zone, as a field of date and time has it. */
  readonly at: string;
}

export const NO_OPTIONS: JobOptions = {
  ...{ name: '', priority: '', tags: '', minutes: '', usd: '', at: '' },
};

const MINUTE_MS = 60_000;

/** The fields of a job that were filled in; undefined when one of them cannot be read. */
export function fieldsOfOptions(options: JobOptions): JsonObject | undefined {
  const numbers = [options.priority, options.minutes, options.usd].map(numberOf);
  const [priority, minutes, usd] = numbers;
  const at = options.at === '' ? undefined : Date.parse(options.at);
  if (numbers.some(Number.isNaN) || Number.isNaN(at)) return undefined;
  const tags = options.tags.split(',').flatMap((tag) => tag.trim() || []);
  const name = options.name.trim();
  return {
    ...(name !== '' && { job_name: name }),
    ...(priority !== undefined && { priority }),
    ...(tags.length > 0 && { tags }),
    ...(minutes !== undefined && { timeout_ms: Math.round(minutes * MINUTE_MS) }),
    ...(usd !== undefined && { budget: { usd } }),
    ...(at !== undefined && { scheduled_at: new Date(at).toISOString() }),
  };
}

function numberOf(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}

/** A job with what was filled in beside it: one name of it, whichever the text has used. */
export function withOptions(body: JsonObject, fields: JsonObject): JsonObject {
  const { name, ...rest } = body;
  const named = 'job_name' in fields || name === undefined ? {} : { name };
  return { ...rest, ...named, ...fields };
}
