import { createHash } from 'node:crypto';
import { BUNDLE_ELEMENT_ID, type Bundle, canonicalJson } from '@tenuto/contract';
import { isBundle } from '@tenuto/sdk';
import { UsageError } from '../failure.ts';

const OPENING = new RegExp(`<script type="application/json" id="${BUNDLE_ELEMENT_ID}">`);
const CLOSING = '</script>';

/**
 * The bundle in a file: a page, or data alone.
 * @throws UsageError for what is none
 */
export function readBundleText({
  name,
  text,
}: {
  readonly name: string;
  readonly text: string;
}): Bundle {
  const value = parsed(text);
  if (isBundle(value)) return value;
  throw new UsageError(
    `"${name}" is no bundle of a run that this version reads: \`tenuto run bundle\` makes one.`,
  );
}

function parsed(text: string): unknown {
  const opening = OPENING.exec(text);
  const from = opening === null ? 0 : opening.index + opening[0].length;
  const to = opening === null ? text.length : text.indexOf(CLOSING, from);
  try {
    return JSON.parse(text.slice(from, to < 0 ? text.length : to));
  } catch {
    return undefined;
  }
}

/** The hash of all that is in a bundle, its own statement of it aside, in hex. */
export function hashOfBundle({ integrity: _integrity, ...data }: Bundle): string {
  return createHash('sha256').update(canonicalJson(data)).digest('hex');
}
