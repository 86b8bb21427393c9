import { describe, expect, test } from 'vitest';
import { findBinaries } from './binaries.ts';
import { type Endpoint, settingArguments, walCompressionOf } from './settings.ts';

const SOCKET: Endpoint = { kind: 'socket', folder: '/data/run' };

function settingsOf(endpoint: Endpoint, compression?: string): Record<string, string> {
  const found = settingArguments(endpoint, compression);
  const values = found.filter((_, index) => index % 2 === 1);
  expect(found.filter((_, index) => index % 2 === 0).every((flag) => flag === '-c')).toBe(true);
  return Object.fromEntries(
    values.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

describe('the settings of a server', () => {
  test('are durable whatever the files in the data folder say', () => {
    expect(settingsOf(SOCKET)).toMatchObject({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
    });
  });

  test('write no statement and no value of a row to the log', () => {
    expect(settingsOf(SOCKET)).toMatchObject({
      log_min_error_statement: 'panic',
      log_error_verbosity: 'terse',
    });
  });

  test('open no network port where there is a socket', () => {
    expect(settingsOf(SOCKET)).toMatchObject({
      listen_addresses: '',
      unix_socket_permissions: '0700',
    });
  });

  test('open only the loopback where there is none', () => {
    const settings = settingsOf({ kind: 'loopback', port: 6543, password: 'x' });
    expect(settings).toMatchObject({ listen_addresses: '127.0.0.1', port: '6543' });
    expect(settings.unix_socket_directories).toBe('');
    expect(Object.values(settings)).not.toContain('x');
  });

  test.each([
    ['/a, b/run', '"/a, b/run"'],
    ['/a"b/run', '"/a""b/run"'],
    ['/größe', '"/größe"'],
  ])('name the folder %s as one folder', (folder, written) => {
    const settings = settingsOf({ kind: 'socket', folder });
    expect(settings.unix_socket_directories).toBe(written);
  });

  test('compress the WAL only where the programs can do it well', async () => {
    expect(settingsOf(SOCKET)).not.toHaveProperty('wal_compression');
    expect(settingsOf(SOCKET, 'lz4').wal_compression).toBe('lz4');
    const binaries = await findBinaries({ dataDir: '/', user: undefined });
    const nowhere = walCompressionOf({ binaries, user: undefined, pgFolder: '/nonexistent' });
    expect(await nowhere).toBeUndefined();
  });
});
