/** The device, and how the studio uses it. */
import { Page } from '../shared/Card.tsx';
import { DeviceCard } from './DeviceCard.tsx';
import { KernelsCard } from './KernelsCard.tsx';
import { OfflineCard } from './OfflineCard.tsx';
import { ProfilePanel } from './ProfilePanel.tsx';
import { settingsText } from './text.ts';

/** What the studio runs on and how it makes use of it. */
export default function SettingsPage() {
  const t = settingsText();
  return (
    <Page title={t.title} lead={t.lead} shortNames={['GPU']}>
      <DeviceCard />
      <KernelsCard />
      <ProfilePanel />
      <OfflineCard />
    </Page>
  );
}
