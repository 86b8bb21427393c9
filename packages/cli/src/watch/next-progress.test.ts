import { type RunPhase, runPhaseExample } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { PLAIN } from '../terminal/palette.ts';
import { goingOn } from './next-progress.ts';

it('phases that go on are shown with how long they have, and who works in them', () => {
  const phase = (over: Partial<RunPhase>): RunPhase => ({ ...runPhaseExample, ...over });
  const began = '2026-01-15T09:30:00.000Z';
  const lines = goingOn(
    {
      phases: [
        phase({ status: 'completed' }),
        phase({
          status: 'running',
          name: 'Data\u001b[2J',
          agent_ids: ['a', 'b'],
          started_at: began,
        }),
        phase({ status: 'pending' }),
      ],
    },
    { now: Date.parse(began) + 12_000, palette: PLAIN, width: 80 },
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/running {2}Data.* 12 s, a, b$/);
  expect(lines[0]).not.toContain('\u001b');
});
