/** The studio's own files in this browser: kept, newer, installed as an app, removed. */
import { Download, RotateCw, Trash2 } from 'lucide-react';
import { toast } from 'sonner';
import { useOffline } from '../../studio/offline.ts';
import { Card } from '../shared/Card.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { offlineText } from './text-offline.ts';
import textStyles from '../shared/text.module.css';

/** The studio without a network, and its versions. */
export function OfflineCard() {
  const { files, newer, installable, install, update, remove } = useOffline();
  const t = offlineText();
  return (
    <Card
      title={t.title}
      actions={
        <>
          {newer && (
            <Button
              size="small"
              variant="primary"
              icon={<RotateCw size={14} aria-hidden />}
              onClick={() => void update().then((done) => done || toast.warning(t.busy))}
            >
              {t.update}
            </Button>
          )}
          {installable && (
            <Button
              size="small"
              icon={<Download size={14} aria-hidden />}
              onClick={() => void install()}
            >
              {t.install}
            </Button>
          )}
          {files === 'kept' && (
            <Button
              size="small"
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => void remove()}
            >
              {t.remove}
            </Button>
          )}
        </>
      }
    >
      <p>
        {t.files[files]} {files === 'kept' && (newer ? t.newer : t.latest)}
      </p>
      <p className={textStyles.note}>{t.help}</p>
    </Card>
  );
}
