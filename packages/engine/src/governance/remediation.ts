import type { Gate } from '@tenuto/contract';

/** What to do about a gate that has not passed, where it does not say so itself. */
export function defaultRemediation(gate: Gate): string {
  switch (gate.type) {
    case 'artifact_required':
      return `Have the phase write ${gate.path}, and something into it.`;
    case 'artifact_pattern':
      return gate.must === 'not_match'
        ? `Take what matches /${gate.pattern}/ out of ${gate.path}.`
        : `Write what /${gate.pattern}/ matches into each file at ${gate.path}.`;
    case 'metric':
      return `Bring ${gate.field === '' ? 'the value' : gate.field} to ${gate.operator} ${gate.threshold}, and write the report to ${gate.path} anew.`;
    case 'command':
      return `Run \`${gate.command.join(' ')}\` in the workspace, mend what it complains of, and execute the phase again.`;
    case 'no_secrets':
      return 'Revoke each secret where it was issued, take it out of the files, and read it from a secret of the deployment instead.';
    case 'max_cost':
      return 'Use a cheaper model, fewer agents or shorter prompts; or raise the limit of the gate.';
    case 'approval':
      return 'Mend what was objected to, execute the phase again, and ask again.';
    case 'expression':
      return `Change the work until \`${gate.expression}\` is true.`;
  }
}
