/** Gives files to the person: to a place chosen in the system's dialog, or as a download where none can be chosen. */
import { fileStem } from '../../formats/files/file-names.ts';
import { holding } from '../../formats/files/holding.ts';

/** `cancelled`: the person closed the dialog, and nothing was written. */
export type SaveOutcome = 'saved' | 'cancelled';

/** Where a file will be written. */
export interface SavePlace {
  /** Writes the whole file there, or hands it to the download. */
  write(blob: Blob): Promise<void>;
  /** Takes back the empty file that the dialog made, where nothing will be written. Never fails. */
  discard(): Promise<void>;
}

/** Of the File System API, which TypeScript does not know whole. */
interface PickedFile extends FileSystemFileHandle {
  remove?(): Promise<void>;
}
type Picker = (options: {
  readonly suggestedName: string;
  readonly types: readonly object[];
}) => Promise<PickedFile>;

/** Most bytes of a name before its ending. */
const LONGEST = 200;
/** By then the browser has begun to read what is downloaded. */
const READ_MS = 30_000;

/**
 * Asks where a file is to be saved. Browsers ask only within some seconds of a press: whoever works long before there
 * is a file asks first.
 * @returns null where the person closed the dialog
 */
export async function placeToSave(fileName: string, type = ''): Promise<SavePlace | null> {
  const [ending = ''] = /\.\w{1,12}$/.exec(fileName) ?? [];
  const name = fileStem(fileName.slice(0, fileName.length - ending.length), 'file', LONGEST);
  const suggestedName = name + ending;
  const { showSaveFilePicker: pick } = globalThis as { readonly showSaveFilePicker?: Picker };
  if (!pick) return downloadOf(suggestedName);
  const [plain = ''] = type.split(';');
  const accept = { [plain === '' ? '*/*' : plain]: ending === '' ? [] : [ending] };
  try {
    return placeAt(await pick({ suggestedName, types: [{ accept }] }), suggestedName);
  } catch (thrown) {
    if (isNamed(thrown, 'AbortError')) return null;
    // The press was too long ago (SecurityError, NotAllowedError), or this browser does not take the name or the type.
    return downloadOf(suggestedName);
  }
}

/** Saves a finished file. Closing the dialog is no error. */
export async function saveFile(blob: Blob, fileName: string): Promise<SaveOutcome> {
  const place = await placeToSave(fileName, blob.type);
  if (!place) return 'cancelled';
  await place.write(blob);
  return 'saved';
}

function placeAt(file: PickedFile, name: string): SavePlace {
  return {
    write: async (blob) => {
      let into: FileSystemWritableFileStream;
      try {
        into = await holding(file, () => file.createWritable());
      } catch (thrown) {
        if (!isNamed(thrown, 'SecurityError', 'NotAllowedError')) throw thrown;
        download(blob, name);
        return;
      }
      const bytes = blob.stream();
      await holding(bytes, () => holding(into, () => bytes.pipeTo(into)));
    },
    discard: async () => {
      try {
        // What is not empty was there before.
        if ((await file.getFile()).size === 0) await file.remove?.();
      } catch {
        // An empty file is left behind.
      }
    },
  };
}

function downloadOf(name: string): SavePlace {
  return {
    write: async (blob) => download(blob, name),
    discard: () => Promise.resolve(),
  };
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(blob);
  setTimeout(() => URL.revokeObjectURL(link.href), READ_MS);
  link.click();
}

function isNamed(thrown: unknown, ...names: readonly string[]): boolean {
  return thrown instanceof DOMException && names.includes(thrown.name);
}
