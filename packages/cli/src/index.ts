export { runCli } from './cli.ts';
export { EXIT, type ExitCode } from './exit-code.ts';
export type { Io, Sink } from './io.ts';
