import { EXIT } from '../exit-code.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import { find, readScope } from './agents.ts';
import type { Command } from './command.ts';
import { PAGE, readCount, showList } from './listing.ts';

export interface ListTokensOptions {
  readonly agent?: string;
  readonly all?: boolean;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto tokens ls`: newest first, those that are good unless all are asked for. */
export const listTokens: Command<[options: ListTokensOptions]> = async (session, options) => {
  const { agent, all = false, limit: written } = options;
  const limit = readCount(written);
  const agentId = agent === undefined ? undefined : (await find(session.client(), agent)).agent_id;
  const listing = session.client().tokens.list({
    limit: Math.min(limit, PAGE),
    ...(agentId !== undefined && { agent_id: agentId }),
    ...(!all && { live: true }),
  });
  return showList(session, { listing, limit }, (tokens) =>
    tableLines(
      ['TOKEN', 'NAME', 'OF', 'ENDS IN', 'SCOPES', 'LAST USED', 'EXPIRES'],
      tokens.map((token) => [
        token.token_id,
        truncate(printable(token.name), 30),
        truncate(printable(token.principal), 40),
        token.hint,
        truncate(token.scopes.join(' '), 40),
        token.last_used_at ?? '',
        token.revoked_at === null ? (token.expires_at ?? '') : 'revoked',
      ]),
    ),
  );
};

export interface CreateTokenOptions {
  readonly agent?: string;
  readonly scope?: readonly string[];
  readonly expires?: string;
}

/** `tenuto tokens create NAME`: the one time that the token is shown. */
export const createToken: Command<[name: string, options: CreateTokenOptions]> = async (
  { output, client },
  name,
  { agent, scope, expires },
) => {
  const agentId = agent === undefined ? undefined : (await find(client(), agent)).agent_id;
  const made = await client().tokens.create({
    name,
    ...(agentId !== undefined && { agent_id: agentId }),
    ...(scope !== undefined && { scopes: scope.map(readScope) }),
    ...(expires !== undefined && { expires_at: expires }),
  });
  output.result(made, () => [made.token]);
  output.note('The token is shown this once.');
  return EXIT.ok;
};

/** `tenuto tokens revoke TOKEN`. */
export const revokeToken: Command<[token: string]> = async ({ output, client }, tokenId) => {
  const token = await client().tokens.revoke(tokenId);
  output.result(token, () => [`Revoked ${printable(token.name)} (${token.hint}).`]);
  return EXIT.ok;
};
