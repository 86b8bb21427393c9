import { Link, useNavigate } from '@tanstack/react-router';
import type { ProfileView } from '@tenuto/contract';
import { keepDraft } from '../../data/profile-drafts.ts';
import { useDeleteProfile, useTouched } from '../../data/profiles.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { PROFILE_WORDS } from '../../words-profile.ts';

const words = PROFILE_WORDS.remove;

interface Props {
  readonly profile: ProfileView;
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** Deletes a profile, once one has seen what would notice. */
export function DeleteDialog({ profile, isOpen, close }: Props) {
  const { name, version } = profile;
  const navigate = useNavigate();
  const remove = useDeleteProfile();
  const act = () =>
    remove.mutate(
      { name, version },
      {
        onSuccess: () => {
          keepDraft(name, undefined);
          tell(words.done(name));
          void navigate({ to: '/profiles', ignoreBlocker: true });
        },
        onError: (error) => tellFailure(words.notDone, error),
      },
    );
  const question = isOpen
    ? {
        ...{ title: words.title(name), text: words.text, verb: words.verb, danger: true, act },
        children: <Touches name={name} />,
      }
    : undefined;
  return <Confirm question={question} close={close} />;
}

function Touches({ name }: { readonly name: string }) {
  const { data, error, refetch } = useTouched(name, true);
  if (data === undefined) {
    if (error === null) return <Waiting rows={2} />;
    return <Failure error={error} again={() => void refetch()} />;
  }
  return (
    <div className="touches">
      <p>{words.tasks(data.tasks.length, data.isPart)}</p>
      {data.tasks.length > 0 && (
        <ul>
          {data.tasks.slice(0, 10).map(({ task_id: taskId, title }) => (
            <li key={taskId}>
              <Link to="/tasks/$taskId" params={{ taskId }}>
                {title}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {data.runs > 0 && <p>{words.runs(data.runs)}</p>}
    </div>
  );
}
