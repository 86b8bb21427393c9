/**
 * Follows a run from code, to its end and through restarts of the server.
 *
 *   TENUTO_TOKEN=... npx node examples/streams/follow.ts RUN_ID
 */
import { createClient } from '@tenuto/sdk';

const { TENUTO_URL: baseUrl = 'http://127.0.0.1:8420', TENUTO_TOKEN: token = '' } = process.env;
const [runId = ''] = process.argv.slice(2);
const client = createClient({ baseUrl, token });

for await (const message of client.runs.follow(runId)) {
  if (message.type === 'progress') console.log(`${message.progress_percentage}%`);
  else if (message.type === 'node') console.log(message.seq, message.node_id, message.status);
  else if (message.type === 'log') console.log(message.seq, message.node_id, message.text);
  else console.log(message.seq, message.type);
}
