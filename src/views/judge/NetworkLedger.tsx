/** Every request that left the page's origin, newest first. */
import { useNetwork } from '../../studio/network.ts';
import { Card } from '../shared/Card.tsx';
import { formatBytes, formatTime, unknown } from '../shared/format.ts';
import { Table } from '../shared/Table.tsx';
import { judgeText } from './text.ts';
import judgeStyles from './judge.module.css';

export function NetworkLedger() {
  const t = judgeText();
  const entries = useNetwork((state) => state.entries);
  return (
    <Card title={t.ledger}>
      <p className={judgeStyles.note}>{entries.length === 0 ? t.ledgerEmpty : t.ledgerNote}</p>
      {entries.length > 0 && (
        <Table
          caption={t.ledger}
          rows={entries.toReversed()}
          rowKey={({ id }) => String(id)}
          maxHeight={280}
          columns={[
            { key: 'time', header: t.time, cell: ({ at }) => formatTime(at) },
            { key: 'purpose', header: t.purpose, cell: ({ purpose }) => t.purposes[purpose] },
            {
              key: 'to',
              header: t.to,
              rowHeader: true,
              cell: ({ method, address }) => `${method} ${address}`,
            },
            {
              key: 'sent',
              header: t.sent,
              align: 'end',
              cell: ({ sent }) => (sent === 0 ? t.onlyAddress : formatBytes(sent)),
            },
            {
              key: 'status',
              header: t.statusHead,
              align: 'end',
              cell: ({ status }) => status ?? unknown,
            },
          ]}
        />
      )}
    </Card>
  );
}
