/** Says in passing what was done, with a way back. */
import { toast } from 'sonner';
import { sharedText } from '../text.ts';

export function tellUndo(done: string, undo: () => void): void {
  toast(done, { action: { label: sharedText().undo, onClick: undo } });
}
