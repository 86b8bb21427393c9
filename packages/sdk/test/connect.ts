import { type ClientOptions, createClient } from '../src/index.ts';
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

const servers: ScriptedServer[] = [];

/** Stops what the tests of a file started. */
export async function closeServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** A server that answers as the script says, and a client of it that notes its waits instead of waiting. */
export async function connect(script: Script, options: Partial<ClientOptions> = {}) {
  const server = await startScriptedServer(script);
  servers.push(server);
  const slept: number[] = [];
  const surroundings = {
    now: () => 0,
    random: () => 0,
    sleep: async (ms: number) => {
      slept.push(ms);
    },
  };
  const client = createClient({ baseUrl: server.url, token: 'tnt_x', surroundings, ...options });
  return { client, server, slept };
}
