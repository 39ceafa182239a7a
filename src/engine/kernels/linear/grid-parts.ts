/** Cuts a grid of workgroups into rectangles, so that one long dispatch becomes several short ones. */

interface GridPart {
  /** Workgroups before it. */
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

/** The largest place that the shaders' `first_group` can name in either direction. */
const mostGroups = 2 ** 16;

/**
 * At least `parts` rectangles of about equal size, in the order of rows, where the grid has so many workgroups: whole
 * rows first, because workgroups of a row share the left factor; parts of a row where there are too few rows.
 */
export function gridParts(width: number, height: number, parts: number): GridPart[] {
  const whole = { x: 0, y: 0, columns: width, rows: height };
  if (!(parts > 1) || width > mostGroups || height > mostGroups) return [whole];
  const rows = Math.max(1, Math.floor(height / parts));
  const across = rows > 1 ? 1 : Math.min(width, Math.ceil(parts / height));
  const columns = Math.ceil(width / across);
  const found: GridPart[] = [];
  for (let y = 0; y < height; y += rows) {
    for (let x = 0; x < width; x += columns) {
      found.push({
        ...{ x, y },
        columns: Math.min(columns, width - x),
        rows: Math.min(rows, height - y),
      });
    }
  }
  return found;
}
