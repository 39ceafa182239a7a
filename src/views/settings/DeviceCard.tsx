/** What the adapter reports about itself, and the limits for plans. */
import { ShieldCheck } from 'lucide-react';
import { adapterName, useDevice, type SelfTestReport } from '../../studio/device.ts';
import { Card, Facts } from '../shared/Card.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { WebGpuHelp } from '../shared/device/WebGpuHelp.tsx';
import { formatBytes } from '../shared/format.ts';
import { settingsText } from './text.ts';

/** What some browsers or cards do not offer: the studio computes the same without. */
const optionalFeatures = ['shader-f16', 'subgroups', 'timestamp-query'] as const;

/** What the adapter says of itself, and the limits that plans are made within. */
export function DeviceCard() {
  const t = settingsText();
  const featureNames: Readonly<Record<string, string>> = t.featureNames;
  const { phase, report, testAgain } = useDevice();
  // Browsers leave names empty that they do not give away.
  const said = (name: string): string => (name === '' ? t.notTold : name);
  return (
    <Card
      title={t.device}
      actions={
        report && (
          <Button size="small" icon={<ShieldCheck size={14} aria-hidden />} onClick={testAgain}>
            {t.testAgain}
          </Button>
        )
      }
    >
      {phase === 'failed' && !report && (
        <>
          <p>{t.noDevice}</p>
          <WebGpuHelp />
        </>
      )}
      {phase === 'opening' && !report && <Loading what={t.deviceNoun} height={96} />}
      {report && (
        <Facts
          items={[
            { name: t.adapter, value: adapterName(report) },
            {
              name: t.kind,
              value: report.adapter.software ? t.software : t.gpu,
            },
            { name: t.vendor, value: said(report.adapter.vendor) },
            { name: t.architecture, value: said(report.adapter.architecture) },
            { name: t.driver, value: said(report.adapter.description) },
            {
              name: t.features,
              value:
                report.adapter.features.map((name) => featureNames[name] ?? name).join(t.and) ||
                t.none,
            },
            ...optionalFeatures
              .filter((name) => !report.adapter.features.includes(name))
              .map((name) => ({ name: t.without(t.featureNames[name]), value: t.instead[name] })),
            { name: t.largestBinding, value: formatBytes(report.adapter.maxBindingBytes) },
            { name: t.largestBuffer, value: formatBytes(report.adapter.maxBufferBytes) },
            { name: t.submission, value: t.atMostMilliseconds(report.submissionMilliseconds) },
            { name: t.selfTest, value: selfTestWords(report.selfTest) },
          ]}
        />
      )}
    </Card>
  );
}

/** Kernels that are named; a device that gets all wrong would fill the page. */
const mostNames = 6;

function selfTestWords({ mode, right, wrong }: SelfTestReport): string {
  const t = settingsText();
  if (mode === 'full') return right === 0 ? t.untested : t.right(right);
  return t.wrong(t.safeMode[mode], wrong.slice(0, mostNames).join(t.and));
}
