import type { JobBody } from '@tenuto/sdk';

const transform = (id: string, needs: readonly string[] = []) => ({
  ...{ id, uses: 'transform.cel', with: { expression: '1' } },
  parent_nodes: [...needs],
});

/** A node whose command fails, having said why, until a file is there. */
export const FAILS: JobBody = {
  job_name: 'checks of the shop',
  max_retries: 0,
  dag_definition: {
    nodes: [
      transform('prepare'),
      {
        id: 'browser',
        uses: 'command.run',
        with: {
          command: ['node', '-e', "console.error('element #pay was not found'); process.exit(3)"],
        },
        parent_nodes: ['prepare'],
      },
      transform('report', ['browser']),
    ],
  },
};

/** What fails here is asked of a person. */
export const ASKS: JobBody = {
  job_name: 'publish the package',
  recovery_policy: [{ when: {}, action: 'escalate_manual' }],
  max_retries: 0,
  dag_definition: {
    nodes: [
      {
        id: 'push',
        uses: 'command.run',
        with: { command: ['node', '-e', "console.error('403 forbidden'); process.exit(1)"] },
      },
      transform('tag', ['push']),
    ],
  },
};

/** Goes on until a signal comes. */
export const WAITS: JobBody = {
  job_name: 'waits for a while',
  dag_definition: {
    nodes: [
      transform('begin'),
      { id: 'wait', uses: 'sleep.for', with: { seconds: 3_600 }, parent_nodes: ['begin'] },
    ],
  },
};

/** Goes on when somebody agrees. */
export const APPROVED: JobBody = {
  job_name: 'release the shop',
  dag_definition: {
    nodes: [{ id: 'approve', uses: 'approval.request', with: { title: 'Release the shop' } }],
  },
};
