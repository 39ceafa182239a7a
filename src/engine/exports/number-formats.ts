/** Number formats that the weights of a model are exported in. */

export const folderFormats = ['F32', 'BF16'] as const;
export type FolderFormat = (typeof folderFormats)[number];

export const ggufFormats = ['F16', 'Q8_0', 'Q4_0'] as const;
export type GgufFormat = (typeof ggufFormats)[number];
