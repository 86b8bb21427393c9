/**
 * Sends jobs to a server and writes what came of it as JSON. Open loop: so many a second, whether
 * answers come or not, and an answer's time counts from when its request was due. Closed loop:
 * each of so many clients sends the next request when its answer is there.
 *
 * Arguments: `open <a second> <seconds>` or `closed <clients> <seconds>`; the environment has the
 * address (BENCH_URL) and the token (BENCH_TOKEN).
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './statistics.ts';

const ACCEPTED = 202;
const SOCKETS = 256;
const [mode, count = '1', seconds = '1'] = process.argv.slice(2);
const url = new URL('/api/v1/orchestration/job', process.env.BENCH_URL);
const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
const body = Buffer.from(
  JSON.stringify({
    job_name: 'bench',
    dag_definition: { nodes: [{ id: 'a', uses: 'transform.cel', with: { value: 1 } }] },
  }),
);
const headers = {
  authorization: `Bearer ${process.env.BENCH_TOKEN}`,
  'content-type': 'application/json',
  'content-length': body.length,
};
const latencies: number[] = [];
let errors = 0;

/** One request; its time counts from `due`. */
function submit(due: number): Promise<void> {
  return new Promise((resolve) => {
    const settle = (accepted: boolean) => {
      if (accepted) latencies.push(performance.now() - due);
      else errors += 1;
      resolve();
    };
    const answered = (response: IncomingMessage) => {
      response.resume();
      response.once('close', () => settle(response.statusCode === ACCEPTED && response.complete));
    };
    const sent = request(url, { method: 'POST', agent, headers }, answered);
    sent.once('error', () => settle(false));
    sent.end(body);
  });
}

async function openLoop(aSecond: number, forSeconds: number): Promise<void> {
  const from = performance.now();
  const pending: Promise<void>[] = [];
  for (let i = 0; i < aSecond * forSeconds; i += 1) {
    const due = from + (i * 1_000) / aSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    pending.push(submit(due));
  }
  await Promise.all(pending);
}

async function closedLoop(clients: number, forSeconds: number): Promise<void> {
  const until = performance.now() + forSeconds * 1_000;
  const client = async () => {
    while (performance.now() < until) await submit(performance.now());
  };
  await Promise.all(Array.from({ length: clients }, client));
}

const from = performance.now();
await (mode === 'open' ? openLoop : closedLoop)(Number(count), Number(seconds));
const took = (performance.now() - from) / 1_000;
agent.destroy();
if (latencies.length === 0) throw new Error(`None of ${errors} requests was accepted.`);
process.stdout.write(
  JSON.stringify({
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    perSecond: latencies.length / took,
    errors,
  }),
);
