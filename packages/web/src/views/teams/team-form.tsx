import type { Team } from '@tenuto/contract';
import { useWriteTeam } from '../../data/teams.ts';
import { linesOf } from '../../logic/lines.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useFormState, useSeenVersion } from '../../ui/form-state.ts';
import { thenClose } from '../../ui/toasts.ts';
import { TEAM_WORDS as words } from '../../words-teams.ts';

interface Props {
  readonly team?: Team;
  readonly close: () => void;
}

/** Makes a team, or changes all of it but its name. */
export function TeamForm({ team, close }: Props) {
  const [form, put] = useFormState({
    name: team?.name ?? '',
    description: team?.description ?? '',
    members: team?.members.join('\n') ?? '',
  });
  const write = useWriteTeam();
  const version = useSeenVersion(team, write.error);
  const submit = () => {
    const body = {
      name: form.name.trim(),
      description: form.description.trim() || null,
      members: linesOf(form.members),
    };
    const known = team && { teamId: team.team_id, version };
    const said = team === undefined ? words.created : words.saved;
    write.mutate(known === undefined ? { body } : { body, known }, thenClose(said, close));
  };
  return (
    <EditorDialog
      title={team === undefined ? words.create : words.edit}
      verb={team === undefined ? words.create : words.save}
      change={write}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <TextField
            {...{ label: words.name, hint: words.nameHint, value: form.name }}
            put={(name) => put({ name })}
            error={wrong.get('name')}
            disabled={team !== undefined}
            required
            first
          />
          <TextField
            {...{
              kind: 'lines',
              rows: 5,
              label: words.members,
              hint: words.membersHint,
              code: true,
            }}
            value={form.members}
            put={(members) => put({ members })}
            error={wrong.get('members')}
          />
          <TextField
            {...{ label: words.description, value: form.description }}
            put={(description) => put({ description })}
            error={wrong.get('description')}
          />
        </>
      )}
    </EditorDialog>
  );
}
