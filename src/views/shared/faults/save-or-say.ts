/** Saves a file that a press asks for, and says so where that fails: the disk is full, the place is gone. */
import { toast } from 'sonner';
import { asStudioError } from '../../../faults/fault.ts';
import { saveFile } from '../../../studio/exports/exports.ts';
import { inLanguages } from '../../../studio/language.ts';
import { errorText } from './error-text.ts';

const savedText = inLanguages({
  en: { failed: (name: string) => `${name} could not be saved.` },
  zh: { failed: (name) => `${name} 未能保存。` },
});

/** @param make gives the file; what it throws is said, too */
export function saveOrSay(make: () => Blob | Promise<Blob>, fileName: string): void {
  const saving = async () => saveFile(await make(), fileName);
  saving().catch((thrown: unknown) => {
    toast.error(savedText().failed(fileName), {
      description: errorText(asStudioError(thrown)).message,
    });
  });
}
