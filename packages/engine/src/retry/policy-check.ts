import type { InlineRetryPolicy, ValidationError } from '@tenuto/contract';
import { isTimeZone } from './zone-clock.ts';

/** What a schema cannot see in a policy; paths are relative to it. */
export function retryPolicyProblems(policy: InlineRetryPolicy): ValidationError[] {
  return [...contradictions(policy), ...windowProblems(policy)];
}

/** Two numbers of attempts are none: nobody can know which was meant. */
function contradictions({
  max_attempts: attempts,
  max_retries: retries,
}: InlineRetryPolicy): ValidationError[] {
  if (attempts === undefined || retries === undefined || attempts === retries + 1) return [];
  const message = `max_attempts: ${attempts} are ${attempts - 1} retries, not ${retries}; leave one of the two away.`;
  return [{ path: '/max_retries', message, value: retries }];
}

function windowProblems({ retry_window: window }: InlineRetryPolicy): ValidationError[] {
  if (window === undefined) return [];
  const problems: ValidationError[] = [];
  if (window.start === window.end) {
    problems.push({
      path: '/retry_window/end',
      message: 'The window starts and ends at the same time; leave retry_window away for all day.',
      value: window.end,
    });
  }
  if (window.timezone !== undefined && !isTimeZone(window.timezone)) {
    problems.push({
      path: '/retry_window/timezone',
      message: `There is no time zone "${window.timezone}"; use an IANA name such as Europe/Paris.`,
      value: window.timezone,
    });
  }
  return problems;
}
