/** When tasks fire. */
export { type ExpectedFiring, readSchedule, type Schedule } from './schedule.ts';
export type { ScheduleSpec } from './timetable.ts';
export { compileTopicPattern, type TopicPattern } from './topic.ts';
