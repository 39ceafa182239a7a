import { Monitor, Moon, Settings, Sun } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { trainingSets, useDataSets } from '../../studio/data-sets.ts';
import { adapterName, deviceBytes, useDevice } from '../../studio/device.ts';
import { selectedModel, useModels } from '../../studio/models.ts';
import { useRuns } from '../../studio/runs.ts';
import { useTheme, type ThemeChoice } from '../../studio/theme.ts';
import type { RunState, RunSummary } from '../../worker/protocol.ts';
import { IconButton } from '../shared/Button.tsx';
import { formatBytes, formatCount, formatPercent } from '../shared/format.ts';
import { settingsPath } from './steps.ts';

/** Model, data, run, device and memory in one line. */
export function TopBar() {
  return (
    <header className="bar">
      <div className="bar__items">
        <ModelItem />
        <DataItem />
        <RunItem />
        <DeviceItem />
      </div>
      <SettingsLink />
      <ThemeSwitch />
    </header>
  );
}

function ModelItem() {
  const model = useModels(selectedModel);
  return (
    <Link href="/model" className="bar__item">
      <span className="bar__key">Model</span>
      <span>{model?.name ?? 'none'}</span>
    </Link>
  );
}

function DataItem() {
  const sets = trainingSets(useDataSets());
  const records = sets.reduce((sum, set) => sum + set.records, 0);
  return (
    <Link href="/data" className="bar__item">
      <span className="bar__key">Data</span>
      <span>
        {sets.length === 0
          ? 'none'
          : `${formatCount(sets.length, 'set')}, ${formatCount(records, 'record')}`}
      </span>
    </Link>
  );
}

const stateWords: Readonly<Record<RunState, string>> = {
  preparing: 'preparing',
  running: 'running',
  paused: 'paused',
  interrupted: 'interrupted',
  finalising: 'finalising',
  stopped: 'stopped',
  failed: 'failed',
  done: 'done',
};

function share({ stages }: RunSummary): number {
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  const done = stages.reduce((sum, stage) => sum + stage.stepsDone, 0);
  return steps === 0 ? 0 : done / steps;
}

function RunItem() {
  const runs = useRuns((state) => state.runs);
  const latest = runs.reduce<RunSummary | null>(
    (best, run) => (best && best.updatedAt >= run.updatedAt ? best : run),
    null,
  );
  const finished = latest?.state === 'done';
  return (
    <Link href="/train" className="bar__item">
      <span className="bar__key">Run</span>
      {latest ? (
        <span>
          <span className="bar__name">{latest.name}</span>{' '}
          {finished ? 'done' : `${stateWords[latest.state]} ${formatPercent(share(latest))}`}
        </span>
      ) : (
        <span>none</span>
      )}
    </Link>
  );
}

function DeviceItem() {
  const { phase, report } = useDevice();
  let text = 'opening…';
  if (phase === 'failed') text = 'no WebGPU device';
  else if (report) {
    text = `${adapterName(report)}${report.adapter.software ? ' (software)' : ''}`;
  }
  return (
    <>
      <Link href={settingsPath} className="bar__item">
        <span className="bar__key">Device</span>
        <span className="bar__name bar__name--device" title={text}>
          {text}
        </span>
      </Link>
      <span className="bar__item bar__item--memory">
        <span className="bar__key">Memory</span>
        <span>{report ? formatBytes(deviceBytes(report)) : '–'}</span>
      </span>
    </>
  );
}

function SettingsLink() {
  const [location] = useLocation();
  return (
    <Link
      href={settingsPath}
      className="ui-button ui-button--ghost ui-button--icon ui-button--small bar__settings"
      aria-label="Settings"
      aria-current={location === settingsPath ? 'page' : undefined}
    >
      <Settings size={16} aria-hidden />
    </Link>
  );
}

const order: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const themeIcons = { system: Monitor, light: Sun, dark: Moon };

function ThemeSwitch() {
  const { choice, choose } = useTheme();
  const next = order[(order.indexOf(choice) + 1) % order.length] ?? 'system';
  const Icon = themeIcons[choice];
  return (
    <IconButton
      size="small"
      className="bar__theme"
      label={`Theme: ${choice}. Change to ${next}`}
      icon={<Icon size={16} aria-hidden />}
      onClick={() => choose(next)}
    />
  );
}
