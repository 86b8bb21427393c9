import type { ProfileSummary } from '@tenuto/contract';
import { layoutBoxes } from '../../logic/profile-layout.ts';
import { PROFILE_WORDS as words } from '../../words-profile.ts';

const SIZE = { width: 20, height: 10 } as const;
const GAPS = { column: 12, row: 5 } as const;
const PAD = 1;

/** The phases of a profile as a small drawing. */
export function ProfilePicture({ outline }: Pick<ProfileSummary, 'outline'>) {
  const boxes = outline.map(({ phase: id }) => ({ id, ...SIZE }));
  const links = outline.flatMap(({ phase: to, needs }) => needs.map((from) => ({ from, to })));
  const points = layoutBoxes(boxes, links, GAPS);
  const all = [...points.values()];
  const width = Math.max(0, ...all.map(({ x }) => x)) + SIZE.width + PAD * 2;
  const height = Math.max(0, ...all.map(({ y }) => y)) + SIZE.height + PAD * 2;
  const names = outline.map(({ name }) => name).join(', ');
  return (
    <svg
      className="profile-picture"
      width={width}
      height={height}
      viewBox={`${-PAD} ${-PAD} ${width} ${height}`}
      role="img"
      aria-label={words.picture(names)}
    >
      {links.map(({ from, to }) => {
        const [a, b] = [points.get(from), points.get(to)];
        if (a === undefined || b === undefined) return null;
        const [x, y] = [a.x + SIZE.width, a.y + SIZE.height / 2];
        const end = b.y + SIZE.height / 2;
        const middle = (x + b.x) / 2;
        return (
          <path
            key={`${from} ${to}`}
            d={`M${x} ${y}C${middle} ${y} ${middle} ${end} ${b.x} ${end}`}
          />
        );
      })}
      {outline.map(({ phase, name }) => {
        const at = points.get(phase) ?? { x: 0, y: 0 };
        return (
          <rect key={phase} x={at.x} y={at.y} {...SIZE} rx={2.5}>
            <title>{name}</title>
          </rect>
        );
      })}
    </svg>
  );
}
