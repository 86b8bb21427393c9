import { useBlocker } from '@tanstack/react-router';
import { keepDraft } from '../../data/profile-drafts.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import type { Saving } from './use-saving.ts';

const words = PROFILE_WORDS.leave;

interface Props {
  readonly isDirty: boolean;
  /** The name that a draft is kept under. */
  readonly name: string;
  readonly saving: Saving;
}

/** Asks before a page is left with something on it that is not saved. */
export function LeaveGuard({ isDirty, name, saving }: Props) {
  const { isLeaving } = saving;
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty && !isLeaving.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty && !isLeaving.current,
    withResolver: true,
  });
  const question =
    blocker.status === 'blocked'
      ? {
          ...{ title: words.title, text: words.text, verb: words.verb, danger: true },
          act: () => {
            keepDraft(name, undefined);
            blocker.proceed();
          },
        }
      : undefined;
  // The dialog closes before it acts: who stays is only known after that.
  const stay = () => void Promise.resolve().then(() => blocker.reset?.());
  return <Confirm question={question} close={stay} />;
}
