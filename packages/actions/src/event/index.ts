export { type EventDoor, eventPublish } from './event-publish.ts';
export { eventWait, type WaitForEvent } from './event-wait.ts';
