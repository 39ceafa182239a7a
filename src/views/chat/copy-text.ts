/** Puts a text on the clipboard, and says whether that worked. */
import { toast } from 'sonner';
import { chatText } from './text.ts';

export async function copyText(text: string): Promise<void> {
  const t = chatText();
  try {
    await navigator.clipboard.writeText(text);
    toast.success(t.copied);
  } catch {
    toast.error(t.copyRefused);
  }
}
