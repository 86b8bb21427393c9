/** Attempts whose parameters name secrets: their values are looked up when the attempt runs. */
import { AttemptCall } from './attempt-call.ts';
import type { LogWriter } from './log-writer.ts';
import { createMask } from './mask.ts';
import { abortedOutcome, noSecrets, secretMissing } from './outcomes.ts';
import type { Call } from './owned.ts';
import type { ActionOutcome, ActionRunner, OpenSecret } from './ports/action-runner.ts';
import { parametersOf } from './run/index.ts';

interface SecretPorts {
  readonly runner: ActionRunner;
  readonly logs: LogWriter;
}

/** Runs an attempt with the secrets of its run's owner, and keeps them out of what it says. */
export async function runWithSecrets(
  ports: SecretPorts,
  call: Call,
  names: ReadonlySet<string>,
): Promise<ActionOutcome> {
  const { run } = call.owned;
  const found = await opened(ports.runner, run.facts.owner, names);
  if ('failed' in found) return found.failed;
  const { secrets } = found;
  const missing = [...names].filter((name) => !secrets.has(name));
  if (missing.length > 0) return secretMissing(missing);
  // It may have been told to end meanwhile.
  if (call.aborted !== undefined || call.ended) return abortedOutcome(call);
  const values = new Map([...secrets].map(([name, { value }]) => [name, value]));
  call.mask = createMask(values.values());
  const uses = [...secrets].map(([name, { allowedHosts }]) => ({
    name,
    ...(allowedHosts !== undefined && { allowedHosts }),
  }));
  const parameters = parametersOf(run, call.node, call.startedAt, values);
  return await ports.runner.run(new AttemptCall(call, parameters, ports.logs, uses));
}

async function opened(
  { openSecrets }: ActionRunner,
  owner: string,
  names: ReadonlySet<string>,
): Promise<
  { readonly secrets: ReadonlyMap<string, OpenSecret> } | { readonly failed: ActionOutcome }
> {
  if (openSecrets === undefined) return { secrets: new Map() };
  try {
    return { secrets: await openSecrets(owner, [...names]) };
  } catch (error) {
    return { failed: noSecrets(error) };
  }
}
