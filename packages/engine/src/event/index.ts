export {
  eventIdFloor,
  eventIdOfStream,
  eventIdsAfter,
  FIRST_EVENT_ID,
  streamIdOf,
} from './event-id.ts';
export { checkEventFilter, createEventMatching, eventInScope, eventSignal } from './matching.ts';
export { isPattern, patternPrefix, topicMatches } from './topic.ts';
