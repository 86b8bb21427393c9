import { ApiError, ConnectionError, type Problem, ProtocolError } from '@tenuto/sdk';
import { expect, it } from 'vitest';
import { toldOf } from './error-text.ts';
import { LostAnswer } from './lost-answer.ts';

const problem = (status: number): Problem => ({
  ...{ status, title: `HTTP ${status}`, detail: `HTTP ${status}`, error_code: `http_${status}` },
  validation_errors: [],
});
const bare = (status: number, seconds?: number) => new ApiError(problem(status), seconds);

it.each([
  ['no answer', new ConnectionError('u', new TypeError('Failed to fetch')), /did not answer/],
  ['a late one', new ConnectionError('u', new DOMException('', 'TimeoutError')), /too long/],
  ['a lost one', new ConnectionError('u', new LostAnswer(true, null)), /will not be done twice/],
  ['one that may be lost', new ConnectionError('u', new LostAnswer(false, null)), /before you do/],
  ['a foreign one', new ProtocolError('no JSON'), /load the page anew/],
  ['a page of a proxy', bare(502), /cannot be reached \(HTTP 502\)/],
  ['an error without words', bare(500), /HTTP 500.*log/],
  ['a refusal without words', bare(413), /HTTP 413/],
  ['too many requests', bare(429, 30), /30 seconds/],
])('says what happened and what to do about %s', (_what, error, sentence) => {
  const { title, text, remedy } = toldOf(error);
  expect(`${text} ${remedy ?? ''}`).toMatch(sentence);
  expect(title).not.toMatch(/^HTTP/);
});

it('leaves the word to a server that says it itself', () => {
  const said = {
    ...problem(503),
    ...{ title: 'Overloaded', detail: 'The journal cannot keep up.', error_code: 'overloaded' },
    remedy: 'Wait.',
  };
  expect(toldOf(new ApiError(said, 2))).toEqual({
    ...{ title: 'Overloaded', text: 'The journal cannot keep up.' },
    remedy: 'Wait. It asks to be left alone for 2 seconds.',
  });
});
