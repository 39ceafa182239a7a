import { Download as DownloadIcon, X } from 'lucide-react';
import { StudioError } from '../../errors.ts';
import { chosenOf, hubHost, isSameOrigin, useHub } from '../../studio/hub.ts';
import { estimateStorage, useModels } from '../../studio/models.ts';
import type { HubFile, HubListing as Listing, HubPurpose } from '../../worker/hub-protocol.ts';
import { Button, IconButton } from '../shared/Button.tsx';
import { Card, Facts } from '../shared/Card.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { SelectField } from '../shared/Select.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { useAsync } from '../shared/use-async.ts';

export const purposes: Readonly<Record<HubPurpose, string>> = {
  weights: 'weights',
  index: 'which shard holds which weights',
  config: 'shape of the model',
  generation: 'defaults for generating',
  tokenizer: 'tokenizer',
  template: 'chat template',
};

const columns: readonly Column<HubFile>[] = [
  { key: 'path', header: 'File', rowHeader: true, cell: ({ path }) => path },
  { key: 'purpose', header: 'What it is for', cell: ({ purpose }) => purposes[purpose] },
  { key: 'bytes', header: 'Size', align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
  {
    key: 'hash',
    header: 'Checked by',
    cell: ({ hash }) => (
      <span title={hash.hex}>{hash.kind === 'sha256' ? 'SHA-256' : 'git’s hash (SHA-1)'}</span>
    ),
  },
];

/** What a hub answered: the files that would be taken, their size, the licence and the room there is. */
export function HubListing() {
  const look = useHub((state) => state.look);
  if (look.status !== 'ready') return null;
  return <Listed listing={look.listing} choice={look.choice} />;
}

function Listed({ listing, choice }: { readonly listing: Listing; readonly choice: string }) {
  const { starting, downloads, choose, clearLook, download } = useHub();
  const models = useModels((state) => state.models);
  const select = useModels((state) => state.select);
  const selectedId = useModels((state) => state.selectedId);
  const storage = useAsync(`${listing.commit}/${choice}`, estimateStorage);
  const chosen = chosenOf(listing, choice);
  if (!chosen) return null;
  const owned = models.find(({ origin }) => origin && isSameOrigin(origin, listing, choice));
  const begun = downloads?.find(({ origin }) => isSameOrigin(origin, listing, choice));
  const { files, bytes, obstacle } = chosen;
  const free =
    storage.status === 'ready' && storage.value.quota > 0
      ? Math.max(0, storage.value.quota - storage.value.usage)
      : null;
  let reason: string | null = null;
  if (obstacle) reason = 'The studio cannot use this model.';
  else if (owned) reason = 'It is in the studio already.';
  else if (free !== null && bytes > free) reason = 'There is not enough room in this browser.';
  return (
    <Card
      flush
      title={listing.name}
      aside={`on ${hubHost(listing.hub)}`}
      actions={
        <IconButton
          size="small"
          label="Close the listing"
          icon={<X size={16} aria-hidden />}
          onClick={clearLook}
        />
      }
    >
      <div className="hub-listing__head">
        <Facts
          items={[
            { name: 'Download', value: formatBytes(bytes) },
            {
              name: 'Free in this browser',
              value: free === null ? 'not told by the browser' : formatBytes(free),
            },
            { name: 'Licence', value: listing.licence },
            {
              name: 'Commit',
              value: <code title={listing.commit}>{listing.commit.slice(0, 12)}</code>,
            },
          ]}
        />
        {listing.choices.length > 1 && (
          <SelectField
            label="What to take"
            className="hub-listing__choice"
            value={choice}
            choices={listing.choices.map((one) => ({
              value: one.id,
              label: `${one.id === 'safetensors' ? 'safetensors folder' : one.id} · ${formatBytes(one.bytes)}`,
            }))}
            onChange={choose}
          />
        )}
        {obstacle && <ErrorNotice error={new StudioError(obstacle)} />}
        {owned && (
          <Notice
            tone="good"
            compact
            title={`${owned.name} is this model at this commit.`}
            actions={
              owned.id !== selectedId && (
                <Button size="small" onClick={() => select(owned.id)}>
                  Use it
                </Button>
              )
            }
          />
        )}
      </div>
      <Table
        caption={`Files of ${listing.name}`}
        columns={columns}
        rows={files}
        rowKey={({ path }) => path}
        maxHeight={360}
        footer={
          <tr>
            <th scope="row" colSpan={2}>
              {formatCount(files.length, 'file')}
            </th>
            <td className="ui-end">{formatBytes(bytes)}</td>
            <td />
          </tr>
        }
      />
      <div className="hub-listing__foot">
        <Button
          variant="primary"
          icon={<DownloadIcon size={16} aria-hidden />}
          busy={starting}
          reason={reason}
          onClick={() => void download()}
        >
          {begun ? 'Go on downloading' : `Download ${formatBytes(bytes)}`}
        </Button>
        {listing.others.count > 0 && (
          <span className="model-quiet">
            {formatCount(listing.others.count, 'other file')} of the repository,{' '}
            {formatBytes(listing.others.bytes)}, {listing.others.count === 1 ? 'is' : 'are'} not
            needed.
          </span>
        )}
      </div>
    </Card>
  );
}
