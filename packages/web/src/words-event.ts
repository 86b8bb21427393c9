/** What the view of events says. */
export const EVENT_WORDS = {
  title: 'Events',
  topics: 'Topics',
  all: 'All topics',
  tail: 'Live tail',
  pattern: 'Topic, such as orders.*',
  filter: 'CEL, such as event.payload.amount > 100',
  text: 'Text in the payload',
  filters: 'Filters of the tail',
  pause: 'Hold',
  goOn: 'Go on',
  held: (news: number) => (news === 1 ? '1 new' : `${news} new`),
  away: (time: string) => `The server is away since ${time}; what is published meanwhile follows.`,
  gap: (from: string, to: string) => `The server was away from ${from} to ${to}.`,
  filled: (events: number) =>
    events === 0
      ? 'Nothing was published meanwhile; nothing is missing.'
      : `${events === 1 ? '1 event was' : `${events} events were`} published meanwhile and ${events === 1 ? 'is' : 'are'} above; nothing is missing.`,
  lost: (from: string) => `Events before ${from} have been given up and cannot be told any more.`,
  older: 'Load older events',
  olderFailed: 'Older events could not be read',
  publish: 'Publish an event',
  topic: 'Topic',
  payload: 'Payload, as JSON',
  dedupe: 'Dedupe id',
  dedupeHint: 'A second event on the topic with the same id is the first one, and does nothing.',
  examples: 'Examples',
  exampleList: [
    ['orders.created', '{\n  "order": 42,\n  "amount": 99.5\n}', 'An order'],
    ['deploys.done', '{\n  "service": "shop",\n  "version": "1.4.0"\n}', 'A deployment'],
    ['alerts.raised', '"disk is full"', 'A text'],
  ],
  send: 'Publish',
  sent: (tasks: number) =>
    tasks === 0
      ? 'The event is published.'
      : `The event is published and was for ${tasks === 1 ? '1 task' : `${tasks} tasks`}.`,
  duplicate: 'It had been published before under this id; nothing was done.',
  hook: 'From elsewhere, publish over HTTP or make a webhook:',
  hookLink: 'Webhooks',
  replay: 'Publish again',
  askReplay: [
    'Publish this event again?',
    'A new event with the same payload goes to the topic, and fires every task that is for it.',
  ],
  wasFor: (tasks: number) =>
    tasks === 0
      ? 'It was for no task.'
      : tasks === 1
        ? 'It was for 1 task.'
        : `It was for ${tasks} tasks.`,
  replayed: 'The event is published again.',
  failed: 'That was not done',
  count: (events: string) => `${events} so far`,
  triggered: (tasks: number) => (tasks === 1 ? 'started 1 task' : `started ${tasks} tasks`),
  event: 'Event',
  at: 'Published',
  origin: 'From',
  by: 'By',
  source: 'Source agent',
  stream: 'Place in the stream',
  replayOf: 'Published again from',
  origins: {
    api: 'the API',
    run: 'a run',
    webhook: 'a webhook',
    stream: 'a stream',
    replay: 'an earlier event',
  },
  attributes: 'CloudEvents attributes',
  webhook: 'What the webhook came with',
  bytes: 'Its data is no text; as base64:',
  tasks: 'Tasks that it was for',
  noTasks: 'No task was for it.',
  makeTask: 'Create a task for it',
  gathers: 'gathers with others',
  gone: 'This event is not kept any more.',
  empty: 'No event has come yet',
  emptyText:
    'Events start tasks and wake nodes that wait for them. Publish one here, or from a terminal:',
  emptyExample: 'npx tenuto events publish orders.created --payload \'{"order": 42}\'',
  noneFit: 'No event that is kept fits',
  noneFitText: 'What comes and fits is shown here as it comes.',
  clear: 'Show all events',
} as const;
