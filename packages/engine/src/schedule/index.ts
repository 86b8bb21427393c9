/** When tasks fire, and what becomes of each tick. */
export { type ExpectedFiring, readSchedule, type Schedule, type ScheduleSpec } from './schedule.ts';
export { compileTopicPattern, type TopicPattern, topicMatches } from './topic.ts';
