/** The receiver of the examples, as a program, against messages as they are sent. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { SECRET } from '../../test/notify.ts';
import { webhookSignature } from './signature.ts';

const program = join(import.meta.dirname, '../../../../examples/webhooks/receiver.ts');

it('the receiver of the examples takes what is signed, once, and refuses the rest', async () => {
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, PORT: '0', TENUTO_WEBHOOK_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const [first] = await once(reader, 'line');
  reader.on('line', (line) => void lines.push(line));
  const port = String(first).replace('listening ', '');
  const body = JSON.stringify({ type: 'run.failed', data: { job_name: 'nightly' } });
  const now = Math.floor(Date.now() / 1_000);
  const send = async (id: string, over: { timestamp?: number; sent?: string } = {}) => {
    const { timestamp = now, sent = body } = over;
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': `v1,bad ${webhookSignature([SECRET], { id, timestamp, body })}`,
      },
      body: sent,
    });
    return response.status;
  };
  expect(await send('msg_1')).toBe(204);
  expect(await send('msg_1')).toBe(204);
  expect(await send('msg_2', { sent: `${body} ` })).toBe(401);
  expect(await send('msg_3', { timestamp: now - 301 })).toBe(401);
  expect(await send('msg_4')).toBe(204);
  await expect.poll(() => lines).toEqual(['msg_1 run.failed nightly', 'msg_4 run.failed nightly']);
});
