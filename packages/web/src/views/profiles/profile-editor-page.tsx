import { Page } from '../../ui/page.tsx';

export function NewProfilePage() {
  return (
    <Page title="Create a profile">
      <p>…</p>
    </Page>
  );
}
export function ProfilePage() {
  return (
    <Page title="Profile">
      <p>…</p>
    </Page>
  );
}
