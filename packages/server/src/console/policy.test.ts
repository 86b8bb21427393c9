import { describe, expect, it } from 'vitest';
import { CONSOLE_POLICY, isNavigation } from './policy.ts';

const asked = { method: 'GET', accept: 'text/html,*/*;q=0.8', mode: 'navigate' };

describe('a page of the console', () => {
  it('is what somebody goes to', () => {
    for (const url of ['/runs', '/runs/0199?tab=log', '/tasks/new', '/apiary', '/healthy/x']) {
      expect([url, isNavigation({ ...asked, url })]).toEqual([url, true]);
    }
    expect(isNavigation({ ...asked, url: '/runs', mode: undefined })).toBe(true);
    expect(isNavigation({ ...asked, url: '/runs', method: 'HEAD' })).toBe(true);
  });

  it('is nothing that belongs to the API, nor a file', () => {
    const others = [
      '/api/v1/nothing',
      '/api',
      '/health/x',
      '/metrics',
      '/docs/x',
      '/mcp',
      '/hooks/x',
    ];
    for (const url of [
      ...others,
      '/assets/old.js',
      '/openapi.json',
      '/robots.txt',
      '/api?x=/runs',
    ]) {
      expect([url, isNavigation({ ...asked, url })]).toEqual([url, false]);
    }
  });

  it('is nothing that a script fetches or a program posts', () => {
    expect(isNavigation({ ...asked, url: '/runs', mode: 'cors' })).toBe(false);
    expect(isNavigation({ ...asked, url: '/runs', method: 'POST' })).toBe(false);
    expect(isNavigation({ ...asked, url: '/runs', accept: '*/*' })).toBe(false);
    expect(isNavigation({ ...asked, url: '/runs', accept: undefined })).toBe(false);
  });

  it('may run and show only what the server itself has sent', () => {
    expect(CONSOLE_POLICY).not.toMatch(/unsafe|data:|blob:|https?:|\*/);
  });
});
