import { WEBHOOK_VERIFICATIONS, type Webhook } from '@tenuto/contract';
import type { Client } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { MissingError, UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { readSource } from './job-input.ts';
import { facts, PAGE, showList } from './listing.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TOPIC_CELLS = 40;

/** `tenuto webhooks ls`: newest first. */
export const listWebhooks: Command<[]> = async (session) => {
  const listing = session.client().webhooks.list({ limit: PAGE });
  const row = (webhook: Webhook) => [
    webhook.webhook_id,
    printable(webhook.name),
    truncate(printable(webhook.topic), TOPIC_CELLS),
    webhook.verify,
    webhook.state,
  ];
  return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, (webhooks) =>
    tableLines(['WEBHOOK', 'NAME', 'TOPIC', 'VERIFY', 'STATE'], webhooks.map(row)),
  );
};

export interface AddWebhookOptions {
  readonly topic: string;
  readonly verify: string;
  /** A file with the secret; `-` is standard input. */
  readonly secretFile?: string;
}

/** `tenuto webhooks add NAME --topic TOPIC --verify HOW --secret-file FILE`. */
export const addWebhook: Command<[name: string, options: AddWebhookOptions]> = async (
  session,
  name,
  { topic, verify, secretFile },
) => {
  const secret = await readSecret(session, secretFile);
  const webhook = await session.client().webhooks.create({
    ...{ name, topic, verify: readVerification(verify) },
    ...(secret !== undefined && { secret }),
  });
  session.output.result(webhook, () => webhookLines(webhook, session.client()));
  return EXIT.ok;
};

function readVerification(text: string): Webhook['verify'] {
  const known = WEBHOOK_VERIFICATIONS.find((one) => one === text);
  if (known !== undefined) return known;
  const all = WEBHOOK_VERIFICATIONS.join(', ');
  throw new UsageError(`A webhook is verified by ${all}; "${text}" is none of them.`);
}

/** A command line can be read by everybody on the machine: a secret comes from a file. */
async function readSecret(session: Session, file?: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return (await readSource(session, file)).text.trim();
}

/** `tenuto webhooks show WEBHOOK`. */
export const showWebhook: Command<[webhook: string]> = async ({ output, client }, which) => {
  const webhook = await client().webhooks.get(await webhookId(client(), which));
  output.result(webhook, () => webhookLines(webhook, client()));
  return EXIT.ok;
};

/** With the whole address, to be given to who posts. */
function webhookLines(webhook: Webhook, { baseUrl }: Client): readonly string[] {
  const address =
    webhook.path === null ? 'an address that is not known here' : `${baseUrl}${webhook.path}`;
  return [
    `${printable(webhook.name)}: posts to ${printable(address)}`,
    ...facts([
      ['id', webhook.webhook_id],
      ['topic', webhook.topic],
      ['verify', webhook.verify],
      ['state', webhook.state],
      ['owner', webhook.owner],
    ]),
  ];
}

/** `tenuto webhooks enable WEBHOOK`, and `disable`. */
export const switchWebhook: Command<[webhook: string, state: Webhook['state']]> = async (
  { output, client },
  which,
  state,
) => {
  const id = await webhookId(client(), which);
  const webhook = await client().webhooks.update(id, { state });
  output.result(webhook, () => [`The webhook ${printable(webhook.name)} is ${webhook.state}.`]);
  return EXIT.ok;
};

/** `tenuto webhooks rm WEBHOOK`. */
export const removeWebhook: Command<[webhook: string]> = async ({ output, client }, which) => {
  const webhook = await client().webhooks.remove(await webhookId(client(), which));
  output.result(webhook, () => [`The webhook ${printable(webhook.name)} is removed.`]);
  return EXIT.ok;
};

/** An id as it is; of a name, the id of the webhook that has it. */
async function webhookId(client: Client, which: string): Promise<string> {
  if (UUID.test(which)) return which;
  for await (const { webhook_id: id, name } of client.webhooks.list({ limit: PAGE })) {
    if (name === which) return id;
  }
  throw new MissingError(`There is no webhook "${printable(which)}".`);
}
