/** How the command ends, for scripts. The numbers are part of its interface: never change one. */
export const EXIT = {
  ok: 0,
  jobFailed: 1,
  /** The doctor, or who looks at the audit, has found something. */
  unsound: 1,
  usage: 2,
  unreachable: 3,
  refused: 4,
  jobStopped: 5,
  conflict: 6,
  internal: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODE_HELP = `
Exit codes:
  0    done; with --watch: the job completed
  1    the job failed or was aborted; doctor, audit verify: something was found, a warning included
  2    a wrong command line, a bad file, or a job that the server finds wrong
  3    the server cannot be reached, or asks to come back later
  4    not allowed, or not found
  5    the job was cancelled or ran out of time
  6    not possible in the job's present state
  70   an error inside Tenuto
  130  interrupted; a job that was watched goes on`;
