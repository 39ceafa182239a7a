import { adapterName, useDevice } from '../../studio/device.ts';
import { Card, Facts } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { formatBytes } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';

/** Features of WebGPU that the kernels use where they are, in words. */
const features: Readonly<Record<string, string>> = {
  'shader-f16': '16-bit floats',
  subgroups: 'subgroups',
  'timestamp-query': 'timestamps',
};

/** What the adapter says of itself, and the limits that plans are made within. */
export function DeviceCard() {
  const { phase, report, error } = useDevice();
  return (
    <Card title="Device">
      {phase === 'failed' && error && <ErrorNotice error={error} />}
      {phase === 'opening' && !report && <Loading what="device" height={96} />}
      {report && (
        <Facts
          items={[
            { name: 'Adapter', value: adapterName(report) },
            {
              name: 'Kind',
              value: report.adapter.software ? 'software, on the processor' : 'GPU',
            },
            { name: 'Vendor', value: said(report.adapter.vendor) },
            { name: 'Architecture', value: said(report.adapter.architecture) },
            { name: 'Driver says', value: said(report.adapter.description) },
            {
              name: 'Features in use',
              value:
                report.adapter.features.map((name) => features[name] ?? name).join(', ') || 'none',
            },
            { name: 'Largest binding', value: formatBytes(report.adapter.maxBindingBytes) },
            { name: 'Largest buffer', value: formatBytes(report.adapter.maxBufferBytes) },
          ]}
        />
      )}
    </Card>
  );
}

/** Browsers leave names empty that they do not give away. */
const said = (name: string): string => (name === '' ? 'not told' : name);
