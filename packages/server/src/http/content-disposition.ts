/** A Content-Disposition (RFC 6266) that saves what is sent under a name, whatever the name is. */
export function attachmentNamed(name: string): string {
  const text = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}/\\]/gu, '_');
  const plain = text.replace(/[^ !#$&+.0-9A-Z^_`a-z~()@,;=[\]{}-]/g, '_');
  const simple = `attachment; filename="${plain}"`;
  return plain === text ? simple : `${simple}; filename*=UTF-8''${extendedValue(text)}`;
}

/** Of RFC 8187: what `encodeURIComponent` leaves and the grammar does not. */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
