import { Link } from '@tanstack/react-router';
import type { Test, TestResult } from '@tenuto/contract';
import { duration, exact } from '../../logic/format.ts';
import { lookOf } from '../../logic/status.ts';
import { resultStatus } from '../../logic/test-results.ts';
import { StatusGlyph } from '../../ui/icons.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { statusWord } from '../../words.ts';
import { TEST_WORDS } from '../../words-test.ts';

const IN_ROW = 20;

/** The last results of a test, oldest first, in a row of a table. */
export function RecentStrip({ test }: { readonly test: Test }) {
  return (
    <span className="strip">
      {test.recent
        .slice(0, IN_ROW)
        .toReversed()
        .map((result, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: results in a window have no names.
          <StatusMark key={at} status={resultStatus(result)} bare />
        ))}
    </span>
  );
}

/** Results of a test, oldest first, each leading to its run. */
export function ResultStrip({ results }: { readonly results: readonly TestResult[] }) {
  return (
    <ol className="strip strip-long" aria-label={TEST_WORDS.page.strip}>
      {results.toReversed().map((result) => {
        const { run_id: runId, node_id: node, attempt, at, duration_ms: ms } = result;
        const status = resultStatus(result);
        const text = `${statusWord(status)}, ${duration(ms)}, ${exact(Date.parse(at))}`;
        return (
          <li key={`${runId} ${node} ${attempt} ${at}`}>
            <Link
              to="/runs/$runId"
              params={{ runId }}
              search={{ tab: 'log', node }}
              className={`tone-${lookOf(status).tone}`}
              aria-label={text}
              title={text}
            >
              <StatusGlyph icon={lookOf(status).icon} />
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
