import { readFile } from 'node:fs/promises';
import { type GovernancePolicy, GovernancePolicySchema } from '@tenuto/contract';
import { type GateProblem, gateProblems } from '@tenuto/engine';
import { Compile } from 'typebox/compile';
import { parseDocument } from 'yaml';
import { SettingsError } from './settings-reader.ts';

const NAME = 'TENUTO_GOVERNANCE_POLICY';
const MOST_BYTES = 1024 * 1024;
const MOST_ALIASES = 100;
const PROBLEMS_NAMED = 5;

const schema = Compile(GovernancePolicySchema);

/**
 * Reads the policy of a deployment: YAML, with the fields of `GovernancePolicy`.
 * @param file its path; without one, nothing is asked of all runs
 * @throws SettingsError that says what is wrong, and where
 */
export async function loadGovernancePolicy(file: string | undefined): Promise<GovernancePolicy> {
  if (file === undefined) return {};
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SettingsError(NAME, `names ${file}, which cannot be read (${error.code})`);
  });
  return parseGovernancePolicy(text, file);
}

/** @throws SettingsError */
export function parseGovernancePolicy(text: string, file: string): GovernancePolicy {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw new SettingsError(NAME, `names ${file}, which has more than ${MOST_BYTES} bytes`);
  }
  const policy = valueIn(text, file) ?? {};
  if (!schema.Check(policy)) {
    const problems = [...schema.Errors(policy)].map(
      ({ instancePath, message }) => `${instancePath || '/'} ${message}`,
    );
    throw wrong(file, problems);
  }
  const problems = [...gateProblems(policy.gates ?? []), ...approvalsIn(policy)];
  if (problems.length === 0) return policy;
  throw wrong(
    file,
    problems.map(({ index, field, message }) => `/gates/${index}/${field} ${message}`),
  );
}

/** Nobody would be asked: it is phases that ask people. */
function approvalsIn({ gates = [] }: GovernancePolicy): readonly GateProblem[] {
  const message = 'approval stands in a phase of a profile, which asks the people';
  return gates.flatMap(({ type }, index) =>
    type === 'approval' ? [{ index, field: 'type', message }] : [],
  );
}

function valueIn(text: string, file: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true, schema: 'core' });
  const [error] = document.errors;
  if (error !== undefined) throw wrong(file, [error.message]);
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw wrong(file, [error instanceof Error ? error.message : String(error)]);
  }
}

function wrong(file: string, problems: readonly string[]): SettingsError {
  const named = problems.slice(0, PROBLEMS_NAMED).join('; ');
  return new SettingsError(NAME, `names ${file}, which is no policy: ${named}`);
}
