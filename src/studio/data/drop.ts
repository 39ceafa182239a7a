/** Sorts files that were dropped or picked: data, a model's folder, or an archive. */
import { sameFileKey } from '../../formats/files/file-names.ts';
import type { FolderFile } from '../models/models.ts';

/** Files of records, and the other files beside them. */
export interface RecordFiles {
  readonly files: readonly File[];
  /** Paths of the files that hold no records. */
  readonly others: readonly string[];
}

/** What a collection of dropped files is. */
export type Dropped =
  | ({ readonly kind: 'data' } & RecordFiles)
  | { readonly kind: 'model'; readonly name: string; readonly files: readonly FolderFile[] }
  /** One archive of a run. */
  | { readonly kind: 'run'; readonly file: File }
  | { readonly kind: 'nothing' };

/** Files of a pick or drop, each with its path; folders are walked. */
export async function filesOf(transfer: DataTransfer): Promise<FolderFile[]> {
  // Entries have to be taken before the first await: the transfer is emptied after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const loose = [...transfer.files];
  if (entries.every((entry) => entry === null)) {
    return loose.map((file) => ({ file, path: file.name }));
  }
  const found: FolderFile[] = [];
  for (const entry of entries) if (entry) await walk(entry, '', found);
  return found;
}

async function walk(entry: FileSystemEntry, parent: string, found: FolderFile[]): Promise<void> {
  const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    found.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives one part of the folder at a time, and an empty list at its end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (part.length === 0) return;
    for (const child of part) await walk(child, path, found);
  }
}

/** Files of a folder picker, with the paths that the browser gives. */
export function filesOfPicker(files: readonly File[]): FolderFile[] {
  return files.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

const weights = /\.(safetensors(\.index\.json)?|gguf|bin|pt|pth|ckpt)$/i;
/** Files that show that a folder is a model's, or something that people take for one. */
const descriptions = ['config.json', 'adapter_config.json'];
const records = /\.(jsonl|ndjson|json|csv|tsv)(\.gz)?$/i;
/** Data that is not read as it is: its first bytes say what it is, and the reader says what to do about it. */
const otherData =
  /\.(gz|tgz|zip|tar|bz2|xz|zst|7z|rar|parquet|arrow|feather|xlsx?|ods|pkl|npy|npz|db|sqlite3?|pdf)$/i;

/**
 * A model when the files include weights or a description of a model, else data. Paths of a model are made
 * relative to the folder that holds its description (of several, the one nearest the top); that folder's name
 * becomes the model's. A lone GGUF file gives the model its name.
 */
export function sortDropped(files: readonly FolderFile[]): Dropped {
  const [only, ...others] = files;
  if (only && others.length === 0 && /\.zip$/i.test(only.path)) {
    return { kind: 'run', file: only.file };
  }
  const described = nearestTop(files, (path) => descriptions.includes(baseName(path)));
  const [looksLikeModel, beside] =
    described.length > 0 ? described : nearestTop(files, (path) => weights.test(path));
  if (looksLikeModel) {
    const own = folderOf(looksLikeModel.path);
    // Two models side by side are passed on together: only a person can say which one is meant.
    const folder = beside && folderOf(beside.path) !== own ? folderOf(own.slice(0, -1)) : own;
    const inside = files
      .filter(({ path }) => path.startsWith(folder))
      .map(({ file, path }) => ({ file, path: path.slice(folder.length) }));
    const [, alone] = /^(.+)\.gguf$/i.exec(looksLikeModel.path) ?? [];
    const name = baseName(folder.slice(0, -1)) || (alone ?? 'model');
    return { kind: 'model', name, files: inside };
  }
  const data = recordFiles(files);
  return data.files.length > 0 ? { kind: 'data', ...data } : { kind: 'nothing' };
}

/**
 * Files of records among the files of a folder. Files of the same name in different folders (train, dev) keep
 * their path as their name, so that their sets can be told apart.
 */
export function recordFiles(files: readonly FolderFile[]): RecordFiles {
  const isTaken = ({ path }: FolderFile): boolean => records.test(path) || otherData.test(path);
  const found = files.filter(isTaken);
  const counts = new Map<string, number>();
  for (const { file } of found) {
    const key = sameFileKey(file.name);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return {
    files: found.map(({ file, path }) =>
      (counts.get(sameFileKey(file.name)) ?? 0) > 1 ? new File([file], path) : file,
    ),
    others: files.filter((file) => !isTaken(file)).map(({ path }) => path),
  };
}

/** The files of a kind that are nearest the top, one from each folder. */
function nearestTop(
  files: readonly FolderFile[],
  matches: (path: string) => boolean,
): readonly FolderFile[] {
  const depthOf = (path: string): number => path.split('/').length;
  const found = files.filter(({ path }) => matches(path));
  const least = Math.min(...found.map(({ path }) => depthOf(path)));
  const folders = new Map<string, FolderFile>();
  for (const file of found) {
    const folder = folderOf(file.path);
    if (depthOf(file.path) === least && !folders.has(folder)) folders.set(folder, file);
  }
  return [...folders.values()];
}

/** The folder of a path, '' or ending in '/'. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
