export { eventPublish } from './event-publish.ts';
export { eventWait } from './event-wait.ts';
