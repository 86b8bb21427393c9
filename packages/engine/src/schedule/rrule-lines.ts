/** What a recurrence is written as: a bare rule, or lines of RFC 5545. */

import { ScheduleError } from '@tenuto/contract';
import { type CalendarTime, parseCalendarTime } from './calendar-time.ts';
import { EXPRESSION_PATH } from './cron-field.ts';
import { parseRule, type RecurrenceRule } from './rrule-parts.ts';
import { type Zone, zoneNamed } from './zone.ts';

/** A time with the zone whose wall it stands on; without one, that of the recurrence. */
export interface ZonedTime extends CalendarTime {
  readonly zone?: Zone;
}

export interface RecurrenceLines {
  readonly start?: ZonedTime;
  readonly rules: readonly RecurrenceRule[];
  readonly exceptRules: readonly RecurrenceRule[];
  readonly dates: readonly ZonedTime[];
  readonly exceptDates: readonly ZonedTime[];
}

/** Rules of one recurrence; each is asked for each firing. */
const RULES_MOST = 20;
const LINE = /^([A-Za-z-]+)((?:;[A-Za-z-]+=(?:"[^"]*"|[^;:"]*))*):(.*)$/;

interface Line {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
}

/** @throws ScheduleError that names the line which is wrong */
export function parseRecurrence(text: string): RecurrenceLines {
  const trimmed = text.trim();
  const none = { exceptRules: [], dates: [], exceptDates: [] };
  if (!trimmed.includes(':')) return { rules: [parseRule(trimmed)], ...none };
  const lines = unfolded(trimmed).map(parseLine);
  const times = (name: string) => lines.filter((line) => line.name === name).flatMap(zonedTimes);
  const rules = (name: string) =>
    lines.filter((line) => line.name === name).map((line) => parseRule(line.value));
  const starts = times('DTSTART');
  if (starts.length > 1) throw lineError('DTSTART', 'is there twice; keep one');
  const [start] = starts;
  const read = {
    rules: rules('RRULE'),
    exceptRules: rules('EXRULE'),
    dates: times('RDATE'),
    exceptDates: times('EXDATE'),
  };
  if (read.rules.length + read.dates.length === 0) {
    throw lineError('RRULE', 'is missing; for a single time use the schedule kind once');
  }
  if (read.rules.length + read.exceptRules.length > RULES_MOST) {
    throw lineError('RRULE', `is there too often; ${RULES_MOST} are enough`);
  }
  return start === undefined ? read : { ...read, start };
}

/** Long lines go on in the next one behind a space. */
function unfolded(text: string): readonly string[] {
  const lines = text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

const NAMES = ['DTSTART', 'RRULE', 'RDATE', 'EXDATE', 'EXRULE'];

function parseLine(text: string): Line {
  const [, written = '', parameterText = '', value = ''] = LINE.exec(text) ?? [];
  const name = written.toUpperCase();
  if (!NAMES.includes(name)) {
    throw lineError(`"${text.slice(0, 40)}"`, `is none of the lines ${NAMES.join(', ')}`);
  }
  const parameters = new Map<string, string>();
  for (const parameter of parameterText.split(';').slice(1)) {
    const at = parameter.indexOf('=');
    parameters.set(parameter.slice(0, at).toUpperCase(), parameter.slice(at + 1).replace(/"/g, ''));
  }
  return { name, parameters, value };
}

function zonedTimes({ name, parameters, value }: Line): readonly ZonedTime[] {
  const kind = parameters.get('VALUE')?.toUpperCase() ?? 'DATE-TIME';
  if (!['DATE', 'DATE-TIME', 'PERIOD'].includes(kind))
    throw lineError(name, `has no VALUE=${kind.slice(0, 20)}`);
  const zoneName = parameters.get('TZID')?.replace(/^\//, '');
  const zone = zoneName === undefined ? undefined : zoneNamed(zoneName, EXPRESSION_PATH);
  return value.split(',').map((item) => {
    // Of a period only its beginning is a firing.
    const time = parseCalendarTime(kind === 'PERIOD' ? (item.split('/')[0] ?? '') : item, name);
    if (time.utc && zone !== undefined)
      throw lineError(name, 'has a TZID and a time in UTC; keep one');
    return zone === undefined ? time : { ...time, zone };
  });
}

function lineError(what: string, why: string): ScheduleError {
  return new ScheduleError(EXPRESSION_PATH, `${what} ${why}.`);
}
