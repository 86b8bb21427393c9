import { ScheduleError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { changesOfClocks, ODD_ZONES } from '../../test/wall-oracle.ts';
import { zoneNamed } from './zone.ts';

describe('a zone', () => {
  it.each([
    ...ODD_ZONES,
    'America/Boa_Vista',
    'Africa/Freetown',
  ])('%s changes its offset when Temporal says', (name) => {
    const zone = zoneNamed(name);
    const from = Date.UTC(1972, 0, 1);
    const changes = changesOfClocks(name, from, 200).filter((at) => at < Date.UTC(2060, 0, 1));
    for (const change of changes) {
      const before = zone.stretchAt(change - 1);
      const behind = zone.stretchAt(change);
      // Of some changes only the name of the time is another one.
      if (before.offset === behind.offset) continue;
      expect([before.to, before.after]).toEqual([change, behind.offset]);
      expect([behind.from, behind.before]).toEqual([change, before.offset]);
    }
    let found = 0;
    for (let at = zone.stretchAt(from).to; at < Date.UTC(2035, 0, 1); at = zone.stretchAt(at).to) {
      const { before, offset } = zone.stretchAt(at);
      if (before === offset) continue;
      expect(changes).toContain(at);
      found += 1;
    }
    expect(found).toBe(
      changes.filter((at) => at < Date.UTC(2035, 0, 1) && zone.stretchAt(at).from === at).length,
    );
  });

  it('may be spelled in any case, and stays the same zone', () => {
    expect(zoneNamed('europe/PARIS')).toBe(zoneNamed('Europe/Paris'));
  });

  it('knows seconds in old offsets', () => {
    expect(zoneNamed('Africa/Monrovia').stretchAt(0).offset).toBe(-2_670_000);
  });

  it.each([
    '',
    'Mars/Olympus',
    'Europe/Pariss',
    'local',
    '../etc/passwd',
  ])('"%s" is refused', (name) => {
    expect(() => zoneNamed(name)).toThrow(ScheduleError);
  });
});
