/** What a first look on a software adapter takes of the sample data. */

/**
 * Enough records of each set for a statement about its loss, and short ones (in characters), so that both stages end
 * within two minutes.
 */
export const firstLook = { most: 20, longest: 300 } as const;
