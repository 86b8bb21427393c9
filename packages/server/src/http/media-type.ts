/** A media type with what of its parameters matters here. */
export interface MediaType {
  /** As it was sent. */
  readonly text: string;
  /** In lower case, without parameters. */
  readonly name: string;
  readonly charset: string | undefined;
}

/** Reads a Content-Type; undefined when there is none. */
export function mediaTypeOf(header: string | undefined): MediaType | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const name = (text.split(';')[0] ?? '').trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(text)?.[1];
  return { text, name, charset };
}
