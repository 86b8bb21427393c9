import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('writes lines of JSON to standard error, without what is secret', () => {
  const program = `
    import { createLogger } from ${JSON.stringify(join(import.meta.dirname, 'logger.ts'))};
    const log = createLogger('info');
    log.info({ token: 'canary', headers: { authorization: 'canary' }, a: { secret: 'canary' } }, 'x');
    log.debug('not at this level');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(stderr).not.toContain('canary');
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'x', token: '[redacted]' });
});
