/**
 * The server of the HTTP benchmark: the real one, in a process of its own, with a probe that
 * measures how late its event loop is. Its parent asks by `reset` and `read`, and ends it by
 * disconnecting.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadSettings, startServer } from '@tenuto/server';

const RESOLUTION_MS = 2;
const NS_A_MS = 1_000_000;

const server = await startServer(loadSettings());
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
process.on('message', (word) => {
  if (word === 'reset') delay.reset();
  else tell({ p50: late(50), p99: late(99), max: late(100) });
});
process.once('disconnect', () => void server.stop());
tell({ url: server.url });

/** How much later than its timer asked for a turn of the loop came, in ms. */
function late(part: number): number {
  return Math.max(0, delay.percentile(part) / NS_A_MS - RESOLUTION_MS);
}

function tell(message: object): void {
  process.send?.(message);
}
