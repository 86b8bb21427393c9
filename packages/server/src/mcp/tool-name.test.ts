import { expect, test } from 'vitest';
import { toolName } from './tool-name.ts';

const BASE = '/api/v1';
const nameOf = (method: string, url: string, more: object = {}) =>
  toolName({
    method,
    url: BASE + url,
    isList: false,
    isSubmit: false,
    ...more,
  });

test.each([
  ['POST', '/orchestration/job', { isSubmit: true }, 'submit_job'],
  ['GET', '/orchestration/job/:job_id', {}, 'get_job'],
  ['GET', '/orchestration/jobs', { isList: true }, 'list_jobs'],
  ['GET', '/orchestration/job/:job_id/nodes', { isList: true }, 'list_job_nodes'],
  ['GET', '/orchestration/job/:job_id/nodes/:node_id', {}, 'get_job_node'],
  ['POST', '/orchestration/job/:job_id/pause', {}, 'pause_job'],
  ['POST', '/orchestration/job/:job_id/nodes/:node_id/cancel-retry', {}, 'cancel_node_retry'],
  ['POST', '/webhooks', {}, 'create_webhook'],
  ['PUT', '/orchestration/retry-policies/:policy_id', {}, 'replace_retry_policy'],
  ['PATCH', '/secrets/:name', {}, 'update_secret'],
  ['DELETE', '/mcp-servers/:name', {}, 'delete_mcp_server'],
  ['POST', '/tasks/:task_id/run_now', {}, 'run_task_now'],
  ['POST', '/events', {}, 'publish_event'],
  ['GET', '/runs/:run_id/explain', {}, 'get_run_explain'],
  ['GET', '/runs/task/:task_id/stats', {}, 'get_task_run_stats'],
])('%s %s is the tool %j %s', (method, url, more, name) => {
  expect(nameOf(method, url, more)).toBe(name);
});
