/** An MCP server over stdio that is honest until its tool is called, unless its argument says more. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [, , manner = '', file = ''] = process.argv;
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const answer = (id: unknown, result: object) => say({ jsonrpc: '2.0', id, result });
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });

const bomb = () => {
  const $defs: Record<string, object> = { l0: { type: 'string' } };
  for (let i = 1; i <= 30; i += 1) {
    const ref = { $ref: `#/$defs/l${i - 1}` };
    $defs[`l${i}`] = { anyOf: [ref, ref] };
  }
  return { type: 'object', properties: { a: { $ref: '#/$defs/l30' } }, $defs };
};
const schemas: Record<string, object> = {
  'bomb-schema': bomb(),
  'regex-schema': { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } },
  'no-schema': { type: 'object', properties: { a: { type: 'telephone' } } },
};

const tool = {
  name: 'act',
  inputSchema: schemas[manner] ?? { type: 'object' },
  ...(manner === 'lies' && {
    outputSchema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
  }),
  ...(manner.endsWith('read-only') && { annotations: { readOnlyHint: true } }),
};

const calls: Record<string, (id: unknown) => void> = {
  silent: () => undefined,
  dies: () => process.exit(3),
  'dies-read-only': () => process.exit(3),
  huge: () => {
    const piece = 'x'.repeat(1024 * 1024);
    process.stdout.write('{"jsonrpc":"2.0","id":');
    for (let i = 0; i < 40; i += 1) process.stdout.write(piece);
  },
  big: (id) => answer(id, text('y'.repeat(4 * 1024 * 1024))),
  garbage: (id) => {
    process.stdout.write('this is no JSON\n{"jsonrpc": 1}\n\n[[[\n');
    answer(id, text('after all'));
  },
  'only-garbage': () => {
    for (let i = 0; i < 2_000; i += 1) process.stdout.write('nonsense\n');
  },
  lies: (id) => answer(id, { ...text('{}'), structuredContent: { n: 'not a number' } }),
  malformed: (id) => answer(id, { content: 'no list' }),
  other: (id) => answer(Number(id) + 1_000, text('for somebody else')),
  environment: (id) => answer(id, text(JSON.stringify(process.env))),
  leaks: (id) => {
    process.stderr.write(`the key is ${process.env.API_KEY}\n`, () => {
      answer(id, { isError: true, ...text(`bad key ${process.env.API_KEY}`) });
    });
  },
  family: (id) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    });
    answer(id, text(JSON.stringify({ server: process.pid, child: child.pid })));
  },
  counts: (id) => answer(id, text(String(process.pid))),
};

if (manner === 'dies-at-once') {
  process.stderr.write('no licence found\n');
  process.exitCode = 1;
} else if (manner === 'deaf') {
  setInterval(() => undefined, 1_000);
} else {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (method === 'initialize') {
      const { protocolVersion } = params;
      const serverInfo = { name: 'hostile', version: '1' };
      answer(id, { protocolVersion, capabilities: { tools: {} }, serverInfo });
    } else if (method === 'tools/list') {
      const more = manner === 'endless' ? { nextCursor: 'again' } : {};
      answer(id, { tools: [tool], ...more });
    } else if (method === 'tools/call') {
      (calls[manner] ?? ((call) => answer(call, text('done'))))(id);
    } else if (method === 'notifications/cancelled' && file !== '') {
      import('node:fs').then(({ writeFileSync }) => writeFileSync(file, JSON.stringify(params)));
    }
  });
}
