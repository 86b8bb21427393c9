import type { ArtifactType } from '@tenuto/contract';

/** Who works in a workspace: an attempt of a run, in a phase if its run has phases. */
export interface WorkspaceUse {
  readonly runId: string;
  readonly owner: string;
  readonly node: number;
  readonly nodeId: string;
  readonly attempt: number;
  readonly phase?: string;
}

export interface WorkspaceFile {
  /** Relative to the workspace, with `/` between its parts. */
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** What is said about a file that is written. */
export interface FileNote {
  readonly type?: ArtifactType;
  readonly description?: string;
}

/** Something in the folder that is no file of the workspace: a link, a device, a name that is refused. */
export interface LeftOut {
  readonly path: string;
  /** To be put behind the path: `is a pipe`. */
  readonly reason: string;
}

export interface TakenUp {
  /** New and changed files, by path. */
  readonly files: readonly WorkspaceFile[];
  /** What is not kept; of very many the first. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * The folder of one run. What is written is an artifact of the attempt that wrote it, durably, when
 * `write` answers; files whose name begins with `_` are internal and no artifacts. Whoever opens it
 * on another machine, or after a crash, finds the same files.
 */
export interface Workspace {
  /** Absolute path on this machine: where commands run. */
  readonly folder: string;
  /** @throws WorkspaceError */
  read(path: string, options?: { readonly maxBytes?: number }): Promise<Uint8Array>;
  /** Makes folders on the way. @throws WorkspaceError */
  write(path: string, bytes: Uint8Array, note?: FileNote): Promise<WorkspaceFile>;
  /** Files that match a glob (`*`, `**`, `?`), or all of them, by path. @throws WorkspaceError */
  list(glob?: string): Promise<readonly WorkspaceFile[]>;
  /**
   * Takes up what others (commands) have changed in the folder since the last look: new and changed
   * files become artifacts, those that are gone are noted as gone.
   * @throws WorkspaceError
   */
  takeUp(notes?: (path: string) => FileNote | undefined): Promise<TakenUp>;
}

export interface Workspaces {
  /** Makes the folder as it was left, if it is not there. @throws WorkspaceError */
  open(use: WorkspaceUse): Promise<Workspace>;
}

export type WorkspaceFault =
  | 'outside'
  | 'missing'
  | 'not_a_file'
  | 'too_large'
  | 'quota'
  | 'bad_name'
  | 'unavailable';

export class WorkspaceError extends Error {
  readonly kind: WorkspaceFault;

  constructor(kind: WorkspaceFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WorkspaceError';
    this.kind = kind;
  }
}
