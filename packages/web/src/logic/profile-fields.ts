/** The fields of a profile's parts as forms show them: which there are, and their values as text. */
import {
  AMBIGUITY_POLICIES,
  CROSSINGS,
  GATE_SEVERITIES,
  GATE_TYPES,
  type GateType,
  type Json,
} from '@tenuto/contract';
import { isList } from './json-place.ts';
import { printSource, readValue } from './profile-source.ts';

export type FieldKind = 'text' | 'area' | 'code' | 'number' | 'choice' | 'flag' | 'lines' | 'data';

export interface FieldSpec {
  /** Its way from the part on: `budget/usd`. */
  readonly path: string;
  readonly kind: FieldKind;
  readonly choices?: readonly string[];
}

const text = (path: string): FieldSpec => ({ path, kind: 'text' });
const area = (path: string): FieldSpec => ({ path, kind: 'area' });
const code = (path: string): FieldSpec => ({ path, kind: 'code' });
const number = (path: string): FieldSpec => ({ path, kind: 'number' });
const flag = (path: string): FieldSpec => ({ path, kind: 'flag' });
const lines = (path: string): FieldSpec => ({ path, kind: 'lines' });
const data = (path: string): FieldSpec => ({ path, kind: 'data' });
const choice = (path: string, choices: readonly string[]): FieldSpec => ({
  ...{ path, kind: 'choice', choices },
});

export type GroupName =
  | 'about'
  | 'work'
  | 'files'
  | 'limits'
  | 'trouble'
  | 'more'
  | 'money'
  | 'approval'
  | 'policy'
  | 'check';

export interface FieldGroup {
  readonly name: GroupName;
  readonly fields: readonly FieldSpec[];
}

const BUDGET = [
  number('budget/usd'),
  number('budget/warn_at'),
  choice('budget/on_crossing', CROSSINGS),
  text('budget/degrade_to'),
];

const RULE = [
  lines('approvers'),
  number('required'),
  number('deadline_seconds'),
  choice('on_deadline', ['reject', 'approve']),
  area('message'),
];

export const PROFILE_GROUPS: readonly FieldGroup[] = [
  {
    name: 'about',
    fields: [text('name'), text('title'), area('description'), text('model'), flag('auto_advance')],
  },
  { name: 'money', fields: BUDGET },
  {
    name: 'policy',
    fields: [
      number('policy/min_governance_score'),
      number('policy/min_hygiene_score'),
      number('policy/max_cost_usd'),
      flag('policy/allow_skip_validation'),
      lines('policy/allowed_models'),
      data('policy/gates'),
    ],
  },
  { name: 'limits', fields: [number('max_concurrent_nodes'), number('timeout_ms')] },
  { name: 'more', fields: [data('intake_schema'), data('params')] },
];

export const PHASE_GROUPS: readonly FieldGroup[] = [
  { name: 'about', fields: [text('name'), area('description'), flag('auto_advance')] },
  { name: 'money', fields: BUDGET },
];

export const APPROVAL_FIELDS: readonly FieldSpec[] = RULE.map((field) => ({
  ...{ ...field, path: `approval/${field.path}` },
}));

/** An LLM is told what to do; any other action is given parameters. */
export function agentGroups(isLlm: boolean): readonly FieldGroup[] {
  const trouble = [
    number('timeout_seconds'),
    number('max_retries'),
    choice('on_ambiguous', AMBIGUITY_POLICIES),
  ];
  if (!isLlm) {
    return [
      { name: 'work', fields: [text('uses'), data('with'), code('if'), area('description')] },
      { name: 'trouble', fields: trouble },
    ];
  }
  return [
    {
      name: 'work',
      fields: [code('prompt'), text('model'), lines('tools'), lines('artifacts'), code('if')],
    },
    {
      name: 'about',
      fields: [area('description'), code('system'), text('system_file'), text('uses')],
    },
    {
      name: 'limits',
      fields: [
        number('max_steps'),
        number('max_output_tokens'),
        number('temperature'),
        number('call_timeout_seconds'),
      ],
    },
    {
      name: 'trouble',
      fields: [...trouble, number('call_retries'), number('ask_above_usd')],
    },
    { name: 'more', fields: [data('sub_agents'), data('output_schema')] },
  ];
}

const OF_GATE: Readonly<Record<GateType, readonly FieldSpec[]>> = {
  artifact_required: [text('path'), number('min_count')],
  artifact_pattern: [text('path'), code('pattern'), choice('must', ['match', 'not_match'])],
  metric: [
    text('path'),
    choice('format', ['json', 'junit', 'lcov']),
    text('field'),
    choice('operator', ['<', '<=', '==', '!=', '>=', '>']),
    number('threshold'),
  ],
  command: [lines('command'), number('timeout_seconds')],
  no_secrets: [text('path')],
  max_cost: [number('usd'), choice('scope', ['phase', 'run'])],
  approval: RULE,
  expression: [code('expression')],
};

export function gateGroups(type: string): readonly FieldGroup[] {
  const known = GATE_TYPES.find((one) => one === type);
  const own = known === undefined ? [] : OF_GATE[known];
  return [
    ...(own.length > 0 ? [{ name: 'check' as const, fields: own }] : []),
    {
      name: 'about',
      fields: [
        choice('severity', GATE_SEVERITIES),
        area('remediation'),
        number('weight'),
        area('description'),
      ],
    },
  ];
}

/** Fields without which nothing can be checked: said, an empty one asks for them. */
export function shownValue(value: Json | undefined, kind: FieldKind): string {
  if (value === undefined) return '';
  if (kind === 'data') return typeof value === 'string' ? value : printValue(value);
  if (kind === 'lines' && isList(value) && value.every((one) => typeof one === 'string')) {
    return value.join('\n');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function printValue(value: Json): string {
  if (isList(value) || (typeof value === 'object' && value !== null))
    return printSource(value, 'yaml').trimEnd();
  return JSON.stringify(value);
}

/**
 * What a text in a field stands for; undefined: the field is left out. What cannot be read as what
 * the field takes stays a text, so that nothing is lost, and is told as a problem.
 */
export function readField(written: string, kind: FieldKind): Json | undefined {
  if (kind === 'lines') {
    const items = written.split('\n').filter((line) => line.trim() !== '');
    return items.length > 0 ? items : undefined;
  }
  if (written === '') return undefined;
  if (kind === 'number') {
    const value = Number(written);
    return written.trim() !== '' && Number.isFinite(value) ? value : written;
  }
  if (kind === 'flag') return written === 'true' ? true : written === 'false' ? false : written;
  if (kind !== 'data') return written;
  const read = readValue(written);
  return 'value' in read ? read.value : written;
}
