import { createMask, type McpCheckResult, type McpHands, type McpServerSpec } from '@tenuto/engine';
import { judgeUrl } from '../http/address-guard.ts';
import type { McpReach } from './connection.ts';
import { failureOf } from './failure.ts';
import type { McpPool } from './pool.ts';

/** Looks at servers on behalf of the API. */
export function createMcpHands(pool: McpPool, reach: McpReach): McpHands {
  return {
    async tools(server, signal) {
      try {
        const connection = await pool.connection(server, signal);
        return [...(await connection.tools(signal)).values()];
      } catch (error) {
        signal.throwIfAborted();
        throw new Error(said(server, failureOf(error, { sent: false }).error.message));
      }
    },
    check: (server, signal) => check(pool, reach, server, signal),
    fault: (server) => faultOf(reach, server),
  };
}

async function check(
  pool: McpPool,
  { clock }: McpReach,
  server: McpServerSpec,
  signal: AbortSignal,
): Promise<McpCheckResult> {
  const startedAt = clock.mono();
  try {
    const connection = await pool.connection(server, signal);
    const tools = await connection.tools(signal, true);
    return {
      ok: true,
      server: connection.server,
      protocolVersion: connection.protocolVersion,
      tools: tools.size,
      durationMs: Math.round(clock.mono() - startedAt),
    };
  } catch (error) {
    if (signal.aborted)
      return { ok: false, type: 'timeout', message: 'It did not answer in time.' };
    const { type, message } = failureOf(error, { sent: false }).error;
    return { ok: false, type, message: said(server, message) };
  }
}

/** Without the secrets of the server, which it may have said itself. */
function said({ secrets }: McpServerSpec, text: string): string {
  return createMask([...secrets.values()].map(({ value }) => value)).text(text);
}

function faultOf(
  { allow, commands }: McpReach,
  { transport, command, url }: Pick<McpServerSpec, 'transport' | 'command' | 'url'>,
): string | undefined {
  if (transport === 'http') {
    const verdict = judgeUrl(url, allow);
    return verdict.allowed ? undefined : `cannot be used: ${verdict.reason}`;
  }
  const [program = ''] = command;
  const allowed = commands.allow;
  if (allowed === 'any' || (allowed !== 'none' && allowed.includes(program))) return undefined;
  // A bare name may stand for a file that is on the list, which only starting it tells.
  if (allowed !== 'none' && !/[/\\]/.test(program)) return undefined;
  return 'may not be started: the operator sets TENUTO_ALLOW_COMMANDS to the programs that may';
}
