/** What clocks on the wall show, by Temporal: apart from the code that the engine uses. */
import { Temporal } from 'temporal-polyfill';

export interface OracleChanges {
  readonly gap: 'next' | 'skip' | 'shift';
  readonly overlap: 'first' | 'second' | 'both';
}

/** The instants of a time on the wall, in milliseconds since the epoch. */
export function instantsOfWall(
  wall: Temporal.PlainDateTime,
  zone: string,
  { gap, overlap }: OracleChanges,
): readonly number[] {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  if (earlier.toPlainDateTime().equals(wall)) {
    if (overlap === 'first') return [earlier.epochMilliseconds];
    if (overlap === 'second') return [later.epochMilliseconds];
    return [...new Set([earlier.epochMilliseconds, later.epochMilliseconds])];
  }
  if (gap === 'skip') return [];
  if (gap === 'shift') return [later.epochMilliseconds];
  const change = earlier.getTimeZoneTransition('next');
  return change === null ? [] : [change.epochMilliseconds];
}

/** Changes of the clocks in a zone, from an instant on, at most so many. */
export function changesOfClocks(zone: string, fromMs: number, most: number): readonly number[] {
  const changes: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone);
  while (changes.length < most) {
    const next = at.getTimeZoneTransition('next');
    if (next === null) break;
    changes.push(next.epochMilliseconds);
    at = next;
  }
  return changes;
}

/** Zones with changes at midnight, of half an hour, of two hours, of a whole day, and with none. */
export const ODD_ZONES = [
  ...['Europe/Paris', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Europe/Dublin'],
  ...['America/Sao_Paulo', 'Pacific/Apia', 'Antarctica/Troll', 'Africa/Casablanca', 'Africa/Cairo'],
  ...['America/Havana', 'America/St_Johns', 'Pacific/Chatham', 'Atlantic/Azores', 'Asia/Gaza'],
  ...['Asia/Beirut', 'America/Santiago', 'Asia/Tehran', 'Asia/Kolkata', 'Asia/Tokyo', 'UTC'],
];
