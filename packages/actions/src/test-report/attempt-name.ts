import { createHash } from 'node:crypto';
import type { ActionCall } from '@tenuto/engine';
import type { TestParameters } from './test-parameters.ts';

const PLACEHOLDER = '{attempt}';
const DIGITS = 16;

/** A name that no other attempt has, of any run: it may stand in the name of a file. */
function attemptName({ runId, nodeId, attempt }: ActionCall): string {
  const node = createHash('sha256').update(`${runId}/${nodeId}`).digest('hex');
  return `${node.slice(0, DIGITS)}-${attempt}`;
}

/**
 * The parameters with the attempt's own name in place of `{attempt}`: attempts that run side by
 * side in one folder must not write over each other's reports.
 *
 * @returns also whether the reports are the attempt's own, and of no use once they were read
 */
export function forAttempt(call: ActionCall, parameters: TestParameters) {
  const name = attemptName(call);
  const filled = (text: string) => text.replaceAll(PLACEHOLDER, name);
  const reports = [parameters.report].flat();
  return {
    command: parameters.command.map(filled),
    report: reports.map(filled),
    ...(parameters.env && {
      env: Object.fromEntries(
        Object.entries(parameters.env).map(([key, value]) => [key, filled(value)]),
      ),
    }),
    hasOwnReports: reports.every((pattern) => pattern.includes(PLACEHOLDER)),
  };
}
