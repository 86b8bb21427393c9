import { EXIT } from '../exit-code.ts';
import { tableLines } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import type { Command } from './command.ts';

/** `tenuto health`: says how the server is; ends with `unreachable` when it cannot work. */
export const health: Command<[]> = async ({ output, client }) => {
  const server = client();
  const answer = await server.health();
  output.result(answer, () => [
    `${server.baseUrl} is ${answer.status} (version ${printable(answer.version)})`,
    ...tableLines(
      ['CHECK', 'STATUS', ''],
      Object.entries(answer.checks).map(([name, { status, detail = '', warnings = [] }]) => [
        printable(name),
        status,
        printable([detail, ...warnings].filter((text) => text !== '').join('; ')),
      ]),
    ),
    ...(answer.authenticated_user ? [`You are ${printable(answer.authenticated_user)}.`] : []),
  ]);
  return answer.status === 'ok' || answer.status === 'degraded' ? EXIT.ok : EXIT.unreachable;
};
