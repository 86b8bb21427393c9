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
  use: 'Use it',
  found: (count: string) => `${count} ${count === '1' ? 'template' : 'templates'}`,
  empty: 'No template has been made',
  emptyText:
    'A template is a graph with parameters, kept in versions: jobs, nodes and tasks are made from it. Create one here, or from a terminal:',
  emptyExample: 'npx tenuto templates put examples/templates/check-site.yaml',
  page: {
    inForce: 'in force',
    earlier: (version: number) => `This is version ${version}, an earlier one.`,
    toNewest: 'See the one in force',
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
    noObject: 'A template is an object with “name” and “dag_definition”.',
    unchanged: 'Nothing has been changed.',
    copyOf: (name: string) => `${name.slice(0, 58)}_copy`,
    earlier: (version: number) =>
      `This is what version ${version} says. Save it, and it is in force again, as a new version.`,
  },
} as const;

/** A small template that works, to begin with. */
export const FIRST_TEMPLATE = `name: greet
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
