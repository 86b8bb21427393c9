import pino, { type Logger } from 'pino';

/** Fields that may hold a secret; looked for at the top and one level down, on every line. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  'connectionString',
  'adminToken',
];

/** Structured lines on standard error; standard output belongs to the command line. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      redact: {
        paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]),
        censor: '[redacted]',
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
