export * from './command-run.ts';
export { type AllowedCommands, COMMAND_LIMITS, type CommandOptions } from './options.ts';
