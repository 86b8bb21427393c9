/** What `run_live` and `runs` have in common: a run takes these along when it ends. */
export const LIVE_TO_HISTORY = [
  'run_id',
  'plan_hash',
  'owner',
  'kind',
  'name',
  'job_type',
  'description',
  'priority',
  'triggered_by',
  'tags',
  'metadata',
  'input',
  'parent_run',
  'created_at',
  'scheduled_at',
  'started_at',
  'task_id',
].join(', ');

export const RUN_KIND_CODES = { job: 0, phased: 1, task: 2 } as const;
export const RUN_KINDS_BY_CODE = ['job', 'phased', 'task'] as const;
