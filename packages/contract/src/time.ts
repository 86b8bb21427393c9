import Type from 'typebox';

/** RFC 3339, as it is written in every body: UTC with milliseconds in answers, any offset in requests. */
export const TimeSchema = Type.String({
  format: 'date-time',
  examples: ['2026-01-15T09:30:00.000Z'],
});

/** A field that has no value until something has happened. */
export const OptionalTimeSchema = Type.Union([TimeSchema, Type.Null()]);

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads an RFC 3339 time.
 * @returns milliseconds since the epoch; undefined when it is no time (30 February, a leap second).
 */
export function parseTime(text: string): number | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const ms = Date.parse(text.replace(' ', 'T').toUpperCase());
  if (!Number.isFinite(ms)) return undefined;
  const day = Number(text.slice(8, 10));
  const month = Number(text.slice(5, 7));
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate();
  return day <= daysInMonth && !text.slice(11).startsWith('24') ? ms : undefined;
}

/** Milliseconds since the epoch as RFC 3339 in UTC. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Milliseconds since the epoch at which a UUIDv7 was made: the time that runs are created at. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
