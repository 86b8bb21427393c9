import type { Artifact } from '@tenuto/contract';

export type PreviewKind = 'markdown' | 'csv' | 'junit' | 'text' | 'image' | 'none';

/** What a browser can draw from bytes; a drawing of vectors is shown as the text that it is. */
const IMAGES = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const LOOKED_AT = 4_096;

/** How the content of a file is shown: by its name, and by whether it is a text at all. */
export function previewOf(
  { path, media_type: type }: Pick<Artifact, 'path' | 'media_type'>,
  content: Uint8Array,
): PreviewKind {
  if (IMAGES.test(type)) return 'image';
  const start = content.subarray(0, LOOKED_AT);
  if (start.includes(0)) return 'none';
  const name = path.toLowerCase();
  if (/\.(md|markdown)$/.test(name)) return 'markdown';
  if (/\.(csv|tsv)$/.test(name)) return 'csv';
  const isReport = name.endsWith('.xml') && new TextDecoder().decode(start).includes('<testsuite');
  return isReport ? 'junit' : 'text';
}
