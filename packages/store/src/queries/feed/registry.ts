import { approvalSource } from './approvals.ts';
import { artifactSource } from './artifacts.ts';
import { costSource } from './costs.ts';
import { interventionSource } from './interventions.ts';
import { journalSource } from './journal.ts';
import { logLineSource } from './log-lines.ts';
import type { FeedSource } from './source.ts';
import { startedSource } from './started.ts';

/** All that feeds tell of; of what happened at the same moment, the first of these is told first. */
export const FEED_SOURCES: readonly FeedSource[] = [
  startedSource,
  logLineSource,
  costSource,
  artifactSource,
  journalSource,
  interventionSource,
  approvalSource,
];
