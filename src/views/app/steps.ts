import {
  ChartNoAxesCombined,
  ClipboardCheck,
  Database,
  Download,
  Grid3x3,
  MessagesSquare,
  Package,
  type LucideIcon,
} from 'lucide-react';

/** The one path through the studio, in order. */
export const steps = [
  { path: '/data', icon: Database },
  { path: '/model', icon: Package },
  { path: '/train', icon: ChartNoAxesCombined },
  { path: '/experts', icon: Grid3x3 },
  { path: '/evaluate', icon: ClipboardCheck },
  { path: '/chat', icon: MessagesSquare },
  { path: '/export', icon: Download },
] as const satisfies readonly { path: string; icon: LucideIcon }[];

/** Beside the path: the device and how it is used. */
export const settingsPath = '/settings';
/** Belongs to evaluation; the one page that can send text out. */
export const judgePath = '/judge';
/** Belongs to the data: what was found in one set, to decide of it. */
export const identifiersPath = '/data/identifiers';

export type StepPath = (typeof steps)[number]['path'];

export type Mark = 'empty' | 'ready' | 'running' | 'done' | 'attention';
