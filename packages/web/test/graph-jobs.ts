/** Runs whose graphs are small, middling and large. */
import type { JobBody } from '@tenuto/sdk';

interface Work {
  readonly id: string;
  readonly needs?: readonly string[];
  /** Sleeps for so many seconds; absent, it is done at once. */
  readonly seconds?: number | undefined;
}

const work = ({ id, needs = [], seconds }: Work) => ({
  id,
  parent_nodes: [...needs],
  ...(seconds === undefined
    ? { uses: 'transform.cel', with: { expression: '1' } }
    : { uses: 'sleep.for', with: { seconds } }),
});

/** Six nodes with a condition, of whose branches one is taken. */
export const SIX: JobBody = {
  job_name: 'release of the shop',
  dag_definition: {
    nodes: [
      work({ id: 'build' }),
      work({ id: 'test', needs: ['build'] }),
      {
        id: 'is-release',
        type: 'condition',
        condition_expression: '"yes"',
        parent_nodes: ['test'],
      },
      work({ id: 'deploy' }),
      work({ id: 'report' }),
      { ...work({ id: 'tidy', needs: ['deploy', 'report'] }), dependency_condition: 'any' },
    ],
    edges: [
      { from: 'is-release', to: 'deploy', when: 'yes' },
      { from: 'is-release', to: 'report', when: 'no' },
    ],
  },
};

/** Three hundred nodes: groups, a fan-out, and what fails and is not reached. */
export const THREE_HUNDRED: JobBody = {
  job_name: 'nightly build of all packages',
  max_retries: 0,
  dag_definition: {
    nodes: [
      work({ id: 'checkout' }),
      ...packages(24).flatMap((name, i) => [
        work({ id: `${name}/install`, needs: ['checkout'] }),
        work({ id: `${name}/compile`, needs: [`${name}/install`] }),
        work({ id: `${name}/types`, needs: [`${name}/install`] }),
        i === 5
          ? breaks(`${name}/unit`, `${name}/compile`)
          : work({ id: `${name}/unit`, needs: [`${name}/compile`] }),
        work({ id: `${name}/pack`, needs: [`${name}/unit`, `${name}/types`] }),
      ]),
      ...Array.from({ length: 177 }, (_, i) => work({ id: `e2e-${i}`, needs: ['checkout'] })),
      work({ id: 'report', needs: Array.from({ length: 177 }, (_, i) => `e2e-${i}`) }),
      work({ id: 'publish', needs: [...packages(24).map((name) => `${name}/pack`), 'report'] }),
    ],
  },
};

function packages(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `package-${String(i + 1).padStart(2, '0')}`);
}

function breaks(id: string, parent: string) {
  return {
    ...{ id, uses: 'command.run', parent_nodes: [parent] },
    with: { command: ['node', '-e', "console.error('1 of 214 failed'); process.exit(1)"] },
  };
}

interface Large {
  readonly name: string;
  readonly levels: number;
  readonly wide: number;
  /** Alike, between one node and another. */
  readonly fanOut: number;
  /** Each sleeps for 1 to 5 seconds, in tenths, so that something changes all the time. */
  readonly slow?: boolean;
}

/** Levels of nodes that are all different, and beside them a fan-out of nodes that are alike. */
export function large({ name, levels, wide, fanOut, slow = false }: Large): JobBody {
  const seconds = (i: number) => (slow ? 1 + ((i * 7) % 40) / 10 : undefined);
  const id = (level: number, i: number) => `stage-${level}/step-${i}`;
  const layers = Array.from({ length: levels * wide }, (_, at) => {
    const [level, i] = [Math.floor(at / wide), at % wide];
    const before = level === 0 ? [] : [id(level - 1, i), id(level - 1, (i * 7 + level) % wide)];
    return work({ id: id(level, i), needs: [...new Set(before)], seconds: seconds(i + level) });
  });
  const shards = Array.from({ length: fanOut }, (_, i) => `shard-${i}`);
  return {
    ...{ job_name: name, max_concurrent_nodes: 200 },
    dag_definition: {
      nodes: [
        ...layers,
        work({ id: 'list' }),
        ...shards.map((one, i) => work({ id: one, needs: ['list'], seconds: seconds(i) })),
        work({ id: 'merge', needs: shards }),
      ],
    },
  };
}

/** Ten thousand: a hundred levels of fifty, and a fan-out of 4,998. */
export const TEN_THOUSAND = { levels: 100, wide: 50, fanOut: 4_998 } as const;
