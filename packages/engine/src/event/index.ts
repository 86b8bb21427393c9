export {
  eventIdFloor,
  eventIdOfStream,
  eventIdsAfter,
  FIRST_EVENT_ID,
  streamIdOf,
} from './event-id.ts';
export {
  checkEventFilter,
  createEventMatching,
  eventFilter,
  eventInScope,
  eventSignal,
} from './matching.ts';
export { isPattern, patternPrefix, topicFault, topicMatches } from './topic.ts';
