import type { Clock, TokenStore } from '@tenuto/engine';
import type { JwtSettings } from '../settings-sign-in.ts';
import { createHashReader, hashOf } from './api-tokens.ts';
import type { Readers } from './credentials.ts';
import { createJwsVerifier, type JwsKeys } from './jws.ts';
import { createJwtReader } from './jwt.ts';
import { createSessionReader } from './sessions.ts';

interface ReaderOptions {
  readonly tokens: Pick<TokenStore, 'candidates' | 'seen' | 'sessions' | 'teamsOf'>;
  /** Undefined: no JWT is listened to. */
  readonly keys: JwsKeys | undefined;
  readonly jwt: JwtSettings;
  readonly clock: Clock;
}

/** Teams change seldom; a change is heard of after at most this long. */
const TEAMS_MS = 5_000;
const REMEMBERED = 10_000;

/** All that finds out who sends a request. */
export function createReaders({ tokens, keys, jwt, clock }: ReaderOptions): Readers {
  const byHash = createHashReader({ tokens, clock });
  return {
    token: (token) => byHash(hashOf(token)),
    jwt:
      keys &&
      createJwtReader({
        ...{ ...jwt, clock, verify: createJwsVerifier(keys) },
        teamsOf: rememberTeams(tokens, clock),
      }),
    session: createSessionReader({ tokens, byHash }),
  };
}

function rememberTeams(
  { teamsOf }: Pick<TokenStore, 'teamsOf'>,
  clock: Pick<Clock, 'mono'>,
): (subject: string) => Promise<readonly string[]> {
  const known = new Map<string, { readonly teams: readonly string[]; readonly until: number }>();
  return async (subject) => {
    const remembered = known.get(subject);
    if (remembered !== undefined && remembered.until > clock.mono()) return remembered.teams;
    const until = clock.mono() + TEAMS_MS;
    const teams = await teamsOf(subject);
    if (known.size >= REMEMBERED) known.clear();
    known.set(subject, { teams, until });
    return teams;
  };
}
