import { type CommandOptions, DEFAULT_ENV_ALLOW } from './options.ts';
import { Refusal } from './refusal.ts';

/** These make any program run other code, so they would void a list of allowed programs. */
const LOADER_VARIABLE = /^(LD|DYLD)_/;

/**
 * The environment of a command: the allowed variables of the server, then the command's own.
 *
 * @throws {Refusal} when a name or value cannot be passed, or steers the loader past a list of
 *   allowed programs. No value is ever part of the message.
 */
export function childEnvironment(
  options: CommandOptions,
  own: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  // No prototype: a variable may well be called `__proto__`.
  const environment: Record<string, string> = Object.create(null);
  for (const name of options.envAllow ?? DEFAULT_ENV_ALLOW) {
    const value = options.environment[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const [name, value] of Object.entries(own)) {
    if (name === '' || /[=\0]/.test(name) || value.includes('\0')) {
      throw new Refusal(
        'invalid_environment',
        `The variable ${JSON.stringify(name)} of \`env\` cannot be passed: names must be without "=", and names and values without NUL.`,
      );
    }
    if (LOADER_VARIABLE.test(name) && Array.isArray(options.allow)) {
      throw new Refusal(
        'command_not_allowed',
        `The variable ${name} of \`env\` would load other code into an allowed program; it can only be set where TENUTO_ALLOW_COMMANDS is "any".`,
      );
    }
    environment[name] = value;
  }
  return environment;
}
