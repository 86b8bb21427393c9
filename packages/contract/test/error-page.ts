// `node packages/contract/test/error-page.ts` writes docs/errors.md from the table of errors.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '../src/errors.ts';

export const PAGE = join(import.meta.dirname, '../../../docs/errors.md');

const HEAD = `# Errors

<!-- Written by packages/contract/test/error-page.ts from the table of errors. Change it there. -->

Every error is answered as \`application/problem+json\` (RFC 9457). \`error_code\` is one of the
codes below and stays the same from version to version; \`detail\` says in a sentence what was wrong
with this request, \`validation_errors\` names the fields, and \`request_id\` is what the log knows the
request by.

| status | \`error_code\` | what it means | what to do |
|---|---|---|---|
`;

/** The page of the documentation that lists every error, in the order of their statuses. */
export function errorPage(): string {
  const rows = Object.entries(ERRORS)
    .toSorted(([, [a]], [, [b]]) => a - b)
    .map(([code, [status, title, remedy]]) => {
      return `| ${status} | \`${code}\` | ${cell(title)} | ${cell(remedy)} |`;
    });
  return `${HEAD}${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) writeFileSync(PAGE, errorPage());
