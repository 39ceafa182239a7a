/** Model, data, run, device and memory on one line. */
import { clsx } from 'clsx';
import { CircleHelp, Monitor, Moon, Settings, Sun } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { trainingSets, useDataSets } from '../../studio/data/data-sets.ts';
import { adapterName, deviceBytes, useDevice } from '../../studio/device.ts';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import { shownState } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { useTheme, type ThemeChoice } from '../../studio/theme.ts';
import { useTour } from '../../studio/tour.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { IconButton, buttonLook } from '../shared/controls/Button.tsx';
import { formatBytes, formatPercent, unknown } from '../shared/format.ts';
import { runStateWords } from '../shared/run-state-words.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import { settingsPath } from './steps.ts';
import { barText } from './text.ts';
import styles from './TopBar.module.css';
import buttonStyles from '../shared/controls/Button.module.css';

/** Model, data, run, device and memory in one line. */
export function TopBar() {
  return (
    <header className={styles.bar}>
      <div className={styles.items}>
        <ModelItem />
        <DataItem />
        <RunItem />
        <DeviceItem />
      </div>
      <TourButton />
      <SettingsLink />
      <LanguageSwitch />
      <ThemeSwitch />
    </header>
  );
}

function ModelItem() {
  const model = useModels(selectedModel);
  const t = barText();
  return (
    <Link href="/model" className={styles.item}>
      <span className={styles.key}>{t.model}</span>
      <span>{model ? seenControls(model.name) : t.none}</span>
    </Link>
  );
}

function DataItem() {
  const sets = trainingSets(useDataSets());
  const t = barText();
  const records = sets.reduce((sum, set) => sum + set.records, 0);
  return (
    <Link href="/data" className={styles.item}>
      <span className={styles.key}>{t.data}</span>
      <span>{sets.length === 0 ? t.none : t.sets(sets.length, records)}</span>
    </Link>
  );
}

function share({ stages }: RunSummary): number {
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  const done = stages.reduce((sum, stage) => sum + stage.stepsDone, 0);
  return steps === 0 ? 0 : done / steps;
}

function RunItem() {
  const runs = useRuns((state) => state.runs);
  const t = barText();
  const latest = runs.reduce<RunSummary | null>(
    (best, run) => (best && best.updatedAt >= run.updatedAt ? best : run),
    null,
  );
  return (
    <Link href="/train" className={styles.item}>
      <span className={styles.key}>{t.run}</span>
      {latest ? (
        <span>
          <span className={styles.name}>{seenControls(latest.name)}</span>{' '}
          {runStateWords()[shownState(latest)]}
          {latest.state !== 'done' && ` ${formatPercent(share(latest))}`}
        </span>
      ) : (
        <span>{t.none}</span>
      )}
    </Link>
  );
}

function DeviceItem() {
  const { phase, report } = useDevice();
  const t = barText();
  let text = t.opening;
  if (phase === 'failed') text = t.noDevice;
  else if (report) {
    const name = adapterName(report);
    text = report.adapter.software ? t.software(name) : name;
  }
  return (
    <>
      <Link href={settingsPath} className={styles.item}>
        <span className={styles.key}>{t.device}</span>
        <span className={clsx(styles.name, styles.nameDevice)} title={text}>
          {text}
        </span>
      </Link>
      <span className={clsx(styles.item, styles.itemMemory)}>
        <span className={styles.key}>{t.memory}</span>
        <span>{report ? formatBytes(deviceBytes(report)) : unknown}</span>
      </span>
    </>
  );
}

function TourButton() {
  const start = useTour((state) => state.start);
  return (
    <IconButton
      size="small"
      className={styles.tour}
      data-act="tour"
      label={barText().tour}
      icon={<CircleHelp size={16} aria-hidden />}
      onClick={start}
    />
  );
}

function SettingsLink() {
  const [location] = useLocation();
  return (
    <Link
      href={settingsPath}
      className={clsx(styles.settings, buttonLook('ghost', 'small'), buttonStyles.buttonIcon)}
      aria-label={barText().settings}
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
  const t = barText();
  const next = order[(order.indexOf(choice) + 1) % order.length] ?? 'system';
  const Icon = themeIcons[choice];
  return (
    <IconButton
      size="small"
      className={styles.theme}
      label={t.theme(t.themes[choice], t.themes[next])}
      icon={<Icon size={16} aria-hidden />}
      onClick={() => choose(next)}
    />
  );
}
