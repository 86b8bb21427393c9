import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock, settled } from '../test/manual-clock.ts';
import { eventOf, journaled } from '../test/records.ts';
import { createScriptedLane } from '../test/scripted-lane.ts';
import { armFailpoints, FAILPOINTS, type Failpoint, failpoint } from './failpoint.ts';
import { createJournal, type JournalListener } from './journal.ts';

let disarm = () => {};
afterEach(() => disarm());

/** The failpoints that are reached, in order. */
function listen(): Failpoint[] {
  const seen: Failpoint[] = [];
  disarm = armFailpoints((point) => seen.push(point));
  return seen;
}

describe('a failpoint', () => {
  it('does nothing unless it is armed', () => {
    expect(failpoint('before-claim')).toBeUndefined();
  });

  it('tells who armed it, until that is over', () => {
    const seen = listen();
    failpoint('before-claim');
    failpoint('claimed');
    disarm();
    failpoint('draining');
    expect(seen).toEqual(['before-claim', 'claimed']);
  });

  it('throws what it is told to throw', () => {
    disarm = armFailpoints((point) => {
      throw new Error(`stopped ${point}`);
    });
    expect(() => failpoint('before-park')).toThrow('stopped before-park');
  });

  it('belongs to the last one that armed it, and is not disarmed by an earlier one', () => {
    const disarmFirst = armFailpoints(() => expect.fail('it is somebody else now'));
    const seen = listen();
    disarmFirst();
    failpoint('claimed');
    expect(seen).toEqual(['claimed']);
  });

  it('has a name of its own', () => {
    expect(new Set(FAILPOINTS).size).toBe(FAILPOINTS.length);
    for (const name of FAILPOINTS) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });
});

describe('the journal', () => {
  const nothing: JournalListener = {
    committed() {},
    poisoned() {},
    lost() {},
    troubled() {},
  };

  it('passes them before each batch and when it is known to be committed', async () => {
    const seen = listen();
    const lane = createScriptedLane();
    const committed: string[] = [];
    const journal = createJournal(lane, createManualClock(), {
      ...nothing,
      committed: () => void committed.push(seen.join()),
    });
    journal.append(eventOf(journaled(), 1));
    await settled();
    expect(seen).toEqual(['before-flush', 'flush-committed']);
    expect(committed).toEqual(['before-flush,flush-committed']);
  });

  it('takes what is thrown before a batch for a refusal of what is in it', async () => {
    disarm = armFailpoints(() => {
      throw new Error('no further');
    });
    const refused: string[] = [];
    const lane = createScriptedLane();
    const journal = createJournal(lane, createManualClock(), {
      ...nothing,
      poisoned: (_run, _records, fault) => void refused.push(fault.message),
    });
    journal.append(eventOf(journaled(), 1));
    await settled();
    expect(refused).toEqual(['no further']);
    expect(lane.sent).toEqual([]);
  });
});
