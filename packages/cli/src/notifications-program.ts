import type { Command as Commander } from 'commander';
import {
  addChannel,
  addRoute,
  listChannels,
  listDeliveries,
  listRoutes,
  redeliver,
  removeChannel,
  removeRoute,
  rotateChannel,
  switchChannel,
  testChannel,
} from './commands/notifications.ts';
import type { Perform } from './perform.ts';

/** `tenuto notifications`: who is told of what, and what became of telling them. */
export function addNotifications(notifications: Commander, perform: Perform): void {
  addChannels(notifications.command('channels').description('places that messages go to'), perform);
  addRoutes(
    notifications.command('routes').description('which events go to which channel'),
    perform,
  );
  const deliveries = notifications.command('deliveries').description('what became of messages');
  deliveries
    .command('ls')
    .description('list deliveries, newest first')
    .option('-s, --status <status>', 'pending, delivered or failed; may be repeated', collect)
    .option('-e, --event <event>', 'only of this event')
    .option('-c, --channel <channel>', 'only to this channel, by name or id')
    .option('-l, --limit <count>', 'how many', '20')
    .action((options) => perform(listDeliveries, options));
  deliveries
    .command('redeliver')
    .description('send a message again that is over, under the same id')
    .argument('<delivery>')
    .action((delivery) => perform(redeliver, delivery));
}

function addChannels(channels: Commander, perform: Perform): void {
  channels
    .command('ls')
    .description('list channels')
    .action(() => perform(listChannels));
  channels
    .command('add')
    .description('make a channel; the secret of a webhook is shown once')
    .argument('<name>')
    .requiredOption('--to <place>', 'a URL, or an address of mail; those may be repeated', collect)
    .action((name, options) => perform(addChannel, name, options));
  channels
    .command('rotate')
    .description('give a webhook a new secret')
    .argument('<channel>', 'name or id')
    .action((channel) => perform(rotateChannel, channel));
  channels
    .command('test')
    .description('send a message to try a channel with')
    .argument('<channel>', 'name or id')
    .action((channel) => perform(testChannel, channel));
  channels
    .command('enable')
    .description('switch a channel on, such as one whose receiver answered 410')
    .argument('<channel>', 'name or id')
    .action((channel) => perform(switchChannel, channel, 'active'));
  channels
    .command('disable')
    .description('switch a channel off')
    .argument('<channel>', 'name or id')
    .action((channel) => perform(switchChannel, channel, 'disabled'));
  channels
    .command('rm')
    .description('remove a channel and the routes to it')
    .argument('<channel>', 'name or id')
    .action((channel) => perform(removeChannel, channel));
}

function addRoutes(routes: Commander, perform: Perform): void {
  routes
    .command('ls')
    .description('list routes')
    .action(() => perform(listRoutes));
  routes
    .command('add')
    .description('send events to a channel from now on')
    .argument('<channel>', 'name or id')
    .requiredOption('-e, --event <event>', 'run.failed, ...; may be repeated', collect)
    .option('-t, --tag <tag>', 'only of jobs with this tag')
    .option('--job-type <type>', 'only of jobs of this type')
    .option('--everyone', "of everybody's jobs (administrators)")
    .action((channel, options) => perform(addRoute, channel, options));
  routes
    .command('rm')
    .description('remove a route')
    .argument('<route>', 'its id')
    .action((route) => perform(removeRoute, route));
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
