import { describe, expect, it } from 'vitest';
import { lineOf, readSource, readValue } from './profile-source.ts';

const TEXT = `name: x
phases:
  - id: one
    agents:
      - id: a
        prompt: Do it
`;

describe('the source of a profile', () => {
  it('says at which line it cannot be read', () => {
    expect(readSource('name: x\nphases: [')).toMatchObject({ fault: { line: 2 } });
    expect(readSource('- 1\n- 2')).toMatchObject({ fault: { line: 1 } });
    expect(readSource('a: .nan')).toMatchObject({ fault: { line: 1 } });
    expect(readSource('a: 1\na: 2')).toMatchObject({ fault: { line: 2 } });
  });

  it('is JSON as well as YAML', () => {
    expect(readSource('{"name": "x", "phases": []}')).toEqual({ doc: { name: 'x', phases: [] } });
    expect(readValue('')).toEqual({ value: null });
  });

  it('says at which line a place stands, or what is around it', () => {
    expect(lineOf(TEXT, '/phases/0/agents/0/prompt')).toBe(6);
    expect(lineOf(TEXT, '/phases/0/agents/0/model')).toBe(5);
    expect(lineOf(TEXT, '')).toBe(1);
  });
});
