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
  { path: '/data', name: 'Data', icon: Database },
  { path: '/model', name: 'Model', icon: Package },
  { path: '/train', name: 'Train', icon: ChartNoAxesCombined },
  { path: '/experts', name: 'Experts', icon: Grid3x3 },
  { path: '/evaluate', name: 'Evaluate', icon: ClipboardCheck },
  { path: '/chat', name: 'Chat', icon: MessagesSquare },
  { path: '/export', name: 'Export', icon: Download },
] as const satisfies readonly { path: string; name: string; icon: LucideIcon }[];

/** Beside the path: the device and how it is used. */
export const settingsPath = '/settings';

export type StepPath = (typeof steps)[number]['path'];

export type Mark = 'empty' | 'ready' | 'running' | 'done' | 'attention';
