/** Times of a day that are every combination of some hours, minutes and seconds. */

export interface TimesOfDay {
  readonly count: number;
  /** Seconds since midnight of the time with a number, from 0 up to `count`. */
  at(index: number): number;
  /** The first time at or after so many seconds since midnight; -1 when the day has no other. */
  from(seconds: number): number;
}

/** All lists are in order and not empty. */
export function timesOfDay(
  hours: readonly number[],
  minutes: readonly number[],
  seconds: readonly number[],
): TimesOfDay {
  const hour = successors(hours, 25);
  const minute = successors(minutes, 61);
  const second = successors(seconds, 60);
  const firstSecond = seconds[0] ?? 0;
  const firstOfHour = (minutes[0] ?? 0) * 60 + firstSecond;
  const inHour = minutes.length * seconds.length;

  return {
    count: hours.length * inHour,
    at(index) {
      const h = hours[Math.floor(index / inHour)] ?? 0;
      const m = minutes[Math.floor((index % inHour) / seconds.length)] ?? 0;
      return h * 3600 + m * 60 + (seconds[index % seconds.length] ?? 0);
    },
    from(time) {
      const startHour = Math.floor(time / 3600);
      const h = hour[startHour] ?? -1;
      if (h > startHour) return h * 3600 + firstOfHour;
      const rest = h < 0 ? -1 : fromOfHour(time - startHour * 3600);
      if (rest >= 0) return h * 3600 + rest;
      const later = hour[startHour + 1] ?? -1;
      return later < 0 ? -1 : later * 3600 + firstOfHour;
    },
  };

  function fromOfHour(time: number): number {
    const startMinute = Math.floor(time / 60);
    const m = minute[startMinute] ?? -1;
    if (m > startMinute) return m * 60 + firstSecond;
    const s = m < 0 ? -1 : (second[time - startMinute * 60] ?? -1);
    if (s >= 0) return m * 60 + s;
    const later = minute[startMinute + 1] ?? -1;
    return later < 0 ? -1 : later * 60 + firstSecond;
  }
}

/** For each number below `size` the first of the values that is not smaller; -1 for none. */
export function successors(values: readonly number[], size: number): Int16Array {
  const table = new Int16Array(size).fill(-1);
  for (const value of values) table[value] = value;
  for (let index = size - 2; index >= 0; index -= 1) {
    if (table[index] === -1) table[index] = table[index + 1] ?? -1;
  }
  return table;
}
