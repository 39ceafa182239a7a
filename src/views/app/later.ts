/** What the shell does once it is drawn: keeps the studio's files, offers a newer version, tells when a run ends. */
import { toast } from 'sonner';
import { keepOffline, useOffline } from '../../studio/offline.ts';
import { onRunEnd, tellOutside } from '../../studio/runs/run-end.ts';
import { laterText } from './text-later.ts';

const NEWER = 'newer-version';

function offerNewer(): void {
  const t = laterText();
  toast(t.newer, {
    id: NEWER,
    description: t.newerHelp,
    duration: Infinity,
    action: { label: t.update, onClick: () => void changeOver() },
  });
}

/** Changes to the newer version, unless that would cut something off; then it is offered again. */
async function changeOver(): Promise<void> {
  if (await useOffline.getState().update()) return;
  const t = laterText();
  toast.warning(t.busy, {
    description: t.busyHelp,
    action: { label: t.update, onClick: () => void changeOver() },
    duration: Infinity,
  });
}

/** Begins all of it; called once. */
export function beginLater(): void {
  useOffline.subscribe((now, before) => {
    if (now.newer && !before.newer) offerNewer();
  });
  onRunEnd(({ state }) => {
    const t = laterText();
    const ended: Readonly<Record<string, string>> = t.ended;
    void tellOutside(ended[state] ?? t.ended.done, t.mark);
  });
  // The development server has no list of files.
  if (import.meta.env.PROD) void keepOffline();
}
