import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report, spread } from './figures.ts';
import { whyNoLoopDisk } from './loop-disk.ts';
import { cutPower } from './power-cut.ts';
import { openStage, type Stage } from './stage.ts';

const reason = whyNoLoopDisk();
let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('when the power of the disk is cut', () => {
  it('every acknowledged job is there again and ends', async (context) => {
    if (reason !== undefined) context.skip(`no power cut: ${reason}`);
    const { jobs, unfinished, violations, backMs } = await cutPower(stage, {
      cuts: 1,
      jobsAtCut: () => 100,
    });
    report('power cut', { jobs, unfinished, back: spread(backMs) });
    expect(violations).toEqual([]);
    expect(jobs).toBeGreaterThanOrEqual(100);
    expect(unfinished).toBeGreaterThan(0);
  });
});
