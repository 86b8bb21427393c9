import { NODE_STATUSES, RUN_STATUSES, RUN_TRANSITIONS } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { statusWord } from '../words.ts';
import { isOver, lookOf, runMay, shownStatus } from './status.ts';

describe('a status', () => {
  it('has a sign, a colour and a word, whichever it is', () => {
    for (const status of [...RUN_STATUSES, ...NODE_STATUSES]) {
      expect(lookOf(status).icon).toBeTruthy();
      expect(statusWord(status)).not.toBe('');
    }
  });

  it('never allows what the run machine does not', () => {
    for (const status of RUN_STATUSES) {
      const may = runMay(status);
      if (may.pause) expect(RUN_TRANSITIONS[status]).toContain('paused');
      if (may.retry) expect(RUN_TRANSITIONS[status]).toContain('retrying');
      if (RUN_TRANSITIONS[status].length === 0) {
        expect(may).toEqual({ pause: false, resume: false, cancel: false, retry: false });
      }
    }
  });

  it('ends the watching only when it is an end', () => {
    expect(RUN_STATUSES.filter(isOver)).toEqual([
      'completed',
      'failed',
      'cancelled',
      'timeout',
      'aborted',
    ]);
  });

  it('is not a failure of what a failure before it has kept from running', () => {
    expect(shownStatus({ status: 'failed', error: { type: 'upstream_failed' } })).toBe(
      'not_reached',
    );
    expect(shownStatus({ status: 'failed', error: { type: 'exit_code' } })).toBe('failed');
    const asks = { status: 'waiting', error: null, waiting_for: { approval: 'a' } } as const;
    expect(shownStatus(asks)).toBe('needs_person');
    expect(shownStatus({ ...asks, waiting_for: {} })).toBe('waiting');
  });
});
