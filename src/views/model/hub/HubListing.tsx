/** What a hub offers of a model: files, size, licence, and whether there is room. */
import { Download as DownloadIcon, X } from 'lucide-react';
import { faultFrom } from '../../../faults/fault.ts';
import { chosenOf, hubHost, isSameOrigin, useHub } from '../../../studio/models/hub.ts';
import { estimateStorage, useModels } from '../../../studio/models/models.ts';
import type { HubFile, HubListing as Listing } from '../../../contract/hub.ts';
import { Button, IconButton } from '../../shared/controls/Button.tsx';
import { Card, Facts } from '../../shared/Card.tsx';
import { formatBytes } from '../../shared/format.ts';
import { ErrorNotice, Notice } from '../../shared/Notice.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { Table, type Column } from '../../shared/Table.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { hubText } from './text-hub.ts';
import type { ModelSummary } from '../../../contract/models.ts';
import styles from './HubListing.module.css';
import textStyles from '../../shared/text.module.css';
import tableStyles from '../../shared/Table.module.css';

/** The hash by its own name. */
const sha256 = 'SHA-256';

function columns(): readonly Column<HubFile>[] {
  const t = hubText();
  return [
    { key: 'path', header: t.columns.file, rowHeader: true, cell: ({ path }) => path },
    { key: 'purpose', header: t.columns.purpose, cell: ({ purpose }) => t.purposes[purpose] },
    { key: 'bytes', header: t.columns.size, align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'hash',
      header: t.columns.hash,
      cell: ({ hash }) => (
        <span title={hash.hex}>{hash.kind === 'sha256' ? sha256 : t.gitHash}</span>
      ),
    },
  ];
}

/** What a hub answered: the files that would be taken, their size, the licence and the room there is. */
export function HubListing() {
  const look = useHub((state) => state.look);
  if (look.status !== 'ready') return null;
  return <Listed listing={look.listing} choice={look.choice} />;
}

function Listed({ listing, choice }: { readonly listing: Listing; readonly choice: string }) {
  const { choose, clearLook } = useHub();
  const models = useModels((state) => state.models);
  const free = useFreeBytes(`${listing.commit}/${choice}`);
  const t = hubText();
  const chosen = chosenOf(listing, choice);
  if (!chosen) return null;
  const owned = models.find(({ origin }) => origin && isSameOrigin(origin, listing, choice));
  const { bytes, obstacle } = chosen;
  let reason: string | null = null;
  if (obstacle) reason = t.unusable;
  else if (owned) reason = t.hereAlready;
  else if (free !== null && bytes > free) reason = t.noRoom;
  return (
    <Card
      flush
      title={listing.name}
      aside={t.on(hubHost(listing.hub))}
      actions={
        <IconButton
          size="small"
          label={t.close}
          icon={<X size={16} aria-hidden />}
          onClick={clearLook}
        />
      }
    >
      <div className={styles.head}>
        <Facts
          items={[
            { name: t.facts.download, value: formatBytes(bytes) },
            { name: t.facts.free, value: free === null ? t.freeUnknown : formatBytes(free) },
            { name: t.facts.licence, value: listing.licence },
            {
              name: t.facts.commit,
              value: <code title={listing.commit}>{listing.commit.slice(0, 12)}</code>,
            },
          ]}
        />
        {listing.choices.length > 1 && (
          <SelectField
            label={t.what}
            className={styles.choice}
            value={choice}
            choices={listing.choices.map((one) => ({
              value: one.id,
              label: `${one.id === 'safetensors' ? t.folder : one.id} · ${formatBytes(one.bytes)}`,
            }))}
            onChange={choose}
          />
        )}
        {obstacle && <ErrorNotice error={faultFrom(obstacle)} />}
        {owned && <HereAlready model={owned} />}
      </div>
      <FileTable name={listing.name} files={chosen.files} bytes={bytes} />
      <DownloadFoot listing={listing} choice={choice} bytes={bytes} reason={reason} />
    </Card>
  );
}

/** Bytes that the browser still lets the studio store; null where it does not say. */
function useFreeBytes(key: string): number | null {
  const storage = useAsync(key, estimateStorage);
  if (storage.status !== 'ready' || !(storage.value.quota > 0)) return null;
  return Math.max(0, storage.value.quota - storage.value.usage);
}

/** The same files are a model of the studio: it can be chosen instead. */
function HereAlready({ model }: { readonly model: ModelSummary }) {
  const t = hubText();
  const select = useModels((state) => state.select);
  const selectedId = useModels((state) => state.selectedId);
  return (
    <Notice
      tone="good"
      compact
      title={t.same(model.name)}
      actions={
        model.id !== selectedId && (
          <Button size="small" onClick={() => select(model.id)}>
            {t.use}
          </Button>
        )
      }
    />
  );
}

function FileTable({
  name,
  files,
  bytes,
}: {
  readonly name: string;
  readonly files: readonly HubFile[];
  /** Of all files. */
  readonly bytes: number;
}) {
  const t = hubText();
  return (
    <Table
      caption={t.filesOf(name)}
      columns={columns()}
      rows={files}
      rowKey={({ path }) => path}
      maxHeight={360}
      footer={
        <tr>
          <th scope="row" colSpan={2}>
            {t.files(files.length)}
          </th>
          <td className={tableStyles.end}>{formatBytes(bytes)}</td>
          <td />
        </tr>
      }
    />
  );
}

function DownloadFoot({
  listing,
  choice,
  bytes,
  reason,
}: {
  readonly listing: Listing;
  readonly choice: string;
  readonly bytes: number;
  /** Why it cannot be downloaded. */
  readonly reason: string | null;
}) {
  const t = hubText();
  const { starting, downloads, download } = useHub();
  const begun = downloads?.some(({ origin }) => isSameOrigin(origin, listing, choice)) ?? false;
  const { others } = listing;
  return (
    <div className={styles.foot}>
      <Button
        variant="primary"
        icon={<DownloadIcon size={16} aria-hidden />}
        busy={starting}
        reason={reason}
        onClick={() => void download()}
      >
        {begun ? t.goOn : t.download(formatBytes(bytes))}
      </Button>
      {others.count > 0 && (
        <span className={textStyles.quietSmall}>
          {t.others(others.count, formatBytes(others.bytes))}
        </span>
      )}
    </div>
  );
}
