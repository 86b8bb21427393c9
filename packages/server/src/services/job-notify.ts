import {
  type NotifyTarget,
  OrchestrationError,
  type SubmitJob,
  type ValidationError,
} from '@tenuto/contract';
import type { JobParts } from './services.ts';

/**
 * Checks whom a job wants told of its end, while somebody is there to hear what is wrong. It is
 * looked at again when the message is sent.
 * @throws OrchestrationError 422 for a channel that the owner does not have, or an address that may
 *   not be reached
 */
export async function refuseUnreachable(
  { notifications }: Pick<JobParts, 'notifications'>,
  owner: string,
  body: Pick<SubmitJob, 'on_success' | 'on_failure'>,
): Promise<void> {
  const targets = [...placed('on_success', body), ...placed('on_failure', body)];
  if (targets.length === 0) return;
  const names = targets.flatMap(({ target }) => ('channel' in target ? [target.channel] : []));
  const unknown = new Set(
    names.length === 0 ? [] : await notifications.notices.unknownChannels(owner, names),
  );
  const problems = targets.flatMap(({ path, target }): ValidationError[] => {
    const message = faultOf(target, unknown, notifications.webhookFault);
    return message === undefined ? [] : [{ path, message }];
  });
  const [first] = problems;
  if (first === undefined) return;
  throw new OrchestrationError('unprocessable', `${first.path} ${first.message}.`, {
    validationErrors: problems,
  });
}

function placed(
  field: 'on_success' | 'on_failure',
  body: Pick<SubmitJob, 'on_success' | 'on_failure'>,
): readonly { readonly path: string; readonly target: NotifyTarget }[] {
  return (body[field] ?? []).map((target, i) => ({ path: `/${field}/${i}`, target }));
}

function faultOf(
  target: NotifyTarget,
  unknown: ReadonlySet<string>,
  webhookFault: (url: string) => string | undefined,
): string | undefined {
  if ('channel' in target) {
    return unknown.has(target.channel) ? `is no channel of yours: "${target.channel}"` : undefined;
  }
  return 'webhook' in target ? webhookFault(target.webhook) : undefined;
}
