import type { RuleForm } from '../../logic/rule-form.ts';

/** What each part of the builder of a rule is given. */
export interface RuleProps {
  readonly form: RuleForm;
  readonly change: (part: Partial<RuleForm>) => void;
}
