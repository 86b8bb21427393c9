import { ScheduleError } from '@tenuto/contract';
import type { ScheduleSpec, Timetable } from './schedule.ts';

/** @throws ScheduleError */
export function readRecurrence(_spec: ScheduleSpec): Timetable {
  throw new ScheduleError('schedule_kind', 'Rules are not read yet; use cron.');
}
