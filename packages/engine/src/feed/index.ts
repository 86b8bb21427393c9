export { errorIn, objectIn, textIn } from './entry-parts.ts';
export { nextEntries } from './next-entries.ts';
