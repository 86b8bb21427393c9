import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report, spread } from './figures.ts';
import { whyNoLoopDisk } from './loop-disk.ts';
import { cutPower } from './power-cut.ts';
import { openStage, type Stage } from './stage.ts';

const CUTS = 20;
const reason = whyNoLoopDisk();
let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('when the power of the disk is cut twenty times', () => {
  it('every acknowledged job is there again and ends', async (context) => {
    if (reason !== undefined) context.skip(`no power cut: ${reason}`);
    const { jobs, unfinished, violations, backMs } = await cutPower(stage, {
      cuts: CUTS,
      // From a few after the start to some hundreds in full swing.
      jobsAtCut: (cut) => 10 + 15 * cut,
    });
    report('power cuts', { cuts: CUTS, jobs, unfinished, back: spread(backMs) });
    expect(violations).toEqual([]);
    expect(jobs).toBeGreaterThan(10 * CUTS);
    expect(unfinished).toBeGreaterThan(0);
  }, 900_000);
});
