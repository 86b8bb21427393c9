import type { Secret } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { PAGE, readCount, showList } from './listing.ts';

/** `tenuto secrets list`: newest first, without their values. */
export const listSecrets: Command<[options: { readonly limit: string }]> = async (
  session,
  { limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().secrets.list({ limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, secretLines);
};

function secretLines(secrets: readonly Secret[]): readonly string[] {
  return tableLines(
    ['NAME', 'VERSION', 'SET', 'HOSTS', 'ABOUT'],
    secrets.map((secret) => [
      printable(secret.name),
      String(secret.version),
      secret.updated_at,
      truncate(printable(secret.allowed_hosts?.join(', ') ?? 'any'), 40),
      truncate(printable(secret.description ?? ''), 40),
    ]),
  );
}

export interface SetSecretOptions {
  readonly host?: readonly string[];
  readonly description?: string;
}

/**
 * `tenuto secrets set NAME`: the value comes from standard input, or is asked for at a terminal. It
 * is no argument, which everybody on the machine could see.
 */
export const setSecret: Command<[name: string, options: SetSecretOptions]> = async (
  { io, output, client },
  name,
  { host, description },
) => {
  const value = await io.readSecret(`Value of ${printable(name)}: `);
  if (value === '') throw new UsageError('The value is empty: give it on standard input.');
  const secret = await client().secrets.set(name, {
    value,
    ...(host !== undefined && { allowed_hosts: [...host] }),
    ...(description !== undefined && { description }),
  });
  output.result(secret, () => [
    `${printable(secret.name)} is set, version ${secret.version}.`,
    `Name it in parameters: \${secrets.${secret.name}}`,
  ]);
  return EXIT.ok;
};

/** `tenuto secrets delete NAME`. */
export const deleteSecret: Command<[name: string]> = async ({ output, client }, name) => {
  const secret = await client().secrets.remove(name);
  output.result(secret, () => [`${printable(secret.name)} is deleted.`]);
  return EXIT.ok;
};
