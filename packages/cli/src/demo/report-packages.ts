/** Reads the checks of all packages from standard input and prints the report as JSON. */
import { text } from 'node:stream/consumers';
import { auditReport } from './audit-report.ts';

const checked = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(auditReport(checked)));
