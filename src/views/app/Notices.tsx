import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { adapterName, useDevice } from '../../studio/device.ts';
import { readPreference, writePreference } from '../../studio/preferences.ts';
import { Button } from '../shared/Button.tsx';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';

/** What the whole studio has to say: no device, a slow one, or a fault. */
export function Notices() {
  const { phase, error, fault, open, dismissFault } = useDevice();
  return (
    <div className="notices">
      {phase === 'failed' && error && (
        <>
          <ErrorNotice
            error={error}
            actions={
              <Button size="small" icon={<RotateCw size={14} />} onClick={() => void open()}>
                Look for a GPU again
              </Button>
            }
          />
          <WebGpuHelp />
        </>
      )}
      {fault && (
        <ErrorNotice
          error={fault}
          onDismiss={dismissFault}
          actions={
            <Button size="small" icon={<RotateCw size={14} />} onClick={() => void open()}>
              Open the device again
            </Button>
          }
        />
      )}
      <SoftwareNotice />
    </div>
  );
}

/** Which browsers have WebGPU, and how to turn it on. */
function WebGpuHelp() {
  return (
    <Notice
      tone="info"
      title="Training, chat and evaluation need WebGPU; data and recipes work without."
    >
      <ul className="webgpu-help">
        <li>
          <strong>Chrome or Edge 121 or newer</strong> on Windows, macOS, ChromeOS or Android: on by
          default.
        </li>
        <li>
          <strong>Chrome on Linux</strong>: start it with{' '}
          <code>--enable-unsafe-webgpu --enable-features=Vulkan</code>.
        </li>
        <li>
          <strong>Safari 26, Firefox 141 (Windows)</strong> or newer: on by default.
        </li>
        <li>
          <strong>No GPU at all</strong>: a software adapter works, slowly:{' '}
          <code>--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader</code>.
        </li>
        <li>
          The page must come over <code>https</code> or from <code>localhost</code>.
        </li>
      </ul>
    </Notice>
  );
}

function SoftwareNotice() {
  const report = useDevice((state) => state.report);
  const [hidden, setHidden] = useState(
    () => readPreference('software-known', (value) => (value === true ? true : null)) ?? false,
  );
  if (!report?.adapter.software || hidden) return null;
  return (
    <Notice
      tone="warning"
      compact
      title={`Software adapter: ${adapterName(report)} computes on the processor, not on a GPU.`}
      onDismiss={() => {
        writePreference('software-known', true);
        setHidden(true);
      }}
    >
      <span>Results are the same; expect everything to be much slower.</span>
    </Notice>
  );
}
