/** Names model states for menus, which cut off the end of a long name: the state comes before its run. */

/** "Run · Merged" as "Merged · Run"; run names may have the mark themselves. */
export function stateFirst(label: string): string {
  const at = label.lastIndexOf(' · ');
  return at < 0 ? label : `${label.slice(at + 3)} · ${label.slice(0, at)}`;
}
