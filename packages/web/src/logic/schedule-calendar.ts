/** The next weeks of a schedule, by the days of its zone. */

const WEEKS = 5;

export interface CalendarDay {
  /** `2026-03-29` */
  readonly date: string;
  readonly firings: number;
  readonly isPast: boolean;
  /** Behind the last firing that is known. */
  readonly isBeyond: boolean;
}

interface Shown {
  /** The times of firings on the wall of the zone, in order. */
  readonly locals: readonly string[];
  /** Today, in the zone. */
  readonly today: string;
  /** Whether there are more firings than are given. */
  readonly hasMore: boolean;
}

/** Whole weeks from Monday on, today's the first. */
export function calendarOf({ locals, today, hasMore }: Shown): readonly (readonly CalendarDay[])[] {
  const counts = new Map<string, number>();
  for (const local of locals) {
    const date = local.slice(0, 10);
    counts.set(date, (counts.get(date) ?? 0) + 1);
  }
  const last = locals.at(-1)?.slice(0, 10) ?? '';
  const monday = mondayOf(today);
  return Array.from({ length: WEEKS }, (_, week) =>
    Array.from({ length: 7 }, (__, day) => {
      const date = plusDays(monday, week * 7 + day);
      const firings = counts.get(date) ?? 0;
      const isBeyond = hasMore && date >= last;
      return { date, firings, isPast: date < today, isBeyond };
    }),
  );
}

function mondayOf(date: string): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return plusDays(date, -((weekday + 6) % 7));
}

function plusDays(date: string, days: number): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}
