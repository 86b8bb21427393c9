/** What is said about answers that did not come, or do not say themselves what is wrong. */
export const ERROR_WORDS = {
  silent: {
    title: 'No answer came',
    text: 'The server did not answer, or the connection broke off in the middle of it.',
    remedy: 'Nothing that you typed is lost. Try again; if it stays so, see whether it runs.',
  },
  late: {
    title: 'No answer came in time',
    text: 'The server took too long to answer.',
    remedy: 'Nothing that you typed is lost. Try again; it may have a lot to do just now.',
  },
  lost: {
    title: 'It is not known whether this was done',
    text: 'The request was sent, but its answer did not come.',
    once: 'Do it again if you like: it will not be done twice.',
    look: 'What you see is read anew. Look whether it was done before you do it again.',
  },
  foreign: {
    title: 'This answer cannot be read',
    text: 'It is not what this page asked for: something between here and the server has put itself in its place or cut it off, or the server is of another version.',
    remedy: 'Try again; if it stays so, load the page anew.',
  },
  signedOut: {
    title: 'The session had ended',
    text: 'So this was not done. Do it again.',
  },
  busy: {
    title: 'Asked too often',
    text: 'The server takes no more requests of yours just now.',
  },
  away: {
    title: 'The server cannot answer just now',
    text: (status: number) =>
      `It, or what stands before it, says that it cannot be reached (HTTP ${status}).`,
  },
  failed: {
    title: 'The server has failed at this',
    text: (status: number) =>
      `The server answered with an error and no more words (HTTP ${status}).`,
    remedy: 'Try again; if it stays so, ask who runs the server, who finds it in its log.',
  },
  refused: {
    title: 'This was refused',
    text: (status: number) => `It was refused without a reason (HTTP ${status}).`,
    remedy: 'Something between here and the server may have done so; ask who runs it.',
  },
  waits: (seconds: number) =>
    `It asks to be left alone for ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
  unread: 'Part of this page could not be read',
  stale: 'Part of this page is from before',
} as const;
