import type { Client } from '@tenuto/sdk';
import type { DocumentFile } from '../document/document-file.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { Output } from '../output.ts';

/** What a command works with. */
export interface Session {
  readonly io: Io;
  readonly output: Output;
  /** Made on first use: not every command needs a server. */
  client(): Client;
  /** Notes the file that the command is about, so that errors are shown at their lines. */
  about(file: DocumentFile): void;
}

/** A command: does its work, says its result, and tells how the process ends. */
export type Command<Arguments extends readonly unknown[]> = (
  session: Session,
  ...args: Arguments
) => Promise<ExitCode>;
