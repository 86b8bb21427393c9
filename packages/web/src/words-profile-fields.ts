/** What the fields of profiles are called, and what they take. */

/** Label and hint of a field, by its way from the part on. */
const fields: Readonly<Record<string, readonly [label: string, hint?: string]>> = {
  name: ['Name'],
  title: ['Title'],
  description: ['Description'],
  model: ['Model', 'provider/model; else that of the profile or the deployment'],
  auto_advance: ['Goes on by itself'],
  intake_schema: ['Intake schema', 'JSON Schema of what a run is given, as YAML or JSON'],
  params: ['Parameters', 'params.<name> in expressions; a run may set others'],
  'budget/usd': ['Budget in USD'],
  'budget/warn_at': ['Warn at', 'a share of it, 0.8 unless said'],
  'budget/on_crossing': ['Before it is crossed'],
  'budget/degrade_to': ['Cheaper model', 'with “degrade” only'],
  'policy/min_governance_score': ['Governance score, at least', '0 to 1'],
  'policy/min_hygiene_score': ['Hygiene score, at least', '0 to 1'],
  'policy/max_cost_usd': ['Cost of a run in USD, at most'],
  'policy/allow_skip_validation': ['Warnings may be left out'],
  'policy/allowed_models': ['Allowed models', 'one a line; anthropic/* allows all of one provider'],
  'policy/gates': ['Gates of every phase', 'as YAML or JSON'],
  max_concurrent_nodes: ['Agents at once, at most'],
  timeout_ms: ['Time of a run in ms, at most'],
  'approval/approvers': [
    'Who may agree',
    'one a line: user:ann, team:release, agent:name; empty: anybody who may',
  ],
  'approval/required': ['How many have to agree', '1 unless said'],
  'approval/deadline_seconds': ['Deadline in seconds'],
  'approval/on_deadline': ['At the deadline'],
  'approval/message': ['What they are asked'],
  approvers: [
    'Who may agree',
    'one a line: user:ann, team:release, agent:name; empty: anybody who may',
  ],
  required: ['How many have to agree', '1 unless said'],
  deadline_seconds: ['Deadline in seconds'],
  on_deadline: ['At the deadline'],
  message: ['What they are asked'],
  prompt: ['Prompt', 'What it is to do. ${params.intake.goal} fills in what a run is given'],
  tools: [
    'Tools',
    'one a line: workspace.read, workspace.write, command.run, an MCP server; files of the workspace unless said',
  ],
  artifacts: ['Files that it leaves', 'paths of the phase’s files, one a line; all unless said'],
  if: ['Only if', 'a CEL expression over params and steps'],
  system: ['System prompt'],
  system_file: ['System prompt from a file', 'in place of the text: a name in prompts/'],
  uses: ['Action', 'agent.run, or any other action'],
  with: ['Parameters of the action', 'as YAML or JSON'],
  max_steps: ['Steps, at most', '20 unless said'],
  max_output_tokens: ['Output tokens of a call, at most'],
  temperature: ['Temperature', '0 to 2'],
  call_timeout_seconds: ['Time of a call in seconds, at most'],
  call_retries: ['Retries of a call', '2 unless said'],
  timeout_seconds: ['Time in seconds, at most'],
  max_retries: ['Retries'],
  on_ambiguous: ['When nobody knows whether a call was paid for'],
  ask_above_usd: ['Ask a person above, in USD', 'else such a call is made again; 0.25 unless said'],
  sub_agents: ['Sub-agents', 'a list of {name, description, system, model, tools, max_steps}'],
  output_schema: ['Schema of its answer', 'JSON Schema, as YAML or JSON'],
  severity: ['When it does not pass'],
  remediation: [
    'What to do then',
    'told to people, and to the agents when the phase is executed again',
  ],
  weight: ['Weight in the score', '1 unless said'],
  path: ['Files', 'relative to the workspace; *, ** and ? match'],
  min_count: ['How many, at least', '1 unless said'],
  pattern: ['Pattern', 'RE2; (?i) for any case, (?m) for lines'],
  must: ['Files'],
  format: ['Format of the report'],
  field: ['Which number', 'json: a JSON Pointer; junit: pass_rate, failed, tests; lcov: line_rate'],
  operator: ['Is'],
  threshold: ['Threshold'],
  command: ['Command', 'the program, then each argument on a line of its own; no shell'],
  usd: ['USD, at most'],
  scope: ['Counted over'],
  expression: ['Expression', 'CEL over artifacts, metrics, gates, params and intake'],
};

const choices: Readonly<Record<string, string>> = {
  error: 'The phase is blocked',
  warning: 'It lowers the score',
  pause: 'Ask people',
  stop: 'Stop the run',
  degrade: 'Take a cheaper model',
  match: 'hold it',
  not_match: 'do not hold it',
  phase: 'this phase',
  run: 'the whole run',
  reject: 'It is rejected',
  approve: 'It is approved',
  retry: 'Call again',
  ask: 'Ask people',
  fail: 'Fail',
  true: 'Yes',
  false: 'No',
};

/** Label and hint of a field; one that has none is called as it is. */
export function fieldWords(path: string): readonly [label: string, hint?: string] {
  return Object.hasOwn(fields, path) ? (fields[path] ?? [path]) : [path];
}

/** A value of a choice as a word. */
export function choiceWord(value: string): string {
  return Object.hasOwn(choices, value) ? (choices[value] ?? value) : value;
}
