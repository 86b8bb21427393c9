/** When tasks fire. */
export {
  type ExpectedFiring,
  readSchedule,
  type Schedule,
  scheduleDescription,
} from './schedule.ts';
export type { ScheduleSpec } from './timetable.ts';
