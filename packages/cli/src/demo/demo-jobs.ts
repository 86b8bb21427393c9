import { join } from 'node:path';
import type { JobBody } from '@tenuto/sdk';
import type { InstalledPackage } from './lockfile-graph.ts';

const here = import.meta.dirname;

/** A node for each installed package, with the lock file's own edges, and a report at the end. */
export function auditJob(packages: readonly InstalledPackage[], project: string): JobBody {
  const node = process.execPath;
  return {
    job_name: 'dependency audit',
    job_description: 'Checks every package that the lock file installs, dependencies first.',
    max_concurrent_nodes: 8,
    dag_definition: {
      nodes: [
        ...packages.map(({ folder, name, version, needs }) => ({
          id: folder.replace(/^node_modules\//, ''),
          uses: 'command.run',
          with: {
            command: [node, join(here, 'check-package.ts'), folder, name, version],
            cwd: project,
            output: 'json',
          },
          needs: needs.map((needed) => needed.replace(/^node_modules\//, '')),
        })),
        {
          id: 'report',
          uses: 'command.run',
          with: {
            command: [node, join(here, 'report-packages.ts')],
            cwd: project,
            stdin: '${parents.map(p, p.output.json)}\n',
            output: 'json',
          },
          needs: packages.map(({ folder }) => folder.replace(/^node_modules\//, '')),
        },
      ],
    },
  };
}

/** A part of the project's own tests, run as a test suite that leaves its report in `reports`. */
export function testsJob(project: string, reports: string): JobBody {
  const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs');
  const part = 'packages/engine/src/retry';
  const report = ['--reporter=junit', `--outputFile=${join(reports, 'junit.xml')}`];
  return {
    job_name: 'test suite',
    job_description: `Runs the tests below ${part} and takes the results from their report.`,
    dag_definition: {
      nodes: [
        {
          id: 'retry-tests',
          type: 'test_suite',
          uses: 'test.run',
          with: {
            command: [process.execPath, vitest, 'run', part, '--root', project, ...report],
            cwd: reports,
            report: 'junit.xml',
            suite: 'retry',
          },
          max_retries: 0,
          timeout_seconds: 120,
        },
      ],
    },
  };
}
