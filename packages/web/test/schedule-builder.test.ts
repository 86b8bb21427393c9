/** What the builders write means what they have read: over all cases of other libraries. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScheduleError } from '@tenuto/contract';
import { readSchedule } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { readCron, writeCron } from '../src/logic/cron-form.ts';
import { readRule, writeRule } from '../src/logic/rule-form.ts';

const folder = process.env.TENUTO_VECTORS ?? '';
const cronFile = join(folder, 'cron/cases.json');
const ruleFile = join(folder, 'rrule/cases.json');
const LONG_AGO = Date.UTC(1997, 8, 2, 9);
const SOME = 12;

function load<T>(file: string): readonly T[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** The first firings of a schedule; undefined for one that is refused. */
function firings(kind: 'cron' | 'rrule', expression: string): readonly number[] | undefined {
  const timezone = 'Europe/Paris';
  try {
    const schedule = readSchedule({ kind, expression, timezone, anchor: LONG_AGO });
    return schedule.upcoming(LONG_AGO - 1, SOME).map(({ at }) => at);
  } catch (error) {
    if (error instanceof ScheduleError) return undefined;
    throw error;
  }
}

interface CronCase {
  readonly expr: string;
  readonly expr_seconds_first?: string;
}

describe.skipIf(!existsSync(cronFile))('the builder of cron expressions', () => {
  const texts = [
    ...new Set(load<CronCase>(cronFile).map((one) => one.expr_seconds_first ?? one.expr)),
  ];
  const shown = texts.filter((text) => readCron(text) !== undefined);

  it('shows most of what others write, and leaves the rest as text', () => {
    expect(shown.length).toBeGreaterThan(texts.length / 3);
    for (const text of ['0 9 15W * *', '0 9 * * 5#2', '0 9 13 * +FRI', '0 9 1 1 * 2027 x']) {
      expect([text, readCron(text)]).toEqual([text, undefined]);
    }
  });

  it('writes what it has read in other words of the same meaning', () => {
    const others = shown.flatMap((text) => {
      const form = readCron(text);
      if (form === undefined) return [];
      const again = writeCron(form);
      expect([text, readCron(again)]).toEqual([text, form]);
      const meant = firings('cron', text);
      if (meant === undefined) return [];
      return String(firings('cron', again)) === String(meant) ? [] : [[text, again]];
    });
    expect(others).toEqual([]);
  });
});

interface RuleCase {
  readonly rules?: readonly string[];
  readonly dtstart?: string;
  readonly tzid: string | null;
}

describe.skipIf(!existsSync(ruleFile))('the builder of recurrence rules', () => {
  const compact = (text: string) => text.replaceAll(/[-:]/g, '');
  const texts = [
    ...new Set(
      load<RuleCase>(ruleFile).flatMap(({ rules = [], dtstart, tzid }) => {
        const lines = rules.map((rule) => `RRULE:${rule}`);
        if (dtstart === undefined) return lines.length === 1 ? rules : [];
        const zone = tzid === null ? '' : `;TZID=${tzid}`;
        return [[`DTSTART${zone}:${compact(dtstart)}`, ...lines].join('\n')];
      }),
    ),
  ];
  const shown = texts.filter((text) => readRule(text) !== undefined);

  it('shows most of what others write, and leaves the rest as text', () => {
    expect(shown.length).toBeGreaterThan(texts.length / 2);
    for (const text of [
      'FREQ=YEARLY;BYWEEKNO=20',
      'FREQ=YEARLY;BYYEARDAY=100',
      'FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=FORWARD',
      'RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY',
      'DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY',
      'FREQ=DAILY;COUNT=3;UNTIL=20260105T090000Z',
    ]) {
      expect([text, readRule(text)]).toEqual([text, undefined]);
    }
  });

  it('writes what it has read in other words of the same meaning', () => {
    const others = shown.flatMap((text) => {
      const form = readRule(text);
      if (form === undefined) return [];
      const again = writeRule(form);
      expect([text, readRule(again)]).toEqual([text, form]);
      const meant = firings('rrule', text);
      if (meant === undefined) return [];
      return String(firings('rrule', again)) === String(meant) ? [] : [[text, again]];
    });
    expect(others).toEqual([]);
  });
});
