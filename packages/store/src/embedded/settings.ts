import type { Binaries } from './binaries.ts';
import type { RunUser } from './run-user.ts';
import { runTool } from './tool.ts';

/** Where a server listens: a folder for its Unix socket, or on Windows a port of the loopback. */
export type Endpoint =
  | { readonly kind: 'socket'; readonly folder: string }
  | { readonly kind: 'loopback'; readonly port: number; readonly password: string };

export const SOCKET_PORT = 5432;

/** Settings that no file in the data folder may weaken: they go on the command line. */
const SETTINGS: Readonly<Record<string, string>> = {
  // What was answered to a client must be there after a power cut.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // The working set is small; the system's cache does the rest.
  shared_buffers: '128MB',
  // Room for several servers on one store, each with some thirty sessions at most.
  max_connections: '200',
  // Few checkpoints under a steady stream of inserts: each makes pages be logged whole again.
  max_wal_size: '2GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '15min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  cluster_name: 'tenuto',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  // Statements, and the values in DETAIL lines, may hold secrets.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** Every setting of a server on this endpoint, as `-c name=value` arguments. */
export function settingArguments(
  endpoint: Endpoint,
  walCompression: string | undefined,
): readonly string[] {
  const settings = {
    ...SETTINGS,
    ...listening(endpoint),
    ...(walCompression !== undefined && { wal_compression: walCompression }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function listening(endpoint: Endpoint): Readonly<Record<string, string>> {
  if (endpoint.kind === 'loopback') {
    return {
      listen_addresses: '127.0.0.1',
      port: String(endpoint.port),
      unix_socket_directories: '',
    };
  }
  return {
    listen_addresses: '',
    port: String(SOCKET_PORT),
    // The setting is a list: a folder with a comma or a space in its name needs the quotes.
    unix_socket_directories: `"${endpoint.folder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  };
}

export interface CompressionProbe {
  readonly binaries: Binaries;
  readonly user: RunUser | undefined;
  /** Data folder of a cluster. */
  readonly pgFolder: string;
}

/** `lz4` where these binaries were built with it; the older method costs more than it saves. */
export async function walCompressionOf(probe: CompressionProbe): Promise<string | undefined> {
  const { binaries, user, pgFolder } = probe;
  const question = ['-D', pgFolder, '-c', 'wal_compression=lz4', '-C', 'wal_compression'];
  return runTool(binaries.folder, {
    tool: 'postgres',
    arguments: question,
    user,
    cwd: pgFolder,
  }).then(
    (said) => said.trim(),
    () => undefined,
  );
}
