/** How clients reach a server: what `pg` takes as its configuration. */
export interface PostgresConnection {
  /** A folder with a Unix socket, or a host name. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
}

export const SUPERUSER = 'tenuto';
export const DATABASE = 'postgres';
