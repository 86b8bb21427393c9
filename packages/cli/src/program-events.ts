import type { Command as Commander } from 'commander';
import {
  listTopics,
  publishEvent,
  recentEvents,
  replayEvent,
  tailEvents,
} from './commands/events.ts';
import {
  addWebhook,
  listWebhooks,
  removeWebhook,
  showWebhook,
  switchWebhook,
} from './commands/webhooks.ts';
import type { Perform } from './perform.ts';

const TOPIC = 'a topic; * stands for one segment, # for any number of them';
const FILTER = 'CEL over event, such as event.payload.amount > 10';
const WEBHOOK = 'its id, or its name';

/** The commands about events. */
export function addEvents(program: Commander, perform: Perform): void {
  const events = program.command('events').description('publish events and look on');
  events
    .command('publish')
    .description('publish an event')
    .argument('<topic>')
    .option('-p, --payload <json>', 'what it says (default: null)')
    .option('-f, --file <file>', 'what it says, as JSON; - reads standard input')
    .option('-d, --dedupe-id <id>', 'publish it once on its topic under this id')
    .option('--source-agent <agent>', 'who says that it was them')
    .option('--idempotency-key <key>', 'publish it at most once under this key')
    .action((topic, options) => perform(publishEvent, topic, options));
  events
    .command('topics')
    .description('list the topics that events have come on')
    .action(() => perform(listTopics));
  events
    .command('recent')
    .description('list the last events, newest first')
    .option('-t, --topic <topic>', TOPIC)
    .option('--filter <cel>', `${FILTER}; of as many as --limit says`)
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(recentEvents, options));
  events
    .command('tail')
    .description('show events as they are published')
    .option('-t, --topic <topic>', TOPIC)
    .option('--filter <cel>', FILTER)
    .option('-a, --after <event>', 'go on behind this event (default: from now on)')
    .option('-c, --count <count>', 'end after so many')
    .action((options) => perform(tailEvents, options));
  events
    .command('replay')
    .description('publish an event again, as a new event')
    .argument('<event>', 'its id')
    .action((event) => perform(replayEvent, event));
}

/** The commands about inbound webhooks. */
export function addWebhooks(program: Commander, perform: Perform): void {
  const webhooks = program.command('webhooks').description('addresses that others post events to');
  webhooks
    .command('ls')
    .description('list webhooks, newest first')
    .action(() => perform(listWebhooks));
  webhooks
    .command('add')
    .description('make a webhook')
    .argument('<name>')
    .requiredOption('-t, --topic <topic>', 'where its events go')
    .requiredOption('-v, --verify <how>', 'standard, github, stripe, hmac or none')
    .option('-s, --secret-file <file>', 'what the sender signs with; - reads standard input')
    .action((name, options) => perform(addWebhook, name, options));
  webhooks
    .command('show')
    .description('show a webhook, and its address')
    .argument('<webhook>', WEBHOOK)
    .action((webhook) => perform(showWebhook, webhook));
  webhooks
    .command('enable')
    .description('take posts in again')
    .argument('<webhook>', WEBHOOK)
    .action((webhook) => perform(switchWebhook, webhook, 'active'));
  webhooks
    .command('disable')
    .description('take no posts in, as if it were not there')
    .argument('<webhook>', WEBHOOK)
    .action((webhook) => perform(switchWebhook, webhook, 'disabled'));
  webhooks
    .command('rm')
    .description('remove a webhook; its address leads nowhere then')
    .argument('<webhook>', WEBHOOK)
    .action((webhook) => perform(removeWebhook, webhook));
}
