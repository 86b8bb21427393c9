import { useParams, useSearch } from '@tanstack/react-router';
import type { JsonObject, ProfileView } from '@tenuto/contract';
import { lazy } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { patiently } from '../../data/patience.ts';
import { docOf, useProfile } from '../../data/profiles.ts';
import { isMissing } from '../../data/query-client.ts';
import { Failure } from '../../ui/notice.tsx';
import { Part } from '../../ui/part.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { PROFILE_WORDS as words } from '../../words-profile.ts';

const EditorFrame = lazy(
  patiently(async () => ({
    default: (await import('./editor-frame.tsx')).EditorFrame,
  })),
);

/** An empty profile, or a copy of one, to be drawn. */
export function NewProfilePage() {
  const { from } = useSearch({ from: '/profiles/new' });
  const source = useProfile(from ?? '', from !== undefined);
  if (from === undefined) return <Open key="new" name="?" first={BLANK} />;
  if (source.data === undefined)
    return <Opening error={source.error} again={() => void source.refetch()} />;
  const doc = docOf(source.data);
  const copy = {
    ...doc,
    name: `${from.slice(0, 58)}_copy`,
    // Lists and runs show the title first: two that are called the same are taken for one another.
    ...(typeof doc.title === 'string' && { title: words.copyOf(doc.title.slice(0, 240)) }),
  };
  return <Open key={from} name={`?${from}`} first={copy} />;
}

const BLANK: JsonObject = { name: '', phases: [] };

/** One profile: its phases, and everything in them. */
export function ProfilePage() {
  const { name } = useParams({ from: '/profiles/$name' });
  const { data, error, refetch } = useProfile(name);
  if (isMissing(error)) return <NoSuchPage />;
  if (data === undefined) return <Opening error={error} again={() => void refetch()} />;
  return <Open key={name} name={name} profile={data} first={BLANK} />;
}

interface OpeningProps {
  readonly error: Error | null;
  readonly again: () => void;
}

function Opening({ error, again }: OpeningProps) {
  if (error === null) return <Waiting rows={10} />;
  return isMissing(error) ? (
    <NoSuchPage />
  ) : (
    <div className="page">
      <Failure error={error} again={again} />
    </div>
  );
}

interface OpenProps {
  readonly name: string;
  readonly profile?: ProfileView;
  readonly first: JsonObject;
}

function Open({ name, profile, first }: OpenProps) {
  return (
    <Part fallback={<Waiting rows={10} />}>
      <EditorFrame name={name} profile={profile} first={first} />
    </Part>
  );
}
