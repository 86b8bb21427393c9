/** What the views of templates say. */
export const TEMPLATE_WORDS = {
  title: 'Templates',
  create: 'Create a template',
  name: 'Name',
  parameters: 'Parameters',
  version: 'Version',
  changed: 'Changed',
  used: 'Used',
  graph: 'Graph',
  nodes: (count: number) => `${count} ${count === 1 ? 'node' : 'nodes'}`,
  pictureOf: (what: string, count: number) => `Graph of ${what}, ${count} nodes`,
  tooLarge: (count: string) => `${count} nodes: too many for a picture.`,
  required: 'needed',
  anyParams: 'Anything',
  noParams: 'None',
  uses: (count: string) => `${count}×`,
  never: 'Never',
  use: 'Run it',
  found: (count: string) => `${count} ${count === '1' ? 'template' : 'templates'}`,
  empty: 'No template has been made',
  emptyText:
    'A template is a graph with parameters, kept in versions: jobs, nodes and tasks are made from it. Create one here, or from a terminal:',
  emptyExample: 'npx tenuto templates put examples/templates/check-site.yaml',
  page: {
    inForce: 'in force',
    earlier: (version: number) => `This is version ${version}, an earlier one.`,
    toNewest: 'See the one in force',
    schedule: 'Schedule it',
    edit: 'Edit',
    takeUp: 'Take up again',
    duplicate: 'Duplicate',
    remove: 'Delete',
    removeTitle: 'Delete this template?',
    removeText: (name: string) =>
      `Nothing can be made from “${name}” any more; tasks and nodes that name it fail. Runs that were made from it stay as they are.`,
    removed: 'The template is deleted.',
    notRemoved: 'It was not deleted',
    graph: 'Graph',
    parameters: 'Parameters',
    parameter: 'Name',
    type: 'Type',
    byDefault: 'Default',
    about: 'About',
    job: 'What its jobs say unless told otherwise',
    definition: 'Definition',
    versions: 'Versions',
    by: 'By',
    when: 'When',
    difference: 'Difference',
    differenceOf: (from: number, to: number) => `From version ${from} to ${to}`,
    noDifference: 'They say the same.',
    compare: (version: number) => `Compare with version ${version}`,
    close: 'Close the difference',
    runs: 'Runs made from it',
    noRuns: 'Nothing has been made from it yet.',
    all: 'See all',
    types: {
      text: 'text',
      number: 'number',
      whole: 'whole number',
      boolean: 'yes or no',
      choice: 'one of',
      group: 'object',
      list: 'list',
      json: 'JSON',
    },
  },
  edit: {
    newTitle: 'Create a template',
    title: (name: string) => `Edit ${name}`,
    text: 'Definition, as YAML or JSON',
    preview: 'What jobs of it would be',
    save: 'Save as a new version',
    saveNew: 'Save',
    saved: (name: string, version: number) => `“${name}” is saved as version ${version}.`,
    begin: 'Begin with',
    firsts: { greeting: 'A greeting', tests: 'Tests' },
    noObject: 'A template is an object with “name” and “dag_definition”.',
    unchanged: 'Nothing has been changed.',
    copyOf: (name: string) => `${name.slice(0, 58)}_copy`,
    earlier: (version: number) =>
      `This is what version ${version} says. Save it, and it is in force again, as a new version.`,
  },
} as const;

const GREETING = `name: greet
description: Says hello to somebody, after a while.
params_schema:
  type: object
  properties:
    who:
      type: string
      description: Whom to greet.
      default: world
    seconds:
      type: integer
      minimum: 0
      maximum: 60
      default: 2
  additionalProperties: false
job:
  tags: [greetings]
dag_definition:
  nodes:
    - id: wait
      uses: sleep.for
      with:
        seconds: \${params.seconds}
    - id: greet
      uses: transform.cel
      needs: [wait]
      with:
        value: Hello, \${params.who}.
`;

const TESTS = `name: tests
description: Runs a test suite, and keeps what each of its tests came to.
params_schema:
  type: object
  properties:
    folder:
      type: string
      description: Where the tests lie, on the server.
      default: examples/tests
  additionalProperties: false
job:
  tags: [tests]
dag_definition:
  nodes:
    - id: suite
      type: test_suite
      uses: test.run
      max_retries: 0
      with:
        suite: shop
        cwd: \${params.folder}
        # The server has to allow the program: tenuto serve --allow-commands node
        command:
          - node
          - --test
          - --test-reporter=junit
          - --test-reporter-destination=.{attempt}-report.xml
          - '*.ts'
        report: .{attempt}-report.xml
    - id: total
      uses: transform.cel
      needs: [suite]
      with:
        value: \${steps.suite.counts.passed} tests passed
`;

/** Small templates that work, to begin with. */
export const FIRST_TEMPLATES = { greeting: GREETING, tests: TESTS } as const;
