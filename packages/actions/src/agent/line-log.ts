const BATCH_CHARS = 400;

/** Gathers text that comes in small pieces into lines, or pieces of long ones. */
export function createLineLog(write: (text: string) => void) {
  let open = '';
  return {
    add(delta: string): void {
      open += delta;
      const end = open.lastIndexOf('\n');
      if (end >= 0) {
        write(open.slice(0, end));
        open = open.slice(end + 1);
      }
      if (open.length >= BATCH_CHARS) {
        write(open);
        open = '';
      }
    },
    end(): void {
      if (open !== '') write(open);
      open = '';
    },
  };
}
