// Which folder may import which. The allowed side is written down; what is not there fails.

const tests = '\\.(test|fixture)\\.tsx?$|^packages/([^/]+/(test|conformance)|testkit)/';
const packages = '^packages/';

/** Workspace packages that each package's production code may import. */
const packageImports = {
  contract: [],
  engine: ['contract'],
  store: ['engine', 'contract'],
  actions: ['engine', 'contract'],
  server: ['engine', 'store', 'actions', 'contract'],
  sdk: ['contract'],
  // Of the engine, what looks at the files of a folder: it needs no server.
  cli: ['sdk', 'contract', 'server', 'engine/src/governance'],
  web: ['sdk', 'contract'],
};

/** What each pure folder of the engine may import beside the contract and itself. */
const pureFolderImports = {
  plan: ['retry', 'expression', 'governance'],
  run: ['plan', 'retry', 'expression', 'ports'],
  retry: [],
  schedule: [],
  task: ['schedule', 'expression', 'ports'],
  governance: ['expression', 'ports'],
  expression: [],
  'json-schema': ['expression', 'plan'],
  event: ['expression', 'ports'],
  testing: [],
};

const anyOf = (names) => `(?:${names.join('|')})`;

const packageRules = Object.entries(packageImports).map(([name, allowed]) => ({
  name: `${name}-imports`,
  comment: `${name} may import ${allowed.join(', ') || 'no other package'}.`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: tests },
  to: { path: packages, pathNot: `^packages/${anyOf([name, ...allowed])}/` },
}));

const engineRules = Object.entries(pureFolderImports).map(([name, allowed]) => ({
  name: `engine-${name}-imports`,
  comment: `A pure folder: of the engine it may import ${[name, ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^packages/engine/src/${name}/`, pathNot: tests },
  to: {
    path: '^packages/engine/src/',
    pathNot: `^packages/engine/src/${anyOf([name, ...allowed])}/`,
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...packageRules,
    ...engineRules,
    {
      name: 'run-takes-only-types-of-ports',
      comment: 'The run machine speaks of what ports describe; it calls none of them.',
      severity: 'error',
      from: { path: '^packages/engine/src/run/', pathNot: tests },
      to: { path: '^packages/engine/src/ports/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'loops-start-in-the-engine',
      comment:
        'Loops call the rest of the engine; only engine.ts, the index and the loops know them.',
      severity: 'error',
      from: {
        path: '^packages/engine/src/',
        pathNot: [tests, '^packages/engine/src/((engine|index)\\.ts$|loops/)'],
      },
      to: { path: '^packages/engine/src/loops/' },
    },
    {
      name: 'engine-does-no-io',
      comment: 'The engine reaches the world only through its ports.',
      severity: 'error',
      from: { path: '^packages/engine/src/', pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(assert|crypto|util)$' },
    },
    {
      name: 'routes-call-services',
      comment: 'A route is a schema and a few lines; the rest is in its service.',
      severity: 'error',
      from: { path: '^packages/server/src/routes/', pathNot: tests },
      to: { path: packages, pathNot: '^packages/(contract/|server/src/(routes|services)/)' },
    },
    {
      name: 'services-know-no-driver',
      comment: 'Services see the store and the hands only as ports of the engine.',
      severity: 'error',
      from: { path: '^packages/server/src/services/', pathNot: tests },
      to: {
        path: '^packages/(store|actions)/|^packages/server/src/(routes|main(-actions|-store|-loops|-services)?\\.ts)',
      },
    },
    {
      name: 'main-is-the-composition-root',
      comment: 'Only server/src/main.ts and its parts choose the store.',
      severity: 'error',
      from: {
        path: '^packages/server/src/',
        pathNot: [tests, '^packages/server/src/main(-store|-loops|-services)?\\.ts$'],
      },
      to: { path: '^packages/store/' },
    },
    {
      name: 'actions-are-chosen-in-one-place',
      comment: 'Only main.ts and its parts choose the actions.',
      severity: 'error',
      from: {
        path: '^packages/server/src/',
        pathNot: [tests, '^packages/server/src/main(-actions|-store|-loops|-services)?\\.ts$'],
      },
      to: { path: '^packages/actions/' },
    },
    {
      name: 'main-is-imported-by-the-index',
      comment: 'Nothing below the composition root may reach back up to it.',
      severity: 'error',
      from: { path: '^packages/server/src/', pathNot: [tests, '^packages/server/src/index\\.ts$'] },
      to: { path: '^packages/server/src/main\\.ts$' },
    },
    {
      name: 'only-serve-loads-the-server',
      comment: 'Every other command talks to a server over the sdk.',
      severity: 'error',
      from: {
        path: '^packages/cli/src/',
        pathNot: [tests, '^packages/cli/src/demo/', '/serve\\.ts$'],
      },
      to: { path: '^packages/server/' },
    },
    {
      name: 'no-testkit-in-production',
      severity: 'error',
      from: { path: '^packages/', pathNot: [tests, '^packages/testkit/'] },
      to: { path: '^(packages/testkit|sim|bench)/' },
    },
    {
      name: 'no-import-of-a-test',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '\\.test\\.tsx?$' },
    },
    {
      name: 'no-deep-import-by-path',
      comment: "Another package's files are reached by its name, through its exports.",
      severity: 'error',
      // Examples are no package of the workspace: to them a name looks like a path.
      from: { path: '^(?:packages/)?([^/]+)/', pathNot: '^examples/' },
      to: {
        path: packages,
        pathNot: '^packages/$1/',
        dependencyTypes: ['local'],
      },
    },
    {
      name: 'no-unresolvable',
      comment: 'A missing file, or a path that the exports of its package do not show.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-dependency',
      comment: 'Each package names what it imports in its own package.json.',
      severity: 'error',
      from: { path: '^(packages|bench|sim)/', pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-evaluator',
      comment: 'Expressions are CEL: what runs text as JavaScript cannot be made safe.',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '^(node:)?vm$|(^|/)node_modules/(vm2|expr-eval|jexl)/' },
    },
  ],
  options: {
    // TypeScript 7 has no API that the tool can read.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules/\\.|\\.tenuto/|dist/)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
