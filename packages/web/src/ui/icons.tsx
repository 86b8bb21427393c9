import type { StatusIcon } from '../logic/status.ts';

/** Shapes on a field of 16 by 16, drawn with the colour of the text. */
export const STATUS: Readonly<Record<StatusIcon, string>> = {
  circle: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3.2l2 1.3',
  ring: 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5',
  bars: 'M5.5 3.5v9M10.5 3.5v9',
  loop: 'M12.8 6.2A5.2 5.2 0 1 0 13.2 9M13 2.8v3.5H9.6',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  hourglass: 'M4 2.5h8M4 13.5h8M5 2.5c0 4 6 4 6 5.5s-6 1.5-6 5.5M11 2.5c0 4-6 4-6 5.5s6 1.5 6 5.5',
  dash: 'M3.5 8h9',
  warn: 'M8 2.5 14.200 13.200H1.800zM8 6.500v3.200M8 11.300h.01',
  gap: 'M1.500 9.500H6M10 9.500h4.500M6 9.500l4-5',
  square: 'M4 4h8v8H4z',
  octagon: 'M5.8 2.8h4.4l3 3v4.4l-3 3H5.8l-3-3V5.8z',
  hand: 'M5 8.5V4.2a1 1 0 0 1 2 0V7M7 7V3a1 1 0 0 1 2 0v4M9 7V3.8a1 1 0 0 1 2 0V8M11 8V5.5a1 1 0 0 1 2 0V10c0 2.5-1.5 4-4 4-2 0-3-1-3.800-2.300L3.200 9.300a1 1 0 0 1 1.600-1.100L5 8.5',
};

export function StatusGlyph({ icon }: { readonly icon: StatusIcon }) {
  return (
    <svg
      className={icon === 'ring' ? 'glyph glyph-ring' : 'glyph'}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      {icon === 'ring' && <circle cx="8" cy="8" r="5.5" className="glyph-track" />}
      <path d={STATUS[icon]} />
    </svg>
  );
}

const ICONS = {
  home: 'M3 9.5 10 3l7 6.5M5 8.5V17h10V8.5',
  runs: 'M4 5h4v4H4zM12 11h4v4h-4zM8 7h3v6h1',
  needs: 'M10 3a5 5 0 0 1 5 5v3l1.5 3h-13L5 11V8a5 5 0 0 1 5-5ZM8 16.5a2 2 0 0 0 4 0',
  tasks: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 6v4.200l3 1.800',
  events: 'M4 10h3l2-5 3 10 2-5h3',
  system: 'M4 5h12v4H4zM4 11h12v4H4zM7 7h.01M7 13h.01',
  tests: 'M7 3h6M8 3v5l-4 7.5A1 1 0 0 0 5 17h10a1 1 0 0 0 1-1.5L12 8V3M6.5 12h7',
  templates: 'M4 4h12v4H4zM4 11h5v5H4zM12 11h4v5h-4z',
  profiles: 'M3 10h3M8 10h4M14 10h3M6 8v4h2V8zM12 8v4h2V8z',
  agents: 'M5 7h10v8H5zM10 7V4M8 11h.01M12 11h.01M3 10v3M17 10v3',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4ZM13 13l3.5 3.5',
  user: 'M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM4 16.5c.6-3 3-4.5 6-4.5s5.400 1.5 6 4.5',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  close: 'M5 5l10 10M15 5 5 15',
  chevron: 'M7 5l5 5-5 5',
  down: 'M5 8l5 5 5-5',
  up: 'M5 12l5-5 5 5',
  trash: 'M4 6h12M8 6V4h4v2M6 6l.7 10h6.600L14 6',
  undo: 'M7 5 4 8l3 3M4 8h7a4 4 0 0 1 0 8H8',
  redo: 'M13 5l3 3-3 3M16 8H9a4 4 0 0 0 0 8h3',
  gate: 'M10 3l6 2.500v4.500c0 3.500-2.500 6-6 7-3.500-1-6-3.500-6-7V5.500zM7.500 10l2 2 3-4',
  people:
    'M8 4.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5ZM3.500 16c.4-2.800 2-4.500 4.500-4.500s4.100 1.700 4.500 4.500M13 5.500a2.200 2.200 0 0 1 0 4.300M14 12c1.600.5 2.400 1.900 2.600 4',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  more: 'M4 10h1M9.500 10h1M15 10h1',
  fit: 'M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4',
  layers: 'M10 3l7 4-7 4-7-4zM3 11l7 4 7-4',
  play: 'M6 4l10 6-10 6z',
} as const;

export type IconName = keyof typeof ICONS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={ICONS[name]} />
    </svg>
  );
}
