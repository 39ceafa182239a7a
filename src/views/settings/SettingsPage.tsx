import { Page } from '../shared/Card.tsx';
import { DeviceCard } from './DeviceCard.tsx';
import { KernelsCard } from './KernelsCard.tsx';
import { ProfilePanel } from './ProfilePanel.tsx';

/** What the studio runs on and how it makes use of it. */
export default function SettingsPage() {
  return (
    <Page title="Settings" lead="The device that computes, and how the studio makes use of it.">
      <DeviceCard />
      <KernelsCard />
      <ProfilePanel />
    </Page>
  );
}
