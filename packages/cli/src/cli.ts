import type { Client } from '@tenuto/sdk';
import { type Command as Commander, CommanderError } from 'commander';
import type { Session } from './commands/command.ts';
import { connect } from './connection.ts';
import type { DocumentFile } from './document/document-file.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { explain } from './failure.ts';
import type { Io } from './io.ts';
import { createOutput } from './output.ts';
import type { Perform } from './perform.ts';
import { buildProgram } from './program.ts';

interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly verbose?: boolean;
}

/**
 * Carries out one command line. Errors are told in a sentence and in the exit code, never thrown.
 *
 * @param args what follows the command's name
 * @param io the world around the command
 * @returns the exit code
 */
export async function runCli(args: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const perform: Perform = async (command, ...rest) => {
    exitCode = await attempt(io, program.opts<GlobalOptions>(), (session) =>
      command(session, ...rest),
    );
  };
  const program = buildProgram(perform);
  for (const one of withCommands(program)) {
    one.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    const detail = error.message.replace(/^error: /, '');
    if (args.includes('--json')) writeError(io, { error_code: 'usage', detail });
    return EXIT.usage;
  }
  return exitCode;
}

/** A command and all commands in it. */
function withCommands(command: Commander): readonly Commander[] {
  return [command, ...command.commands.flatMap(withCommands)];
}

async function attempt(
  io: Io,
  options: GlobalOptions,
  perform: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  const output = createOutput(io, options);
  let client: Client | undefined;
  let file: DocumentFile | undefined;
  const session: Session = {
    io,
    output,
    client: () => {
      client ??= connect(io, options);
      return client;
    },
    about: (loaded) => {
      file = loaded;
    },
  };
  try {
    return await perform(session);
  } catch (error) {
    const failure = explain(error, file);
    output.note(...failure.lines);
    if (options.verbose && error instanceof Error) output.note(error.stack ?? '');
    if (output.isJson) writeError(io, failure.document);
    return failure.exitCode;
  }
}

function writeError(io: Io, error: Readonly<Record<string, unknown>>): void {
  io.stdout.write(`${JSON.stringify({ error })}\n`);
}
